"""The run beside what it is compared with: opened, compared, accepted or not; as gates.

What cannot be opened or compared is a finding that leaves the verdict open, never a pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_specbudget.audit.comparison import Side
from pytest_specbudget.bookkeeping.comparing import compared, limits_of, own_limits
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.bookkeeping.sampling import are_samples, regression_gate, sampled_comparison
from pytest_specbudget.bookkeeping.sides import OneInstant, side_of_run
from pytest_specbudget.core.finding import Finding, Found
from pytest_specbudget.errors import BaselineError, CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from pytest_specbudget.audit.acks import Acknowledgement
    from pytest_specbudget.audit.comparison import Comparison, RequestChange
    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.core.ledger import Ledger
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Against", "Base", "OpenBase", "Opened", "against"]

THIS_RUN = "this run"


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


OpenBase = Callable[[OneInstant, Side], Opened]
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
    try:
        comparison = _compared(ledger, journals, settings, base.open)
    except (BaselineError, CatalogueError) as problem:
        return Against(notes=base.notes, gates=(Found((_unavailable(problem, settings),)),))
    return replace(_settled(comparison, base, settings), notes=base.notes)


def _compared(
    ledger: Ledger, journals: Iterable[Journal], settings: Settings, open_base: OpenBase
) -> Comparison:
    desk = PriceDesk(settings)
    prices = OneInstant.of(desk)
    head = replace(side_of_run(ledger, THIS_RUN, prices), repeats=settings.repeats)
    opened = open_base(prices, head)
    head = replace(head, unrun=opened.unrun)
    if are_samples([opened.side], [head]):
        limits = limits_of(settings, own_limits(journals, ledger))
        return sampled_comparison([opened.side], [head], limits, prices)
    return compared(
        opened.side,
        head,
        settings,
        desk,
        tests=own_limits(journals, ledger),
        requests=opened.requests,
    )


def _settled(comparison: Comparison, base: Base, settings: Settings) -> Against:
    found: list[Finding] = []
    if base.acks:
        from pytest_specbudget.audit.acks import acknowledged  # noqa: PLC0415 - most have none

        comparison, found = acknowledged(comparison, base.acks, base.today)
    gate = regression_gate(comparison, settings)
    return Against(comparison=comparison, gates=(gate, Found(tuple(found))))


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
