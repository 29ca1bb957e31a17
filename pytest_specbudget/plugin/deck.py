"""Plays the cassette of the test that runs, and those of fixtures that outlive tests."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.errors import RecordingError
from pytest_specbudget.plugin.instances import instance_of
from pytest_specbudget.plugin.run import is_worker

if TYPE_CHECKING:
    from pytest_specbudget.cassettes.tape import Tape
    from pytest_specbudget.plugin.cassettes import CassetteShelf

__all__ = ["CassetteDeck"]


class CassetteDeck:
    """What plays now.

    Attributes:
        tape: The cassette of the test that runs, or None.
    """

    def __init__(self, shelf: CassetteShelf, config: pytest.Config) -> None:
        """Make a deck that plays what stands on the *shelf*."""
        self.tape: Any = None
        self._shelf = shelf
        self._config = config
        self._open = ExitStack()
        self._unusable: RecordingError | None = None

    def insert(self, item: pytest.Item) -> tuple[str, ...]:
        """Open the cassette of *item*; one that cannot be used fails it in `check`.

        Returns:
            What is said of the cassette: where a line of it was torn.
        """
        self.tape = self._unusable = None
        try:
            self.tape = self._open.enter_context(self._shelf.of_test(item))
        except RecordingError as problem:
            self._unusable = problem
        return tuple(getattr(self.tape, "notes", ()))

    def check(self) -> None:
        """Fail the test whose cassette cannot be used."""
        problem, self._unusable = self._unusable, None
        if problem is not None:
            pytest.fail(f"{type(problem).__name__}: {problem}", pytrace=False)

    def keep_old(self, report: pytest.TestReport) -> None:
        """Let a failed attempt leave the recording as it was, and say so in its *report*."""
        if self.tape is not None:
            self.tape.keep_old()
            if self.tape.fate:
                report.sections.append(("specbudget", self.tape.fate))

    def eject(self) -> None:
        """Close the cassette of the test that ran."""
        self._open.close()

    def interrupt(self) -> None:
        """Close what is still open: it is of a test that was interrupted, and stays as it was."""
        if self.tape is not None:
            self.tape.keep_old()
        self.eject()
        self._shelf.close()

    def of_fixture(self, fixturedef: pytest.FixtureDef[Any], request: Any) -> Tape | None:
        """Open the cassette of a fixture that outlives tests, for its start and for its end."""
        item = request._pyfuncitem  # noqa: SLF001 - the item that asks; pytest offers no other way
        if fixturedef.scope == "function" or not self._shelf.wants(item):
            return None
        instance = instance_of(fixturedef, request, item, self._config.rootpath)
        return self._shelf.of_fixture(item, instance, apart=is_worker(self._config))
