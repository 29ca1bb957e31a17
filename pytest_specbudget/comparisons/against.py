"""The run beside what it is compared with: opened, compared, accepted or not; as gates.

What cannot be opened or compared is a finding that leaves the verdict open, never a pass.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.comparisons.base import Against
from pytest_specbudget.core.finding import Finding, Found
from pytest_specbudget.errors import BaselineError, CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.comparisons.base import Base
    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.core.ledger import Ledger
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.settings.settings import Settings

__all__ = ["against"]


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
    from pytest_specbudget.comparisons import beside  # noqa: PLC0415 - most runs compare nothing

    try:
        comparison, opened = beside.compared_run(ledger, journals, settings, base.open)
    except (BaselineError, CatalogueError) as problem:
        return Against(notes=base.notes, gates=(Found((_unavailable(problem, settings),)),))
    found = beside.settled(comparison, opened, base, settings)
    return replace(found, notes=(*base.notes, *found.notes))


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
