"""A comparison without a run: the report that `specbudget diff` renders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.merging import Merged
from pytest_specbudget.bookkeeping.rows import rows_by, shares_of, spec_rows, test_rows, totals_of
from pytest_specbudget.bookkeeping.summing import (
    command_of,
    exitstatus_of,
    model_of,
    price_at_of,
    sources_of,
    stage_of,
)
from pytest_specbudget.comparisons.comparing import disjoint
from pytest_specbudget.comparisons.sampling import regression_gate
from pytest_specbudget.core.finding import Found, judge
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.reports.report import CatalogueFacts, Report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.audit.comparison import Comparison, Side
    from pytest_specbudget.bookkeeping.desk import PriceDesk
    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.settings.settings import Settings

__all__ = ["report_of"]


def report_of(
    comparison: Comparison,
    head: Side,
    settings: Settings,
    desk: PriceDesk,
    findings: Iterable[Finding] = (),
) -> Report:
    """Judge *comparison*, and sum its head up; ceilings are a run's business and are not judged.

    Args:
        comparison: The two sides.
        head: The one that is judged.
        settings: What is done with what cannot be computed.
        desk: Who priced.
        findings: Why the sums cannot be trusted.

    Returns:
        A report of recordings, which nobody ran; a caller whose head is a run says so.
    """
    ledger = Ledger([*head.charges])
    shares = shares_of(ledger)
    gates = [regression_gate(comparison, settings), Found((*findings, *disjoint(comparison)))]
    verdict = judge(ledger, gates, "enforce", settings.on_inconclusive)
    facts = desk.facts()
    return Report(
        run=head.name,
        verdict=verdict,
        exitstatus=exitstatus_of(verdict, settings),
        mode="enforce",
        basis="list",
        partial=(),
        catalogue=CatalogueFacts(**facts | {"overlays": tuple(facts["overlays"])}),
        price_at=price_at_of(settings),
        totals=totals_of(shares),
        specs=spec_rows(shares, None),
        commands=rows_by(shares, command_of, None),
        stages=rows_by(shares, stage_of, None),
        models=rows_by(shares, model_of, None),
        tests=test_rows(Merged(ledger=ledger), None),
        sources=sources_of(ledger),
        comparison=comparison,
        ran=False,
    )
