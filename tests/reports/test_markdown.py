from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.gold import agree
from support.markup import bare
from support.reports import bounded, failing, gate, hostile, passing, row, unpriced

from pytest_specbudget.reports.markdown import LIMIT, MARKER, render

if TYPE_CHECKING:
    from pytest_specbudget.reports.report import Report

GOLD = Path(__file__).parent / "gold"


@pytest.mark.parametrize(
    ("name", "report"),
    [
        pytest.param("passing", passing(), id="a run that passes"),
        pytest.param("failing", failing(unpriced()), id="a run that fails"),
        pytest.param("bounded", bounded(), id="what nobody knows is an interval"),
        pytest.param("hostile", hostile(), id="names that would break out"),
    ],
)
def test_the_comment_is_what_was_accepted(name: str, report: Report) -> None:
    agree(render(report), GOLD / f"markdown_{name}.md")


def all_pipes() -> Report:
    names = ["|" * 5_000 + str(number) for number in range(90)]
    gates = tuple(gate(name, "3") for name in names)
    specs = tuple(row(name, "3", ceiling="2") for name in names)
    return replace(hostile(), specs=specs, tests=specs, models=specs, gates=gates)


def test_the_marker_and_the_verdict_come_first() -> None:
    first, second = render(failing()).split("\n\n")[:2]

    assert (first, second) == (MARKER, "### FAILED spec budget")


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(hostile(rows=2_000), id="two thousand odd SPECs"),
        pytest.param(hostile(rows=60, length=3_000), id="names of a hundred thousand characters"),
        pytest.param(all_pipes(), id="names in which every character is escaped"),
        pytest.param(hostile(findings=[unpriced()] * 5_000), id="thousands of findings"),
    ],
)
def test_a_comment_fits_whatever_the_suite(report: Report) -> None:
    assert len(render(report)) < LIMIT


def test_names_cannot_break_a_table_or_open_a_tag() -> None:
    shown = bare(render(hostile()))
    outside, _, _ = shown.partition("<details")
    table = [line for line in outside.splitlines() if line.startswith("|")]

    assert {line.count("|") for line in table} == {table[0].count("|")}
    assert "<b>" not in shown
    assert "@org" not in shown
    assert "<!--" not in shown.replace(MARKER, "")


def test_a_fence_is_longer_than_any_run_of_backticks() -> None:
    text = render(replace(passing(), notes=("a ```` b",)))
    fences = [line for line in text.splitlines() if line.startswith("```")]

    assert fences == ["`````text", "`````"]


def test_what_is_left_out_is_said() -> None:
    text = render(hostile(findings=[unpriced()] * 20))

    assert "Findings (21)" in text
    assert "and 11 more in the `json` report" in text
