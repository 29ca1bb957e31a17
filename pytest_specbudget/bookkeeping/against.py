"""The run beside what it is compared with: opened, compared, accepted or not; as gates.

What cannot be opened or compared is a finding that leaves the verdict open, never a pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_specbudget.core.finding import Finding, Found
from pytest_specbudget.errors import BaselineError, CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from pytest_specbudget.audit.acks import Acknowledgement
    from pytest_specbudget.audit.comparison import Comparison, RequestChange, Side
    from pytest_specbudget.bookkeeping.sides import OneInstant
    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.core.ledger import Ledger
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Against", "Base", "OpenBase", "Opened", "against"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a run is compared with, opened.

    Attributes:
        side: The base.
        requests: The requests that are not asked as they were there.
        unrun: The tests that the run left out; None if it left some out and nobody knows which.
    """

    side: Side
    requests: tuple[RequestChange, ...] = ()
    unrun: frozenset[str] | None = frozenset()


OpenBase = Callable[["OneInstant", "Side"], Opened]
"""Opens a base for the head that it is given, at the prices that both sides have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the shell knows of a comparison.

    Attributes:
        open: Opens the base; None where there is none yet, as `notes` say.
        acks: The regressions that were accepted.
        today: The day on which these count.
        notes: Whole sentences that a reader should know.
    """

    open: OpenBase | None = None
    acks: Sequence[Acknowledgement] = ()
    today: date
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What a comparison comes to.

    Attributes:
        comparison: The two sides, or None where nothing was compared.
        gates: What it holds the run to.
        notes: Whole sentences that a reader should know.
    """

    comparison: Comparison | None = None
    gates: tuple[Gate, ...] = ()
    notes: tuple[str, ...] = ()


def against(
    ledger: Ledger, journals: Iterable[Journal], settings: Settings, base: Base | None
) -> Against:
    """Hold a run against its base.

    Args:
        ledger: What is judged of the run.
        journals: Where its markers wrote down what they limit.
        settings: How much dearer it may be.
        base: What it is compared with; None where nobody asked.
    """
    if base is None:
        return Against(notes=_unheld(journals))
    if base.open is None:
        return Against(notes=base.notes, gates=_without(settings, base))
    from pytest_specbudget.bookkeeping import beside  # noqa: PLC0415 - most runs compare nothing

    try:
        comparison = beside.compared_run(ledger, journals, settings, base.open)
    except (BaselineError, CatalogueError) as problem:
        return Against(notes=base.notes, gates=(Found((_unavailable(problem, settings),)),))
    return replace(beside.settled(comparison, base, settings), notes=base.notes)


def _unheld(journals: Iterable[Journal]) -> tuple[str, ...]:
    """Say so where a marker limits a rise and there is nothing to rise above."""
    nodes = [
        str(event.values["node"])
        for journal in journals
        for event in journal.events
        if event.event == "limit" and "max_regression" in event.values
    ]
    words = "was not judged, for there is nothing to compare with: name a --spec-baseline"
    return (f"max_regression of {nodes[0]} {words}",) if nodes else ()


def _without(settings: Settings, base: Base) -> tuple[Gate, ...]:
    """Fail a run that has no base where that was asked for."""
    if not settings.strict_baseline:
        return ()
    problem = BaselineError("; ".join(base.notes) or "there is no baseline")
    return (Found((_unavailable(problem, settings),)),)


def _unavailable(problem: Exception, settings: Settings) -> Finding:
    asked = settings.baseline
    return Finding(
        rule="gate-unavailable",
        subject=str(asked) if asked is not None else "baseline",
        message=f"nothing could be compared: {problem}",
        origin=settings.origin_of("baseline"),
        remedy="make the baseline readable, and run again",
        inconclusive=True,
    )
