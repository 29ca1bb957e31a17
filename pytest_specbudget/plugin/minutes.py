"""What happened beside calls, written into the journal for those who judge it later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.endings import BEGAN, ENDED
from pytest_specbudget.bookkeeping.recall import values_of
from pytest_specbudget.plugin.collecting import limits_of_calls
from pytest_specbudget.plugin.owners import attempt_of
from pytest_specbudget.plugin.partial import chosen_paths

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    import pytest

    from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper
    from pytest_specbudget.plugin.limits import Limits
    from pytest_specbudget.plugin.markers import MarkerReader
    from pytest_specbudget.settings.settings import Settings

__all__ = ["End", "Minutes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a run ended, as the process that judges it knows.

    Attributes:
        why: Why that was before its last test, where nobody had asked for it; else None.
        early: Why that was before its last test, also where it was asked for; else None.
        journals: The names of the files in which its workers wrote.
        unrun: The node ids of what was to run and did not: tests, and files and classes of them.
    """

    why: str | None = None
    early: str | None = None
    journals: tuple[str, ...] = ()
    unrun: tuple[str, ...] = ()


class Minutes:
    """The events of one process's journal."""

    def __init__(self, books: Bookkeeper, settings: Settings, markers: MarkerReader) -> None:
        """Keep the minutes of a session in the journal of *books*."""
        self._books = books
        self._settings = settings
        self._markers = markers
        self._stages: set[tuple[str, str | None]] = set()

    def terms(self, *, only_collects: bool, workers: int = 1) -> None:
        """Write down by what the run is judged: its settings, and what its markers limit.

        Args:
            only_collects: Whether no test is to run.
            workers: How many processes run its tests.
        """
        if self._settings.asked:
            self._books.event(BEGAN, workers=workers)
            self._books.event("settings", **values_of(self._settings))
            self._routing_table()
        every = self._markers.limits
        for limits in map(limits_of_calls, every) if only_collects else every:
            self._limit(limits)

    def stage(self, item: pytest.Item) -> None:
        """Write down, once, that a stage which a marker names has run."""
        owner = self._markers.owner(item)
        key = (owner.spec, owner.stage)
        if owner.stage is not None and key not in self._stages:
            self._stages.add(key)
            self._books.event("stage", spec=owner.spec, stage=owner.stage)

    def attempt(self, item: pytest.Item) -> None:
        """Write down that *item* is run again."""
        self._books.event("attempt", test=item.nodeid, attempt=attempt_of(item))

    def torn(self, item: pytest.Item, notes: Iterable[str]) -> None:
        """Write down what is wrong with the cassette of *item*, and does not keep it from use."""
        for words in notes:
            self._books.event("torn", test=item.nodeid, words=words)

    def outcome(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Write down how a test ended, where the share of tests that pass is judged."""
        if not self._outcomes_count or (report.when != "call" and not report.failed):
            return
        owner = self._markers.owner(item)
        self._books.event(
            "outcome",
            test=item.nodeid,
            outcome=report.outcome,
            when=report.when,
            attempt=attempt_of(item),
            spec=owner.spec,
            command=owner.command,
            tier=owner.tier,
        )

    def partial(self, config: pytest.Config, reasons: list[str]) -> None:
        """Write down that this was not the whole suite, for those who ask what is not used."""
        if reasons:
            self._books.event("partial", reasons=reasons)
        if (chosen := chosen_paths(config)) is not None:
            self._books.event("chosen", paths=chosen)

    def ended(self, end: End) -> None:
        """Write down that the run ended, and why, if that was before its last test."""
        told = {"unrun": [*end.unrun]} if end.unrun else {}
        journals = [*end.journals]
        self._books.event(ENDED, why=end.why, early=end.early, journals=journals, **told)

    def unwritable(self) -> None:
        """Write down, where that is possible again, that the journal could not be written."""
        journal = self._books.journal
        if journal.problem is not None:
            self._books.event("unwritable", where=str(journal.path), error=journal.problem)

    @property
    def _outcomes_count(self) -> bool:
        """Whether a threshold needs to know which tests ran, and how they ended."""
        settings = self._settings
        asked = settings.min_pass_rate, settings.min_quality, settings.min_agreement
        return self._markers.scored or any(least is not None for least in asked)

    def _routing_table(self) -> None:
        if (path := self._settings.routing) is not None:
            text = path.read_text("utf-8")
            self._books.event("routing_table", text=text, source=str(path))

    def _limit(self, limits: Limits) -> None:
        self._books.event(
            "limit",
            node=limits.node,
            single=limits.single,
            origin=limits.origin,
            budget=None if limits.budget is None else str(limits.budget),
            max_calls=limits.max_calls,
            allow_tiers=limits.allow_tiers,
            min_quality=_text(limits.min_quality),
            min_agreement=_text(limits.min_agreement),
            max_regression=_text(limits.max_regression),
        )


def _text(share: Fraction | None) -> str | None:
    return None if share is None else str(share)
