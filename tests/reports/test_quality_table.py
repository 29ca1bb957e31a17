"""Thresholds are shown beside the budgets, with value, n and origin."""

from __future__ import annotations

from dataclasses import replace

from support.reports import failing, passing

from pytest_specbudget.reports import markdown
from pytest_specbudget.reports.report import QualityResult
from pytest_specbudget.reports.terminal import render

LOW = QualityResult(
    kind="agreement",
    subject='command "plan"',
    value="0.88",
    n=25,
    live=0,
    least="0.9",
    origin="--spec-min-agreement=0.90",
    said="failed",
)
FINE = replace(LOW, subject="tier M", value="1", said="passed")


def test_the_terminal_shows_every_threshold_what_failed_first() -> None:
    lines = render(replace(failing(), quality=(FINE, LOW)), width=100, unicode=True)

    shown = [line for line in lines if line.text.startswith(("threshold", "agreement"))]
    assert [" ".join(line.text.split()) for line in shown] == [
        "threshold of value at least n set by",
        'agreement command "plan" 0.88 0.9 25 failed --spec-min-agreement=0.90',
        "agreement tier M 1.00 0.9 25 passed --spec-min-agreement=0.90",
    ]
    assert [line.style for line in shown[1:]] == ["bad", "plain"]


def test_markdown_shows_them_too_and_nothing_without_any() -> None:
    assert "0.88" in markdown.render(replace(passing(), quality=(LOW,)))
    assert "threshold" not in markdown.render(passing())
