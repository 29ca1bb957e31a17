"""May a call leave the process, and what makes one that may not a recorded one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_specbudget.meters.scope import running
from pytest_specbudget.plugin.cassettes import NO_CASSETTE
from pytest_specbudget.plugin.owners import COLLECTION

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from pytest_specbudget.plugin.cassettes import CassetteShelf
    from pytest_specbudget.settings.settings import Settings

__all__ = ["LiveBan"]

_AT_IMPORT = "a call at import cannot be recorded: move it into a fixture or test"
_BUT_IN_CI = " (this test uses a cassette; forbid_live = false lets its calls out)"


class LiveBan:
    """Refuses the live calls of a session: the setting says so, else a CI run on cassettes."""

    def __init__(
        self, settings: Settings, shelf: CassetteShelf, refuse: Callable[[str], BaseException]
    ) -> None:
        """Make a ban; *refuse* makes the signal for a call that may not leave."""
        self._settings = settings
        self._shelf = shelf
        self._refuse = refuse
        self._item: pytest.Item | None = None
        self._on_cassette = False
        self._used_one = False

    def begin(self, item: pytest.Item) -> None:
        """Judge the calls from here on as those of *item*."""
        self._item = item
        self._on_cassette = self._shelf.asked_by(item)
        self._used_one |= self._on_cassette

    def signal(self, call: str) -> BaseException | None:
        """Return the signal for a live *call*, named for people; None if it may leave."""
        origin = self._forbidden_by(on_cassette=self._on_cassette)
        if origin is None:
            return None
        return self._refuse(
            f"a model call to {call} would have gone to the network, which {origin} forbids; "
            f"{self._way_out()}{_BUT_IN_CI if origin == 'CI' else ''}"
        )

    def for_good(self) -> str | None:
        """Name what forbids calls when all tests are over, or None.

        Whose call it is cannot be said any more; so one test that a CI run has on a cassette is
        enough.
        """
        return self._forbidden_by(on_cassette=self._used_one)

    def _forbidden_by(self, *, on_cassette: bool) -> str | None:
        settings = self._settings
        if settings.forbid_live is not None:
            return settings.origin_of("forbid_live") if settings.forbid_live else None
        in_ci = os.environ.get("CI", "").lower() not in ("", "0", "false")
        return "CI" if in_ci and on_cassette and settings.record is None else None

    def _way_out(self) -> str:
        scope = running()
        if scope is not None and scope.owner is COLLECTION:
            return _AT_IMPORT
        return NO_CASSETTE if self._item is None else self._shelf.advice(self._item)
