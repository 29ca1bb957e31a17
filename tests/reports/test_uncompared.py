"""Nothing that was not compared is passed over in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.comparisons import change, same
from support.reports import sums

from pytest_specbudget.audit.comparison import Comparison, Listed
from pytest_specbudget.reports import comment, markdown, terminal
from pytest_specbudget.reports.uncompared import not_compared

if TYPE_CHECKING:
    from pytest_specbudget.reports.report import Report

WHOLE = change("run", "whole run", "0.0131", "0.0131", "same")
NEW = Listed(test="t.py::test_new", totals=sums("0.0126"))
OLD = Listed(test="t.py::test_old", totals=sums("0.0009"))
UNKNOWN = Listed(test="t.py::test_odd", totals=sums("0", unpriced_calls=1))
COMPARED = Comparison(base="a", head="b", limit="10 %", changes=(WHOLE,))


def moved() -> Report:
    unrun = tuple(f"t.py::test_skipped_{n}" for n in range(7))
    left = {"new": (NEW,), "vanished": (OLD,), "unrun": unrun, "renamed": (("was", "is"),)}
    report = same()
    assert report.comparison is not None
    return replace(report, comparison=replace(report.comparison, **left))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("comparison", "told"),
    [
        pytest.param(COMPARED, "", id="nothing is left out"),
        pytest.param(
            replace(COMPARED, new=(NEW,), vanished=(OLD,), unrun=("t",) * 5),
            "1 new $0.0126, 1 vanished $0.0009, 5 not run; run $0.0140 -> $0.0257",
            id="a renamed and dearer test, and skipped ones",
        ),
        pytest.param(replace(COMPARED, unrun=("t",)), "1 not run", id="only skipped"),
        pytest.param(
            replace(COMPARED, changes=(), new=(NEW,)),
            "1 new $0.0126; run $0.0000 -> $0.0126",
            id="nothing is on both sides",
        ),
        pytest.param(
            replace(COMPARED, new=(NEW, UNKNOWN), vanished=(UNKNOWN,)),
            "2 new $0.0126 + ?, 1 vanished ?; run $0.0131 + ? -> $0.0257 + ?",
            id="an unknown cost is no cost of nothing",
        ),
        pytest.param(
            replace(COMPARED, changes=(WHOLE, change("test", NEW.test, "0", "1", "regressed")),
                    new=(NEW,)),
            "",
            id="a strict baseline compares new tests",
        ),
    ],
)  # fmt: skip
def test_what_was_left_out_is_counted_with_its_cost(comparison: Comparison, told: str) -> None:
    assert not_compared(comparison) == told


def test_the_headline_of_a_comment_claims_nothing_of_what_was_not_compared() -> None:
    headline = comment.render(moved()).split("\n\n")[1]

    assert headline == (
        "### PASS spec budget: compared tests unchanged; "
        "not compared: 1 new $0.0126, 1 vanished $0.0009, 7 not run; run $1.8321 to $1.8438"
    )
    assert not comment.nothing_changed(moved())


def test_the_headlines_of_the_report_and_of_the_terminal_say_it_too() -> None:
    left = "not compared: 1 new $0.0126, 1 vanished $0.0009, 7 not run; run $1.8321"

    assert f"### PASS spec budget; {left} to $1.8438\n" in markdown.render(moved())
    assert terminal.one_line(moved()).text.endswith(f" · {left} -> $1.8438")


def test_the_row_of_the_run_is_that_of_the_compared_tests() -> None:
    text = comment.render(moved())

    assert "| `compared tests` | same | 1.8312 | 1.8312 | 0 |" in text
    assert "`whole run`" not in text


@pytest.mark.parametrize(
    ("verbose", "shown"),
    [pytest.param(False, 5, id="shortly"), pytest.param(True, 7, id="all with -v")],
)
def test_a_run_that_passes_lists_the_tests_that_were_not_compared(
    *, verbose: bool, shown: int
) -> None:
    lines = [one.text for one in terminal.render(moved(), width=99, unicode=True, verbose=verbose)]

    assert sum("test_skipped" in line for line in lines) == shown
    assert ("and 2 more tests" in lines) is not verbose
    assert any(line.startswith("t.py::test_new") and " new " in line for line in lines)
    assert any(line.startswith("t.py::test_old") and " vanished " in line for line in lines)
    assert "renamed" in lines
