"""The tests that a run left out although the change has recordings of them.

What is not run costs nothing, and would cost what it did as soon as somebody runs it.  So a test
whose recording the change edits or adds is judged by that recording; of the others, whose
recordings are as they were, it is told that nobody ran them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.audit.repeats import base_name
from pytest_specbudget.baselines.filenames import name_from
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.wording import calls_of, dollars_of, first_of

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge

__all__ = ["LeftOut", "left_out"]

_NAMED = 3
_LONGEST = 200  # characters of a name, which may be anything


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What a run left out.

    Attributes:
        charges: The calls of the tests that were not run, as recorded.
        judged: Those of them whose recordings the change edits or adds.
    """

    charges: tuple[Charge, ...] = ()
    judged: tuple[Charge, ...] = ()

    @property
    def tests(self) -> list[str]:
        """The names of the tests, sorted."""
        return _tests(self.charges)

    @property
    def words(self) -> str:
        """Say how many they are and what they cost: `5 tests not run ($0.0153)`; or nothing."""
        if not self.charges:
            return ""
        totals = Ledger([*self.charges]).totals()
        (cost,) = dollars_of(totals.list_cost)
        more = ", and calls of unknown cost" if totals.unbounded_calls else ""
        return f"{calls_of(len(self.tests), 'test')} not run ({cost}{more})"

    @property
    def notes(self) -> tuple[str, ...]:
        """Say the same with names, as whole sentences."""
        if not self.charges:
            return ()
        named = first_of([test[:_LONGEST] for test in self.tests], _NAMED)
        judged = len(_tests(self.judged))
        edited = f"{judged:,} of them were judged by recordings that the change edits"
        return (f"{self.words}: {named}; {edited}",)


def left_out(
    recorded: Iterable[Charge],
    run: Iterable[Charge],
    rootdir: Path,
    names: Container[str],
    is_edited: Callable[[str], bool],
) -> LeftOut:
    """Find the calls of tests that *run* left out.

    Args:
        recorded: The calls of recordings of the change, each as one of its test.
        run: The calls of the run that are judged.
        rootdir: What names of recordings begin from.
        names: Those of the recordings of the change.
        is_edited: Whether the change edits, or adds, the recording of that name.
    """
    run = [*run]
    cassettes = {call.cassette for call in run if call.cassette is not None}
    played = {name_from(cassette, rootdir, names) for cassette in cassettes}
    tests = {name for call in run for name in _names(call.attribution.test)}
    absent = tuple(
        call
        for call in recorded
        if call.attribution.test not in tests and call.cassette not in played
    )
    judged = tuple(call for call in absent if is_edited(call.cassette or ""))
    return LeftOut(charges=absent, judged=judged)


def _names(test: str) -> tuple[str, str]:
    """Name a test as it is, and without the run of `--spec-repeats`."""
    return test, base_name(test)[0]


def _tests(charges: Iterable[Charge]) -> list[str]:
    return sorted({charge.attribution.test for charge in charges})
