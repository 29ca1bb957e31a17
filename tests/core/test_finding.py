from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.core.finding import Finding, Mode, judge
from pytest_specbudget.core.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR = Finding(rule="budget-exceeded", subject="A", message="over")
WARNING = Finding(rule="budget-warning", subject="B", message="close", severity="warning")


@dataclass
class Says:
    findings: tuple[Finding, ...]

    def check(self, _ledger: Ledger) -> Iterator[Finding]:
        yield from self.findings


@pytest.mark.parametrize(
    ("findings", "mode", "passed"),
    [
        pytest.param((), "enforce", True, id="no finding passes"),
        pytest.param((WARNING,), "enforce", True, id="a warning passes"),
        pytest.param((WARNING, ERROR), "enforce", False, id="an error fails"),
        pytest.param((ERROR,), "warn", True, id="an error only warns where warning was asked for"),
        pytest.param((ERROR,), "observe", True, id="and where nothing is judged"),
    ],
)
def test_a_verdict_follows_findings_and_mode(
    findings: tuple[Finding, ...], mode: Mode, *, passed: bool
) -> None:
    verdict = judge(Ledger(), [Says(findings)], mode)

    assert verdict.passed is passed
    assert len(verdict.findings) == len(findings)


def test_errors_come_first_and_otherwise_the_order_stays() -> None:
    verdict = judge(Ledger(), [Says((WARNING,)), Says((ERROR, WARNING))])

    assert verdict.findings == (ERROR, WARNING, WARNING)
