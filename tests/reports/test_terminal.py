from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.gold import agree
from support.reports import (
    bounded,
    failing,
    gate,
    hostile,
    money,
    near,
    passing,
    row,
    sums,
    unpriced,
)

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.finding import Verdict
from pytest_specbudget.core.wording import dollars, places_for
from pytest_specbudget.reports.figures import beside
from pytest_specbudget.reports.tables import dearest_tests_table, specs_table
from pytest_specbudget.reports.terminal import one_line, render, takes_unicode

if TYPE_CHECKING:
    from pytest_specbudget.reports.report import Report

GOLD = Path(__file__).parent / "gold"


def text(report: Report, *, width: int = 100, unicode: bool = True) -> str:
    return "".join(f"{one.text}\n" for one in render(report, width=width, unicode=unicode))


def observed(report: Report) -> Report:
    warned = tuple(replace(one, severity="warning") for one in report.verdict.findings)
    return replace(report, mode="observe", verdict=Verdict("pass", warned), exitstatus=0)


def unmarked() -> Report:
    alone = row(UNASSIGNED, "1.8312", 1_204, "2.00", tests=400)
    return replace(passing(), specs=(alone,), gates=())


def doubtful(replayed_calls: int) -> Report:
    """Make a run with five calls that cost something unknown, each for another reason."""
    doubts: dict[str, Any] = {
        "unpriced_calls": 2,
        "unreported_calls": 1,
        "partial_calls": 1,
        "unknown_calls": 1,
        "failed_calls": 1,
    }
    cost = money("0.000027")
    test = row("t", "0.000027", 6, billed_cost=cost, **doubts, replayed_calls=replayed_calls)
    return replace(passing(), totals=test.totals, tests=(test,))


@pytest.mark.parametrize(
    ("name", "report"),
    [
        pytest.param("passing", passing(), id="a run that passes is short"),
        pytest.param("failing", failing(unpriced()), id="a run that fails says why and what to do"),
        pytest.param("bounded", bounded(), id="what nobody knows is an interval"),
        pytest.param("observing", observed(failing()), id="a run that observes never fails"),
        pytest.param("unmarked", unmarked(), id="without a SPEC it is the whole run"),
        pytest.param("hostile", hostile(), id="odd names are escaped"),
    ],
)
def test_the_terminal_shows_what_was_accepted(name: str, report: Report) -> None:
    agree(text(report), GOLD / f"terminal_{name}.txt")


def test_a_narrow_code_page_gets_ascii() -> None:
    shown = text(hostile(), unicode=False)

    assert shown.isascii()
    assert " | 310 mocked, not counted" in text(passing(), unicode=False)


def test_names_cannot_steer_the_terminal() -> None:
    shown = text(hostile())

    assert all(char.isprintable() or char == "\n" for char in shown)
    assert "\\x1b[31m" in shown


@pytest.mark.parametrize(
    ("report", "start"),
    [
        pytest.param(passing(), "PASS spec budget: $1.8312 list, $0.00 billed", id="passed"),
        pytest.param(
            failing(),
            "FAILED spec budget: RESEARCH $1.1020, ceiling $1.00 from --spec-budget=2.00",
            id="failed on a ceiling",
        ),
        pytest.param(
            replace(passing(), verdict=Verdict("fail", (unpriced(),))),
            "FAILED spec budget: usage-unpriced: 24 calls to llm-gw.corp cannot be priced",
            id="failed on something else",
        ),
        pytest.param(
            replace(failing(), gates=(replace(gate("RESEARCH", "1.102", "1.00"), estimated=True),)),
            "FAILED spec budget: RESEARCH $1.1020 (estimated), ceiling $1.00",
            id="an estimate is marked",
        ),
        pytest.param(
            replace(failing(), mode="warn", verdict=Verdict("pass", (near(),))),
            "WARNED spec budget: RESEARCH $1.1020, ceiling $1.00 from --spec-budget=2.00, not enf",
            id="warned",
        ),
        pytest.param(
            replace(passing(), mode="observe"), "OBSERVED spec budget: $1.8312", id="observed"
        ),
        pytest.param(
            replace(passing(), verdict=Verdict("inconclusive", (unpriced(),))),
            "INCONCLUSIVE spec budget: usage-unpriced",
            id="inconclusive is no pass",
        ),
        pytest.param(
            replace(failing(), partial=("-x",)),
            "FAILED spec budget (partial run: -x): RESEARCH",
            id="a partial run says so",
        ),
        pytest.param(
            replace(passing(), totals=sums("1", 30, unpriced_calls=24, replayed_calls=6)),
            "PASS spec budget: $1.0000 list + 24 calls of unknown cost, ? billed · 6 hit, 24 live, "
            "24 unknown",
            id="what has no price is not in the sum, and said",
        ),
        pytest.param(
            doubtful(replayed_calls=0),
            "PASS spec budget: $0.000027 list + 5 calls of unknown cost, $0.000027 + ? billed · "
            "0 hit, 6 live, 1 failed, 5 unknown",
            id="neither is what has no counts, or no answer",
        ),
        pytest.param(
            doubtful(replayed_calls=6),
            "PASS spec budget: $0.000027 list + 5 calls of unknown cost, $0.000027 billed · ",
            id="what was replayed is billed at nothing, whatever it would have cost",
        ),
    ],
)
def test_the_last_line_says_it_all(report: Report, start: str) -> None:
    assert one_line(report).text.startswith(start)


def test_several_reasons_are_counted() -> None:
    assert one_line(failing(unpriced())).text.endswith("--spec-budget=2.00; and 1 more")


def test_a_partial_run_that_passes_is_one_line() -> None:
    report = replace(passing(), partial=("12 deselected",), verdict=Verdict("pass", (near(),)))

    (line,) = render(report, width=100, unicode=True)

    assert line.text.startswith("PASS spec budget (partial run: 12 deselected): $1.8312")
    assert line.text.endswith(" · 1 warning (-v shows it)")
    shown = [line.text for line in render(report, width=100, unicode=True, verbose=True)]
    assert shown[-1] == line.text.removesuffix(" (-v shows it)")
    assert any(text.startswith("budget-warning") for text in shown)


def test_a_partial_run_shows_all_the_same_how_day_and_month_stand() -> None:
    month = gate("2026-11", "33.9977", "34.00", "month")
    close = replace(near(), subject="2026-11", message="critical: month $33.9977 of $34.0000")
    bound = replace(close, rule="budget-projected", message="month is bound for $47.00")
    report = replace(
        passing(),
        partial=("tests chosen by name",),
        gates=(month,),
        verdict=Verdict("pass", (close, bound, near())),
    )

    shown = [line.text for line in render(report, width=100, unicode=True)]

    assert [text.split()[0] for text in shown if text and text[0] != " "] == [
        "budget-warning",
        "budget-projected",
        "PASS",
    ]
    assert shown[-1].endswith(" · 3 warnings (-v shows 1 more)")


def test_colours_follow_the_verdict() -> None:
    lines = render(failing(), width=99, unicode=True)

    styles = {line.text.split()[0]: line.style for line in lines if line.text}

    assert styles["FAILED"] == styles["RESEARCH"] == styles["budget-exceeded"] == "bad"
    assert styles["budget-warning"] == "warn"
    assert styles["BILLING"] == "plain"
    assert one_line(passing()).style == "good"


@pytest.mark.parametrize("width", [1, 20, 60, 200])
def test_wrapping_never_cuts_an_amount_or_a_node_id(width: int) -> None:
    shown = text(failing(), width=width)

    for whole in ("tests/research/test_dive.py::test_deep_dive[eu]", "110.2 %", "$1.102 "):
        assert whole in shown


def test_a_quoted_name_with_spaces_stays_on_one_line() -> None:
    name = 'test "tests/test_a.py::test_b[a long id with spaces]"'
    found = replace(near(), message=f"critical: {name} spent $0.95 of $1.00 (95.0 %)")
    report = replace(passing(), verdict=Verdict("pass", (found,)))

    assert '"tests/test_a.py::test_b[a long id with spaces]"' in text(report, width=50)


def test_what_is_there_to_paste_is_not_wrapped() -> None:
    shown = text(failing(unpriced()), width=40)

    assert 'or say whose model it is: hosts."llm-gw.corp" = { provider = "?" }' in shown
    assert "    [[price]]\n" in shown


def test_workers_and_retries_stand_with_their_rows() -> None:
    shared = row("<fixture session:index>", "9", workers=4)
    rerun = row("tests/test_a.py::test_a", "8", retries=2)
    shown = text(replace(failing(), tests=(shared, rerun))).splitlines()

    (fixture,) = [line for line in shown if "<fixture" in line]
    (test,) = [line for line in shown if "test_a.py" in line]
    assert fixture.endswith("x4 workers")
    assert test.endswith("2 retried calls, not counted")


@pytest.mark.parametrize(
    ("workers", "shown"),
    [
        pytest.param(1, "7 live, 0 unknown", id="each went out once"),
        pytest.param(
            2, "7 live (a shared fixture's once for all workers), 0 unknown", id="more went out"
        ),
    ],
)
def test_calls_that_went_out_more_often_than_they_are_judged_are_told(
    workers: int, shown: str
) -> None:
    rows = (row("SPEC-1", "6", 6), row(UNASSIGNED, "1", 1, workers=workers))
    report = replace(passing(), specs=rows, totals=sums("7", 7, replayed_calls=0))

    assert shown in one_line(report).text


@pytest.mark.parametrize(
    ("cost", "ceiling", "shown"),
    [
        pytest.param("2", "2", "2.0000", id="exactly the ceiling"),
        pytest.param("2.000000000001", "2", "2.000000000001", id="a pico over shows"),
        pytest.param("1.999999999999", "2", "1.999999999999", id="a pico under shows"),
        pytest.param("2.00005", "2.00004", "2.00005", id="on its side of an odd ceiling"),
        pytest.param("0.000000732", "2", "0.000000732", id="what is not nothing is not 0"),
        pytest.param("0", "2", "0.0000", id="nothing"),
        pytest.param("1.10204", None, "1.1020", id="four places without a ceiling"),
    ],
)
def test_amounts_stand_on_their_side_of_the_ceiling(
    cost: str, ceiling: str | None, shown: str
) -> None:
    assert beside(money(cost), None if ceiling is None else money(ceiling)) == shown


@pytest.mark.parametrize(
    ("amounts", "places"),
    [
        pytest.param(["1.1020", "0.00001"], 4, id="four, whatever the small ones are"),
        pytest.param(["0.01"], 4, id="four from a cent on"),
        pytest.param(["0.0001404", "0.00005"], 6, id="three digits of small amounts"),
        pytest.param(["0"], 4, id="four for nothing"),
        pytest.param([], 4, id="four for no row"),
    ],
)
def test_amounts_of_a_column_have_as_many_places(amounts: list[str], places: int) -> None:
    assert places_for(map(money, amounts)) == places


def test_an_absurd_amount_is_still_shown() -> None:
    assert dollars(money("1" + "0" * 40 + ".5")) == "$1" + "0" * 40 + ".5000"


def test_what_costs_an_unknown_amount_is_no_zero() -> None:
    unknown = row("A", "0", ceiling="2", unpriced_calls=1)
    bounded = row("B", "1", ceiling="2", unknown_calls=1)
    shown = text(replace(passing(), specs=(unknown, bounded))).splitlines()

    assert "1.0000 + ?" in shown[1]
    assert "50.0% + ?" in shown[1]
    assert shown[2].split()[-3:] == ["?", "2.00", "?"]


def test_rows_that_are_left_out_are_summed() -> None:
    many = tuple(row(f"S{number}", "0.01") for number in range(25))

    assert "and 5 more SPECs, $0.0500 list together\n" in text(replace(passing(), specs=many))


@pytest.mark.parametrize(
    ("cost", "told"),
    [
        pytest.param("0.01", "$0.0500 + ? list together", id="what is known, and more"),
        pytest.param("0", "? list together", id="nothing is known"),
    ],
)
def test_what_is_left_out_is_no_zero_where_nobody_knows(cost: str, told: str) -> None:
    known = tuple(row(f"A{number}", "1") for number in range(20))
    unknown = tuple(row(f"S{number}", cost, unpriced_calls=1) for number in range(5))

    shown = text(replace(passing(), specs=(*known, *unknown)))

    assert f"and 5 more SPECs, {told}\n" in shown


@pytest.mark.parametrize(
    ("unknown", "known", "shown"),
    [
        pytest.param(2, 9, ["u1", "u0", "k8", "k7", "k6"], id="before those of known cost"),
        pytest.param(9, 9, ["u8", "u7", "u6", "k8", "k7"], id="but the dearest keep their room"),
        pytest.param(9, 1, ["u8", "u7", "u6", "u5", "k0"], id="as much as they need"),
        pytest.param(0, 9, ["k8", "k7", "k6", "k5", "k4"], id="all of it where all is known"),
    ],
)
def test_tests_of_unknown_cost_are_shown(unknown: int, known: int, shown: list[str]) -> None:
    tests = (
        *(row(f"u{number}", f"0.000{number}", unknown_calls=1) for number in range(unknown)),
        *(row(f"k{number}", f"{number + 1}") for number in range(known)),
    )

    table = dearest_tests_table(replace(passing(), tests=tests))

    assert [cells[0] for cells in table.rows] == shown


def test_fixtures_are_no_tests() -> None:
    report = replace(
        passing(),
        tests=(row("a.py::test_a", "1"), row("<fixture session:s>", "1"), row("<late>", "1")),
        gates=(gate("whole run", "1", scope="session"),),
    )

    (*_, whole) = specs_table(report).rows

    assert whole[:2] == ("whole run", "1")


def test_findings_that_are_left_out_are_counted() -> None:
    found = replace(passing(), verdict=Verdict("fail", (unpriced(),) * 12))

    assert "and 2 more findings: --spec-report=json:PATH has them all" in text(found)


def test_a_billed_budget_shows_what_is_billed() -> None:
    live = row("A", "3", ceiling="2", billed_cost=money("1"))
    shown = text(replace(passing(), basis="billed", specs=(live,))).splitlines()

    assert shown[0].endswith("list USD  billed USD  ceiling   used")
    assert shown[1].endswith("3.0000      1.0000     2.00  50.0%")


def test_the_ceiling_of_the_run_has_a_row() -> None:
    whole = gate("whole run", "1.8312", "1.50", "session")
    shown = text(replace(passing(), gates=(whole,))).splitlines()

    assert shown[4].startswith("whole run      3  1,204")
    assert shown[4].endswith("1.8312     1.50  122.1%")


def test_without_a_spec_one_row_stands_for_the_run() -> None:
    whole = gate("whole run", "1.8312", "5", "session")
    shown = text(replace(unmarked(), gates=(whole,))).splitlines()

    assert [line.split()[0] for line in shown] == ["spec", "whole", "PASS"]


@pytest.mark.parametrize(
    ("encoding", "takes"),
    [("utf-8", True), ("UTF8", True), ("cp1252", False), ("ascii", False), (None, False)],
)
def test_only_utf_writes_every_name(encoding: str | None, *, takes: bool) -> None:
    assert takes_unicode(encoding) is takes
