"""The findings as a SARIF log, for whatever shows the results of static analysis at the line.

Amounts are not part of a fingerprint, so that a finding stays the same one until it is mended.

Source: SARIF 2.1.0 (OASIS, with errata 01), sections 3.11 (messages: `](` makes a link, and `{0}`
is a placeholder), 3.19 (tool component), 3.20 (invocation), 3.27 (result), 3.49 (rules);
docs.github.com, "SARIF results exceed limits" (5,000 results of a run are shown), checked
2026-11-22.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pytest_specbudget.reports import rule_pages
from pytest_specbudget.reports.blocks import block
from pytest_specbudget.reports.figures import visible
from pytest_specbudget.reports.gitlab import fingerprints
from pytest_specbudget.reports.headline import headline
from pytest_specbudget.reports.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.reports.places import Place
    from pytest_specbudget.reports.report import Report

__all__ = ["render"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MARK = "specbudgetFinding/v1"
_MOST_RESULTS = 5_000
_MOST_TEXT = 8_000
_WIDTH = 100
_PLACEHOLDER = re.compile(r"\{(\d+)\}")

_Object = dict[str, Any]


def render(report: Report) -> str:
    """Write the findings of *report* as JSON in ASCII, ending in a newline."""
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
    return json.dumps(log, indent=1) + "\n"


def _run(report: Report) -> _Object:
    found = report.verdict.findings
    rules = sorted({finding.rule for finding in found})
    places = Places(report)
    results = [
        _result(finding, rules.index(finding.rule), places.at_least(finding), mark)
        for finding, mark in zip(found[:_MOST_RESULTS], fingerprints(found), strict=False)
    ]
    return {
        "tool": {"driver": _driver(rules)},
        "automationDetails": {"id": "specbudget/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": results,
    }


def _driver(rules: Iterable[str]) -> _Object:
    known = {*rule_pages.names()}
    return {
        "name": "specbudget",
        "version": version("pytest-specbudget"),
        "rules": [_rule(rule, known=rule in known) for rule in rules],
    }


def _rule(rule: str, *, known: bool) -> _Object:
    """Describe *rule*; one of another plugin has no page."""
    if not known:
        return {"id": visible(rule), "shortDescription": {"text": visible(rule)}}
    page = rule_pages.page(rule)
    return {
        "id": rule,
        "shortDescription": {"text": rule_pages.summary(rule)},
        "help": {"text": page, "markdown": page},
    }


def _invocation(report: Report) -> _Object:
    """Say how the run ended, and how many findings the log leaves out."""
    told = [_text(headline(report))]
    more = len(report.verdict.findings) - _MOST_RESULTS
    if more > 0:
        told.append(f"{more:,} more findings are only in the report")
    return {
        "executionSuccessful": True,
        "exitCode": report.exitstatus,
        "toolExecutionNotifications": [{"level": "note", "message": {"text": one}} for one in told],
    }


def _result(finding: Finding, rule: int, place: Place, mark: str) -> _Object:
    return {
        "ruleId": visible(finding.rule),
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": _text("\n".join(block(finding, width=_WIDTH)))},
        "locations": [{"physicalLocation": _location(place)}],
        "partialFingerprints": {_MARK: mark},
        "properties": {"subject": _text(finding.subject), "inconclusive": finding.inconclusive},
    }


def _location(place: Place) -> _Object:
    # Without a base: GitHub takes such a path from the root of the repository.
    return {
        "artifactLocation": {"uri": quote(place.file, errors="surrogatepass")},
        "region": {"startLine": max(place.line, 1)},
    }


def _text(text: str) -> str:
    """Return *text* with nothing in it that a reader takes for a link or a placeholder."""
    shown = "\n".join(map(visible, text[:_MOST_TEXT].split("\n")))
    return _PLACEHOLDER.sub(r"{ \1 }", shown.replace("](", "] ("))
