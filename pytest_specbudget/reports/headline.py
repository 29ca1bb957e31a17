"""The verdict in one line: what people read first, and often alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pytest_specbudget.core.wording import calls_of, exact
from pytest_specbudget.reports.figures import (
    gate_spent,
    interval,
    lower_bound,
    spec_name,
    unknown_cost_calls,
    visible,
)
from pytest_specbudget.reports.uncompared import not_compared

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.core.ledger import Totals
    from pytest_specbudget.reports.report import GateResult, Report

__all__ = [
    "Word",
    "breached",
    "figures",
    "headline",
    "reasons",
    "tells_reasons",
    "whose_figures",
    "word",
]

Word = Literal["PASS", "FAILED", "INCONCLUSIVE", "OBSERVED", "WARNED"]


def headline(report: Report, separator: str = " · ", hint: str = "") -> str:
    """Say verdict, reason or figures, what was not compared, and if this was the whole suite.

    Args:
        report: What to say it of.
        separator: What stands between the parts.
        hint: Where the warnings can be read of a partial run that passes.
    """
    told = [_first(reasons(report))] if tells_reasons(report) else _passing(report, hint)
    body = separator.join([*told, *_left_out(report)])
    return f"{word(report)} spec budget{_partial(report)}: {body}"


def word(report: Report) -> Word:
    """Return the verdict as one word; only a run that enforces can fail."""
    if report.mode == "observe":
        return "OBSERVED"
    if report.mode == "warn":
        return "WARNED" if report.verdict.findings else "PASS"
    return _ENFORCED.get(report.verdict.result, "PASS")


def tells_reasons(report: Report) -> bool:
    """Tell whether the line of *report* says why it should not pass, and so has no figures."""
    return word(report) in ("FAILED", "INCONCLUSIVE") and bool(reasons(report))


def breached(report: Report) -> list[GateResult]:
    """Return the ceilings that were broken: SPECs first, then by what was spent."""
    broken = [gate for gate in report.gates if gate.broken]
    return sorted(broken, key=lambda gate: (gate.scope != "spec", -gate.upper.atto, gate.subject))


def reasons(report: Report) -> list[str]:
    """Say why the run should not pass, one line each: ceilings first, then what else was found."""
    broken = [_over(report, gate) for gate in breached(report)]
    others = [_found(finding) for finding in report.verdict.findings if _counts(finding, broken)]
    return [*broken, *others]


def figures(report: Report) -> list[str]:
    """Say what was spent, who answered, and what was not counted; nobody did, without a run."""
    totals = report.totals
    if not report.ran:
        calls = calls_of(totals.calls, "recorded call")
        return [
            _listed(report),
            f"{calls}{_failed(totals)}, {unknown_cost_calls(totals):,} unknown",
        ]
    live = totals.calls - totals.replayed_calls
    hit = totals.replayed_calls - totals.stale_calls
    missed = report.verdicts["miss"].calls if "miss" in report.verdicts else 0
    counts = (hit, "hit"), (totals.stale_calls, "stale"), (missed, "missed"), (live, "live")
    answered = ", ".join(f"{n:,} {what}" for n, what in counts if n or what in {"hit", "live"})
    once = " (a shared fixture's once for all workers)" if live and _were_shared(report) else ""
    bounded = f" ({totals.bounded_calls:,} bounded)" if totals.bounded_calls else ""
    unknown = f", {unknown_cost_calls(totals):,} unknown{bounded}"
    mocked = [f"{totals.mocked_calls:,} mocked, not counted"] if totals.mocked_calls else []
    return [_spent(report), answered + once + _failed(totals) + unknown, *mocked]


def _failed(totals: Totals) -> str:
    return f", {totals.failed_calls:,} failed" if totals.failed_calls else ""


def whose_figures(report: Report) -> str:
    """Say what the figures of *report* are of."""
    return "this run" if report.ran else "nothing was run; as recorded"


def _were_shared(report: Report) -> bool:
    """Tell whether several workers made a call that is judged as one."""
    return any(row.workers > 1 for row in report.specs)


def _first(found: list[str]) -> str:
    more = f"; and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{found[0]}{more}" if found else ""


def _passing(report: Report, hint: str) -> list[str]:
    broken = [f"{_over(report, gate)}, not enforced" for gate in breached(report)[:1]]
    warnings = len(report.verdict.findings)
    quiet = bool(report.partial) and warnings > 0
    counted = [f"{calls_of(warnings, 'warning')}{hint}"] if quiet else []
    return [*broken, *figures(report), *counted]


def _left_out(report: Report) -> list[str]:
    told = not_compared(report.comparison) if report.comparison is not None else ""
    return [f"not compared: {told}"] if told else []


def _spent(report: Report) -> str:
    totals = report.totals
    billed = interval(totals.billed_cost, totals.billed_spread, sign="$")
    billed = billed if totals.billed_upper else "$0.00"
    owed = lower_bound(billed, totals.billed_upper, unknown=_owes(report))
    return f"{_listed(report)}, {owed} billed"


def _listed(report: Report) -> str:
    """Say what is known of the list cost, if anything is, and how many calls it leaves out."""
    totals = report.totals
    estimated = " (estimated)" if report.estimated else ""
    known = f"{interval(totals.list_cost, totals.list_spread, sign='$')} list{estimated}"
    unknown = _unknown(totals)
    return " + ".join(filter(None, [known if totals.list_upper or not unknown else "", unknown]))


def _unknown(totals: Totals) -> str:
    unbounded = totals.unbounded_calls
    which = "without a bound" if totals.bounded_calls else "of unknown cost"
    return f"{calls_of(unbounded)} {which}" if unbounded else ""


def _owes(report: Report) -> bool:
    """Whether more may be billed than is known; for a replayed call nothing ever is."""
    sums = [row.totals for row in report.tests]
    replayed = [one for one in sums if one.calls == one.replayed_calls > 0]
    return report.totals.unbounded_calls > sum(one.unbounded_calls for one in replayed)


def _over(report: Report, gate: GateResult) -> str:
    basis = " billed" if report.basis == "billed" else ""
    estimated = " (estimated)" if gate.estimated else ""
    origin = f" from {visible(gate.origin)}" if gate.origin else ""
    spent = f"{gate_spent(gate)}{basis}{estimated}"
    return f"{_subject(report, gate)} {spent}, ceiling ${exact(gate.ceiling)}{origin}"


def _subject(report: Report, gate: GateResult) -> str:
    if gate.scope == "spec":
        return visible(spec_name(report, gate.subject))
    if gate.scope == "session":
        return "whole run"
    return f'{gate.scope} "{visible(gate.subject)}"'


def _found(finding: Finding) -> str:
    first_line = finding.message.partition("\n")[0]
    return f"{finding.rule}: {visible(first_line)}"


def _counts(finding: Finding, broken: list[str]) -> bool:
    told_by_gates = finding.rule == "budget-exceeded" and bool(broken)
    return finding.severity == "error" and not told_by_gates


def _partial(report: Report) -> str:
    why = ", ".join(visible(reason) for reason in report.partial)
    return f" (partial run: {why})" if why else ""


_ENFORCED: dict[str, Word] = {"fail": "FAILED", "inconclusive": "INCONCLUSIVE"}
