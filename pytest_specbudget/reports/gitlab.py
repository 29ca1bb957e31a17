"""The findings as a code quality report, which GitLab shows in a merge request and in its diff.

Source: GitLab documentation, "Code Quality", section "Implement a custom tool" (keys and the
severities `info` to `blocker`), checked 2026-11-22.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_specbudget.reports.figures import visible
from pytest_specbudget.reports.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.reports.report import Report

__all__ = ["fingerprints", "render"]

_MOST_TEXT = 1_000


def render(report: Report) -> str:
    """Write the findings of *report* as a JSON array in ASCII, ending in a newline."""
    places = Places(report)
    found = report.verdict.findings
    marks = fingerprints(found)
    entries = [_entry(one, mark, places) for one, mark in zip(found, marks, strict=True)]
    return json.dumps(entries, indent=1) + "\n"


def fingerprints(found: tuple[Finding, ...]) -> Iterator[str]:
    """Yield a mark for each finding: unique, and the same in the next run, whatever the amounts."""
    seen: Counter[str] = Counter()
    for finding in found:
        named = json.dumps([finding.rule, finding.subject, finding.origin])
        whole = f"{named}{seen[named]}" if seen[named] else named
        seen[named] += 1
        yield hashlib.sha256(whole.encode("ascii")).hexdigest()


def _entry(finding: Finding, mark: str, places: Places) -> dict[str, Any]:
    place = places.at_least(finding)
    return {
        "description": _description(finding),
        "check_name": finding.rule,
        "fingerprint": mark,
        "severity": _severity(finding),
        "location": {"path": place.file, "lines": {"begin": max(place.line, 1)}},
    }


def _description(finding: Finding) -> str:
    origin = f" (set by {finding.origin})" if finding.origin else ""
    return visible(f"{finding.message}{origin}"[:_MOST_TEXT])


def _severity(finding: Finding) -> str:
    if finding.severity == "warning":
        return "minor"
    return "major" if finding.inconclusive else "critical"
