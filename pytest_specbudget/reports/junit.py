"""The report as a JUnit file of its own: one test case for each ceiling and each finding.

It stands beside the one that pytest writes, so that a CI system shows a broken budget as a failed
test with its reason.  Whatever a name holds, the XML is well formed.

Source: XML 1.0, section 2.2, for the characters that a document may hold.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from pytest_specbudget.reports.blocks import block
from pytest_specbudget.reports.figures import exact, interval, spec_name, visible
from pytest_specbudget.reports.headline import headline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.reports.report import GateResult, Report

__all__ = ["render"]

_WIDTH = 100


def render(report: Report) -> str:
    """Write *report* as XML, ending in a newline."""
    cases = [*_gates(report), *_findings(report)]
    failed = sum("<failure" in case for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failed), "errors": "0"}
    told = _element("system-out", {}, _text(headline(report)))
    suite = _element("testsuite", {"name": "specbudget", **counts}, *cases, told)
    whole = _element("testsuites", {"name": "specbudget", **counts}, suite)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{whole}'


def _gates(report: Report) -> Iterator[str]:
    for gate in report.gates:
        found = [finding for finding in report.verdict.findings if _tells(finding, gate)]
        name = spec_name(report, gate.subject) if gate.scope == "spec" else gate.subject
        yield _case(f"specbudget.{gate.scope}", name, map(_outcome, found), _measured(gate))


def _findings(report: Report) -> Iterator[str]:
    for finding in report.verdict.findings:
        if not any(_tells(finding, gate) for gate in report.gates):
            yield _case(f"specbudget.{finding.rule}", finding.subject, [_outcome(finding)])


def _tells(finding: Finding, gate: GateResult) -> bool:
    about_a_ceiling = finding.rule in (gate.rule, "budget-exceeded", "budget-warning")
    same = (finding.subject, finding.origin) == (gate.subject, gate.origin)
    return about_a_ceiling and same


def _measured(gate: GateResult) -> str:
    spent = interval(gate.spent, gate.spread, gate.ceiling, sign="$")
    return f"{spent} of ${exact(gate.ceiling)} from {gate.origin}"


def _case(classname: str, name: str, outcomes: Iterable[str], measured: str = "") -> str:
    told = [_element("system-out", {}, _text(measured))] if measured else []
    return _element("testcase", {"classname": classname, "name": name}, *outcomes, *told)


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
