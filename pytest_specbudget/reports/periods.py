"""How the calendar's days and months stand, where no finding tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.wording import exact
from pytest_specbudget.reports.figures import gate_spent, lower_bound, share_used

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.reports.report import GateResult, Report

__all__ = ["PERIODS", "periods"]

PERIODS = ("day", "month")
"""The scopes of ceilings that hold all runs together, and what is billed."""


def periods(report: Report) -> Iterator[str]:
    """Yield a line for each day and month with a ceiling that no finding is about."""
    told = {finding.subject for finding in report.verdict.findings}
    for gate in report.gates:
        if gate.scope in PERIODS and gate.subject not in told:
            yield f"{gate.scope} {gate.subject}: {gate_spent(gate)} billed of {_most(gate)}"


def _most(gate: GateResult) -> str:
    used = share_used(gate.upper, gate.ceiling)
    share = lower_bound(used, gate.upper, unknown=gate.unknown_calls > 0)
    return f"${exact(gate.ceiling)} ({share}), all runs together"
