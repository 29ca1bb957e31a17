"""How day and month stand is shown with every run that has a ceiling for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.reports import gate, passing

from pytest_specbudget.core.finding import Finding, Verdict
from pytest_specbudget.reports.markdown import render as markdown
from pytest_specbudget.reports.periods import periods
from pytest_specbudget.reports.terminal import render

if TYPE_CHECKING:
    from pytest_specbudget.reports.report import Report

DAY = gate("2026-11-22", "0.25", "1", scope="day")
LINE = "day 2026-11-22: $0.2500 billed of $1.00 (25.0%), all runs together"
PART = ("3 tests deselected",)


def standing(*, unknown: int = 0, spent: str = "0.25") -> Report:
    day = replace(gate("2026-11-22", spent, "1", scope="day"), unknown_calls=unknown)
    return replace(passing(), gates=(*passing().gates, day))


@pytest.mark.parametrize("partial", [(), PART], ids=["a whole run", "a part of it"])
def test_a_day_is_shown_with(partial: tuple[str, ...]) -> None:
    shown = render(replace(standing(), partial=partial), width=100, unicode=True)

    assert LINE in [line.text for line in shown]


def test_a_day_is_in_the_summary_of_a_step() -> None:
    assert f"- {LINE}\n" in markdown(standing())


@pytest.mark.parametrize(
    ("spent", "figure"),
    [
        pytest.param("0", "? billed of $1.00 (?)", id="nothing is known"),
        pytest.param("0.25", "$0.2500 + ? billed of $1.00 (25.0% + ?)", id="a part is known"),
    ],
)
def test_a_day_with_calls_of_unknown_cost_is_marked(spent: str, figure: str) -> None:
    (line,) = periods(standing(unknown=1, spent=spent))

    assert line == f"day 2026-11-22: {figure}, all runs together"


def test_what_a_finding_tells_is_not_told_again() -> None:
    found = Finding(rule="budget-warning", subject=DAY.subject, message="m", severity="warning")

    assert not [*periods(replace(standing(), verdict=Verdict("pass", (found,))))]


def test_a_run_without_such_ceilings_says_nothing_of_days() -> None:
    assert not [*periods(passing())]
