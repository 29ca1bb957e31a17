"""Findings as people read them: tests that break one limit are told together, dearest first.

A limit that holds each test is often broken by many at once, by a model that was swapped, say, and
a block for each would repeat its limit and its remedy and say nothing new.  What programs read
keeps a finding for each test, and so do annotations, which stand at the test.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.core.wording import calls_of, exact

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.reports.report import GateResult, Report

    _Group = list[tuple[Finding, GateResult | None]]

__all__ = ["gathered"]

_CLOSE = "budget-warning"
_ABOUT_ONE = ("budget-exceeded", _CLOSE)
_OF_TESTS = "test"


def gathered(report: Report) -> list[Finding]:
    """Return the findings of *report*, those about tests under one ceiling as one.

    It stands where the first of them stood; its `details` have a line for each of the tests.
    """
    held = {(one.subject, one.origin): one for one in report.gates if one.scope == _OF_TESTS}
    groups: dict[object, _Group] = {}
    for place, finding in enumerate(report.verdict.findings):
        gate = held.get((finding.subject, finding.origin)) if finding.rule in _ABOUT_ONE else None
        key = place if gate is None else (*_alike(finding), gate.ceiling.atto)
        groups.setdefault(key, []).append((finding, gate))
    return [_one_of(group) for group in groups.values()]


def _alike(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.severity, finding.origin, finding.remedy, _level(finding)


def _level(finding: Finding) -> str:
    """Return how close a warning says that spending has come, as it begins; empty for a breach."""
    return f"{finding.message.partition(': ')[0]}: " if finding.rule == _CLOSE else ""


def _one_of(group: _Group) -> Finding:
    first, *others = group
    found = [(finding, gate) for finding, gate in group if gate is not None]
    if not others or not found:
        return first[0]
    found.sort(key=lambda one: (-one[1].upper.atto, one[1].subject))
    details = tuple(_line(*one) for one in found)
    tests = calls_of(len(found), "test")
    message = f"{_level(first[0])}{tests} {_did(found[0][1])} ${exact(found[0][1].ceiling)} each"
    return replace(first[0], subject=tests, message=message, details=details)


def _did(gate: GateResult) -> str:
    if not gate.broken:
        return "came close to"
    return "spent more than" if gate.spent > gate.ceiling else "may have spent more than"


def _line(finding: Finding, gate: GateResult) -> str:
    """Say in a line what one test spent: as its finding breaks it down, or says itself."""
    estimated = ", estimated" if gate.estimated else ""
    told = (f"{one}{estimated}" for one in finding.details if one.startswith(finding.subject))
    return next(told, finding.message.removeprefix(_level(finding)))
