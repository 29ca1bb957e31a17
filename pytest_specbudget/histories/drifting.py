"""Recorded usage at other prices, as a gate: read, priced anew, judged, explained.

Journals need no extra and are priced by a plain loop; a history that `specbudget history add` made
is priced by DuckDB, and usage in a warehouse there.  What cannot be read, or holds nothing, leaves
the verdict open: a gate that could not be computed is not green.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.drifting import DriftSummary, Question, summed_up
from pytest_specbudget.analysis.looped import looped
from pytest_specbudget.analysis.store.changing import steadily
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.errors import CatalogueError, JournalError
from pytest_specbudget.histories.drift_findings import drift_findings, fault_findings
from pytest_specbudget.histories.places import held, journals_of, place_of
from pytest_specbudget.histories.spent import journaled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from pytest_specbudget.analysis.priced import PricedHistory
    from pytest_specbudget.histories.places import Kept, Place
    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.settings.settings import Settings

__all__ = ["DEFAULT_LIMIT", "drift_gate", "drift_of", "instant_of"]

DEFAULT_LIMIT = Fraction(10)
"""By how many percent prices may move what a history cost, unless somebody says otherwise."""

_MOST_PROBLEMS = 5


def drift_gate(
    settings: Settings, now: datetime, kept: Kept | None = None
) -> tuple[tuple[Finding, ...], DriftSummary | None]:
    """Hold the history of *settings* to its limit.

    Args:
        settings: Where the history lies, how far prices may have moved, and which prices count.
        now: This instant; aware, UTC.
        kept: What is meant where they name no history.

    Returns:
        The findings; and the facts for every format, or None where there is no history to judge.
    """
    where = settings.history or kept
    if where is None:
        return (), None
    try:
        summary = drift_of(where, settings, now)
    except (JournalError, CatalogueError) as problem:
        return (_unavailable(str(where), str(problem), settings),), None
    return tuple(_findings(summary, settings)), summary


def drift_of(where: Path | Kept | Place, settings: Settings, now: datetime) -> DriftSummary:
    """Price usage as of then and at the instant that counts, and judge it.

    Args:
        where: Journals, or a history; all that a project keeps; or a place whose engine is to do
            it.
        settings: How far prices may have moved, and which prices count.
        now: This instant; aware, UTC.

    Raises:
        JournalError: If there is nothing, or it cannot be read.
        CatalogueError: If the prices cannot be read or contradict each other.
    """
    desk = PriceDesk(settings)
    asked = Question(
        history=str(where),
        at=instant_of(settings, desk, now),
        today=now.date(),
        limit=DEFAULT_LIMIT if settings.max_drift is None else settings.max_drift,
        origin=settings.origin_of("max_drift"),
    )
    history, problems = _priced(where, desk.catalogue, asked)
    return summed_up(history, desk.catalogue, asked, problems=problems)


def instant_of(settings: Settings, desk: PriceDesk, now: datetime) -> datetime:
    """Return the instant whose prices the history is held against: as asked for, else *now*.

    Replayed calls have the prices of the catalogue's own day, whatever the calendar says.  Whether
    prices drifted is asked of the calendar, unless somebody named the catalogue.
    """
    asked = settings.price_at
    if asked.kind == "catalogue" and "price_at" in settings.origins:
        return desk.as_of
    return asked.time or now


_PricedAndProblems = tuple["PricedHistory", tuple[str, ...]]


def _priced(
    where: Path | Kept | Place, catalogue: Catalogue, asked: Question
) -> _PricedAndProblems:
    journals = journals_of(where)
    if not journals:
        return _priced_there(place_of(where), catalogue, asked)
    found = journaled(*journals, today=asked.today)
    return looped(found.records, catalogue, asked.at), found.problems


def _priced_there(place: Place, catalogue: Catalogue, asked: Question) -> _PricedAndProblems:
    from pytest_specbudget.analysis.stored_drift import (  # noqa: PLC0415 - needs an engine
        priced_on,
    )

    def priced() -> _PricedAndProblems:
        with held(place, asked.today) as found:
            return priced_on(found.engine, catalogue, asked.at, found.usage), found.problems

    return steadily(priced)


def _findings(summary: DriftSummary, settings: Settings) -> Iterator[Finding]:
    if summary.first is None:
        where = summary.asked.history
        yield _unavailable(where, f"{where} holds no call that told its counts", settings)
    yield from drift_findings(summary)
    yield from fault_findings(summary)
    if summary.problems:
        yield _damaged(summary)


def _damaged(summary: DriftSummary) -> Finding:
    problems = summary.problems
    told = problems[0] if len(problems) == 1 else calls_of(len(problems), "place")
    return Finding(
        rule="journal-damaged",
        subject=summary.asked.history,
        message=f"{summary.asked.history} cannot be read as a whole: {told}",
        details=problems[:_MOST_PROBLEMS] if len(problems) > 1 else (),
        remedy="what stood there is in no sum; mend or remove these files",
        inconclusive=True,
    )


def _unavailable(where: str, problem: str, settings: Settings) -> Finding:
    return Finding(
        rule="gate-unavailable",
        subject=where,
        message=f"no usage could be priced again: {problem}",
        origin=settings.origin_of("max_drift" if settings.history is None else "history"),
        remedy="name a journal, a folder of them, or a history that `specbudget history add` made",
        inconclusive=True,
    )
