"""The report as a JUnit file of its own: one test case for each ceiling, change and finding.

It stands beside the one that pytest writes, so that a CI system shows a broken budget as a failed
test with its reason.  Whatever a name holds, the XML is well formed.

Source: XML 1.0, section 2.2, for the characters that a document may hold.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from pytest_specbudget.core.rises import apart, percent_more
from pytest_specbudget.core.wording import exact
from pytest_specbudget.reports.blocks import block
from pytest_specbudget.reports.figures import gate_spent, spec_name, visible, with_unknown
from pytest_specbudget.reports.headline import headline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.audit.comparison import Change, Comparison
    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.core.ledger import Totals
    from pytest_specbudget.reports.report import GateResult, Report

__all__ = ["render"]

_WIDTH = 100
_COMPARING = ("cost-regression", "gate-unavailable")


def render(report: Report) -> str:
    """Write *report* as XML, ending in a newline."""
    cases = [*_gates(report), *_changes(report), *_findings(report)]
    failed = sum("<failure" in case for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failed), "errors": "0"}
    told = _element("system-out", {}, _text(headline(report)))
    facts = _properties(_facts(report.comparison)) if report.comparison is not None else ""
    suite = _element("testsuite", {"name": "specbudget", **counts}, facts, *cases, told)
    whole = _element("testsuites", {"name": "specbudget", **counts}, suite)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{whole}'


def _gates(report: Report) -> Iterator[str]:
    for gate in report.gates:
        found = [finding for finding in report.verdict.findings if _tells(finding, gate)]
        name = spec_name(report, gate.subject) if gate.scope == "spec" else gate.subject
        yield _case(f"specbudget.{gate.scope}", name, map(_outcome, found), _measured(gate))


def _changes(report: Report) -> Iterator[str]:
    """Yield a case for the run and each SPEC that was compared."""
    for change in _compared(report):
        found = [one for one in report.verdict.findings if _tells_of(one, change)]
        name = spec_name(report, change.subject) if change.scope == "spec" else change.subject
        properties = _properties(_amounts(change))
        yield _case("specbudget.compared", name, map(_outcome, found), _risen(change), properties)


def _findings(report: Report) -> Iterator[str]:
    changes = list(_compared(report))
    for finding in report.verdict.findings:
        told = any(_tells(finding, gate) for gate in report.gates)
        if not told and not any(_tells_of(finding, change) for change in changes):
            yield _case(f"specbudget.{finding.rule}", finding.subject, [_outcome(finding)])


def _compared(report: Report) -> Iterator[Change]:
    changes = () if report.comparison is None else report.comparison.changes
    yield from (change for change in changes if change.scope in {"run", "spec"})


def _tells(finding: Finding, gate: GateResult) -> bool:
    about_a_ceiling = finding.rule in (gate.rule, "budget-exceeded", "budget-warning")
    same = (finding.subject, finding.origin) == (gate.subject, gate.origin)
    return about_a_ceiling and same


def _tells_of(finding: Finding, change: Change) -> bool:
    return finding.rule in _COMPARING and finding.subject == change.subject


def _facts(comparison: Comparison) -> dict[str, str]:
    facts = {"base": comparison.base, "head": comparison.head, "limit": comparison.limit}
    return facts | (_amounts(comparison.whole) if comparison.whole is not None else {})


def _amounts(change: Change) -> dict[str, str]:
    rise = {} if _is_unknown(change) else {"rise_usd": str(change.rise)}
    return {
        "said": change.said,
        **_of_side("base", change.base),
        **_of_side("head", change.head),
        **rise,
        "base_calls": str(change.base.calls),
        "head_calls": str(change.head.calls),
    }


def _of_side(side: str, totals: Totals) -> dict[str, str]:
    """Write what is known of the cost of a side, and how many calls it leaves out."""
    unknown = totals.unbounded_calls
    cost = {f"{side}_list_cost_usd": str(totals.list_cost)}
    left_out = {f"{side}_unbounded_calls": str(unknown)} if unknown else {}
    return (cost if totals.list_upper or not unknown else {}) | left_out


def _risen(change: Change) -> str:
    base, head = change.base.list_upper, change.head.list_upper
    was, now, _ = apart(base, head)
    was = with_unknown(f"${was}", base, change.base)
    now = with_unknown(f"${now}", head, change.head)
    share = "?" if _is_unknown(change) else percent_more(base, head, change.limit)
    limit = f", limit {change.limit}" if change.limit else ""
    origin = f" from {change.origin}" if change.origin else ""
    return f"{change.said}: {was} to {now} ({share}){limit}{origin}"


def _is_unknown(change: Change) -> bool:
    return bool(change.base.unbounded_calls or change.head.unbounded_calls)


def _measured(gate: GateResult) -> str:
    return f"{gate_spent(gate)} of ${exact(gate.ceiling)} from {gate.origin}"


def _case(
    classname: str, name: str, outcomes: Iterable[str], measured: str = "", properties: str = ""
) -> str:
    told = [_element("system-out", {}, _text(measured))] if measured else []
    named = {"classname": classname, "name": name}
    return _element("testcase", named, properties, *outcomes, *told)


def _properties(values: dict[str, str]) -> str:
    told = (
        _element("property", {"name": f"specbudget.{name}", "value": value})
        for name, value in values.items()
    )
    return _element("properties", {}, *told)


def _outcome(finding: Finding) -> str:
    text = _text("\n".join(block(finding, width=_WIDTH)))
    if finding.severity == "warning":
        return _element("system-out", {}, text)
    return _element("failure", {"type": finding.rule, "message": finding.message}, text)


def _element(tag: str, attributes: dict[str, str], *content: str) -> str:
    named = "".join(f' {name}="{_attribute(value)}"' for name, value in attributes.items())
    return f"<{tag}{named}>{''.join(content)}</{tag}>\n"


def _attribute(value: str) -> str:
    return html.escape(visible(value))


def _text(text: str) -> str:
    return html.escape("\n".join(map(visible, text.split("\n"))))
