"""What findings come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.core.finding import Finding, judge
from pytest_specbudget.core.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.core.finding import Doubt, Mode

BREACH = Finding(rule="budget-exceeded", subject="A", message="too much")
DOUBT = Finding(rule="journal-damaged", subject="x", message="torn", inconclusive=True)
HINT = Finding(rule="budget-warning", subject="A", message="close", severity="warning")


class Finds:
    def __init__(self, *findings: Finding) -> None:
        self._findings = findings

    def check(self, _ledger: Ledger) -> Iterator[Finding]:
        yield from self._findings


@pytest.mark.parametrize(
    ("found", "mode", "doubt", "result", "errors"),
    [
        pytest.param((), "enforce", "fail", "pass", 0, id="nothing found passes"),
        pytest.param((HINT,), "enforce", "fail", "pass", 0, id="a warning passes"),
        pytest.param((BREACH,), "enforce", "fail", "fail", 1, id="a breach fails"),
        pytest.param((DOUBT,), "enforce", "fail", "inconclusive", 1, id="doubt is not green"),
        pytest.param((DOUBT, BREACH), "enforce", "fail", "fail", 2, id="a breach outweighs doubt"),
        pytest.param((DOUBT,), "enforce", "warn", "inconclusive", 0, id="doubt may only warn"),
        pytest.param((DOUBT,), "enforce", "pass", "pass", 0, id="doubt may pass"),
        pytest.param((DOUBT, BREACH), "enforce", "pass", "fail", 1, id="a breach never may"),
        pytest.param((BREACH, DOUBT), "observe", "fail", "pass", 0, id="observing fails nothing"),
        pytest.param((BREACH, DOUBT), "warn", "warn", "pass", 0, id="warning fails nothing"),
    ],
)
def test_the_verdict_of_findings(
    found: tuple[Finding, ...], mode: Mode, doubt: Doubt, result: str, errors: int
) -> None:
    verdict = judge(Ledger(), [Finds(*found)], mode, doubt)

    assert verdict.result == result
    assert sum(finding.severity == "error" for finding in verdict.findings) == errors
    assert len(verdict.findings) == len(found)


def test_errors_come_before_warnings() -> None:
    verdict = judge(Ledger(), [Finds(HINT, BREACH)])

    assert [finding.rule for finding in verdict.findings] == ["budget-exceeded", "budget-warning"]
