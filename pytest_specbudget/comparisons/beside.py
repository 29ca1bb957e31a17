"""A run beside its base: the work of `against`, loaded where there is something to compare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.audit.acks import acknowledged
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.comparisons.base import Against
from pytest_specbudget.comparisons.comparing import compared, disjoint, limits_of, own_limits
from pytest_specbudget.comparisons.sampling import are_samples, regression_gate, sampled_comparison
from pytest_specbudget.comparisons.sides import OneInstant, side_of_run
from pytest_specbudget.comparisons.unmeasured import NotRun
from pytest_specbudget.core.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.audit.comparison import Comparison
    from pytest_specbudget.comparisons.base import Base, OpenBase, Opened
    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.core.ledger import Ledger
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.settings.settings import Settings

__all__ = ["compared_run", "settled"]

_THIS_RUN = "this run"


def compared_run(
    ledger: Ledger, journals: Iterable[Journal], settings: Settings, open_base: OpenBase
) -> tuple[Comparison, Opened]:
    """Compare a run with what *open_base* opens; return that, too.

    Raises:
        BaselineError: If it cannot be opened, with what to do.
        CatalogueError: If the prices cannot be read.
    """
    desk = PriceDesk(settings)
    prices = OneInstant.of(desk)
    head = replace(side_of_run(ledger, _THIS_RUN, prices), repeats=settings.repeats)
    opened = open_base(prices, head)
    head = replace(head, unrun=opened.unrun)
    if are_samples([opened.side], [head]):
        limits = limits_of(settings, own_limits(journals, ledger))
        return sampled_comparison([opened.side], [head], limits, prices), opened
    comparison = compared(
        opened.side,
        head,
        settings,
        desk,
        tests=own_limits(journals, ledger),
        requests=opened.requests,
    )
    return comparison, opened


def settled(comparison: Comparison, opened: Opened, base: Base, settings: Settings) -> Against:
    """Accept what was accepted on purpose, and hold the run to the rest."""
    found: list[Finding] = []
    not_run = NotRun(opened, comparison, base)
    if base.acks:
        comparison, found = acknowledged(comparison, base.acks, base.today)
    gate = regression_gate(comparison, settings, base.ack_file)
    told = (*not_run.findings(), *not_run.needless(found), *disjoint(comparison))
    return Against(comparison=comparison, gates=(gate, Found(told)), notes=not_run.notes)
