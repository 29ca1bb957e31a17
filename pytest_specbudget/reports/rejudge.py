"""A stored report, judged again; without a journal and without running a test.

New ceilings replace those that the report's SPECs had.  Everything else stays as it was found: the
ceilings of other scopes, calls without a price, damaged journals.  Who sets a ceiling enforces it,
so that what was only observed then counts now.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.gate import (
    CRITICAL,
    WARNING,
    Ceiling,
    alert,
    breach,
    level_of,
    measured,
)
from pytest_specbudget.core.finding import Finding, Verdict, result_of
from pytest_specbudget.core.wording import calls_of, dollars, places_beside
from pytest_specbudget.reports import rule_pages
from pytest_specbudget.reports.figures import judged_cost, judged_spread, judged_upper, spec_name
from pytest_specbudget.reports.report import GateResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.budgets.gate import Basis
    from pytest_specbudget.core.finding import Result
    from pytest_specbudget.reports.report import Report, Row

__all__ = ["Ceilings", "rejudge"]

_MOST_TESTS = 3
_UNKNOWN_COSTS = ("usage-unpriced", "usage-unreported", "usage-partial", "call-unanswered")
_LOST_CALLS = (
    *("journal-damaged", "journal-incomplete", "metering-trouble"),
    *("attempts-hidden", "run-interrupted"),
)
"""Rules that say that the sums may lack calls."""
_AT_TIMES_WARNINGS = ("cassette-miss", "gate-edited")
"""Rules whose severity depends on what they found; no page can tell which it was."""

_BROKEN_OFF = {2: "interrupted", 3: "internal error of pytest or a plugin"}
"""What pytest's exit status says of a run that did not come to its end.
Source: https://docs.pytest.org/en/stable/reference/exit-codes.html (checked 2026-11-22).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """New ceilings: of every SPEC, or None; and of single ones, by name."""

    each: Ceiling | None = None
    named: Mapping[str, Ceiling] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.each is not None or bool(self.named)

    def of(self, spec: str) -> Ceiling | None:
        """Return the new ceiling of *spec*, or None if it keeps what it had."""
        return self.named.get(spec, self.each)


def rejudge(report: Report, ceilings: Ceilings) -> Report:
    """Return *report* with a verdict, gates and ceilings as of now."""
    report = _with_end(report)
    judged = _with_new(report, ceilings) if ceilings else report
    judged = replace(judged, gates=tuple(_checked(judged, gate) for gate in judged.gates))
    result = _result(judged)
    return replace(
        judged,
        verdict=Verdict(result, judged.verdict.findings),
        exitstatus=0 if result == "pass" else 1,
    )


def _with_end(report: Report) -> Report:
    """Return *report* as one of a part where pytest said that its run did not come to its end."""
    why = _BROKEN_OFF.get(report.exitstatus)
    if why is None:
        return report
    report = replace(report, partial=tuple(dict.fromkeys((*report.partial, why))))
    found = report.verdict.findings
    if any(one.rule == "run-interrupted" for one in found):
        return report
    finding = Finding(
        rule="run-interrupted",
        subject=report.run,
        message=f"the run ended before its last test: {why}",
        remedy="run the tests again, to their end",
        inconclusive=True,
    )
    if report.mode != "enforce":
        finding = replace(finding, severity="warning")
    return replace(report, verdict=Verdict(report.verdict.result, (finding, *found)))


def _with_new(report: Report, ceilings: Ceilings) -> Report:
    replaced = {row.name for row in report.specs if ceilings.of(row.name)}
    gates = [_gate(report, row, ceiling) for row, ceiling in _held(report, ceilings)]
    kept = [gate for gate in report.gates if gate.scope != "spec" or gate.subject not in replaced]
    found = [*_new_findings(report, ceilings), *_kept_findings(report, replaced)]
    found.sort(key=lambda finding: finding.severity != "error")
    return replace(
        report,
        mode="enforce",
        verdict=Verdict(report.verdict.result, tuple(found)),
        specs=tuple(_with_ceiling(row, ceilings.of(row.name)) for row in report.specs),
        gates=(*gates, *kept),
    )


def _held(report: Report, ceilings: Ceilings) -> Iterator[tuple[Row, Ceiling]]:
    for row in report.specs:
        ceiling = ceilings.of(row.name)
        if ceiling is not None:
            yield row, ceiling


def _gate(report: Report, row: Row, ceiling: Ceiling) -> GateResult:
    return GateResult(
        rule="budget-exceeded",
        scope="spec",
        subject=row.name,
        spent=judged_cost(report, row.totals),
        spread=judged_spread(report, row.totals),
        ceiling=ceiling.amount,
        origin=ceiling.origin,
        passed=not any(one.rule in _LOST_CALLS for one in report.verdict.findings),
        estimated=bool(row.totals.estimated_calls),
        unknown_calls=_unknown(report, row),
    )


def _unknown(report: Report, row: Row) -> int:
    """Count the calls of *row* that may have cost more; what was replayed is billed nothing."""
    totals = row.totals
    replayed = report.basis == "billed" and totals.calls == totals.replayed_calls
    return 0 if replayed else totals.unbounded_calls


def _with_ceiling(row: Row, ceiling: Ceiling | None) -> Row:
    return row if ceiling is None else replace(row, ceiling=ceiling.amount)


def _checked(report: Report, gate: GateResult) -> GateResult:
    """Return *gate* with what it comes to; what left it open in its run still does."""
    open_ = not gate.broken and not gate.passed
    counts = gate.unknown_calls > 0 and any(map(_leaves_open, report.verdict.findings))
    return replace(gate, passed=not (gate.broken or open_ or counts))


def _leaves_open(finding: Finding) -> bool:
    """Tell whether *finding* is about unknown costs of which nobody asked only to be warned."""
    asked_to_warn = finding.severity == "warning" and bool(finding.origin)
    return finding.rule in _UNKNOWN_COSTS and not asked_to_warn


def _result(report: Report) -> Result:
    if report.mode != "enforce":
        return "pass"
    if any(gate.broken for gate in report.gates):
        return "fail"
    doubted = report.verdict.result == "inconclusive"
    return result_of(report.verdict.findings, doubted=doubted)


def _kept_findings(report: Report, replaced: set[str]) -> Iterator[Finding]:
    origins = {
        (gate.subject, gate.origin)
        for gate in report.gates
        if gate.scope == "spec" and gate.subject in replaced
    }
    for finding in report.verdict.findings:
        about_ceiling = finding.rule in ("budget-exceeded", "budget-warning")
        if not (about_ceiling and (finding.subject, finding.origin) in origins):
            yield _enforced(report, finding)


def _enforced(report: Report, finding: Finding) -> Finding:
    """Make an error again of what counted as a warning only because nothing was enforced."""
    asked_to_warn = finding.rule in _UNKNOWN_COSTS and bool(finding.origin)
    if report.mode == "enforce" or asked_to_warn or _warns(finding.rule):
        return finding
    return replace(finding, severity="error")


def _warns(rule: str) -> bool:
    """Tell whether what *rule* found is, or may have been, a warning in every mode."""
    if rule in _AT_TIMES_WARNINGS:
        return True
    return rule in rule_pages.names() and rule_pages.severity(rule) == "warning"


def _new_findings(report: Report, ceilings: Ceilings) -> Iterator[Finding]:
    for row, ceiling in _held(report, ceilings):
        yield from _judged(report, row, ceiling)


def _judged(report: Report, row: Row, ceiling: Ceiling) -> Iterator[Finding]:
    spent, spread = judged_cost(report, row.totals), judged_spread(report, row.totals)
    most = ceiling.amount
    said = measured(spent, most, _basis(report), spread)
    estimated = ", estimated" if row.totals.estimated_calls else ""
    message = f"{spec_name(report, row.name)} {said}{estimated}"
    level = level_of((spent + spread).share_of(most), WARNING, CRITICAL)
    if spent + spread > most:
        places = places_beside(most, spent, spent + spread)
        details = (*_dearest(report, row, places), *_bounds(report, row))
        yield breach(message, row.name, ceiling, details, certain=spent > most)
    elif level is not None:
        yield alert(message, row.name, ceiling, level, _bounds(report, row))


def _bounds(report: Report, spec: Row) -> tuple[str, ...]:
    """Say how many calls of *spec* are bounded, and by which declarations of the run."""
    if not judged_spread(report, spec.totals):
        return ()
    found = (one for one in report.verdict.findings if one.rule == "usage-bounded")
    declared = sorted({one.origin for one in found if one.subject in spec.models})
    calls = calls_of(spec.totals.bounded_calls)
    return (f"{calls} of unknown cost, bounded by {'; '.join(declared) or 'a declaration'}",)


def _basis(report: Report) -> Basis:
    return "billed" if report.basis == "billed" else "list"


def _dearest(report: Report, spec: Row, places: int) -> tuple[str, ...]:
    """Name the dearest tests of *spec*; a test that several SPECs share is nobody's."""
    tests = [row for row in report.tests if row.spec == spec.name]
    tests.sort(key=lambda row: (-judged_upper(report, row.totals).atto, row.name))
    spent = (row for row in tests[:_MOST_TESTS] if judged_upper(report, row.totals))
    return tuple(_line(report, row, places) for row in spent)


def _line(report: Report, row: Row, places: int) -> str:
    spent, upper = judged_cost(report, row.totals), judged_upper(report, row.totals)
    ends = (spent, upper) if upper > spent else (spent,)
    shown = " to ".join(dollars(end, places) for end in ends)
    return f"{row.name}   {shown}   {calls_of(row.totals.calls)}, {', '.join(row.models)}"
