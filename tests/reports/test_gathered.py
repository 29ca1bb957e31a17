"""Tests that break one limit are told together to people, and one by one to programs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.charges import bound
from support.journals import call, journal
from support.reports import failing, near, unpriced

from pytest_specbudget.core.money import Money
from pytest_specbudget.reports import json_report, markdown, sarif
from pytest_specbudget.reports.gathered import gathered
from pytest_specbudget.reports.terminal import render
from pytest_specbudget.settings.settings import Limit, Settings
from pytest_specbudget.verdicts.closing import RunFacts, close

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.reports.report import Report

ORIGIN = "--spec-test-budget=0.01"
EACH = Settings(limits=(Limit(scope="test", ceiling=Money.parse("0.01"), origin=ORIGIN),))


def judged(*costs: str, settings: Settings = EACH) -> Report:
    """Judge a run in which each test spent one of *costs*."""
    made = [call(cost, test=f"t.py::test_{place}") for place, cost in enumerate(costs)]
    return of(*made, settings=settings)


def of(*made: Charge, settings: Settings = EACH) -> Report:
    return close([journal(*made)], settings, RunFacts(run="r"))


def shown(report: Report) -> str:
    return "\n".join(line.text for line in render(report, width=100, unicode=True))


def only(report: Report) -> Finding:
    (finding,) = gathered(report)
    return finding


def test_tests_over_one_ceiling_are_one_finding_the_dearest_first() -> None:
    finding = only(judged("0.02", "0.05", "0.03"))

    assert (finding.rule, finding.severity, finding.origin) == ("budget-exceeded", "error", ORIGIN)
    assert finding.message == "3 tests spent more than $0.01 each"
    assert finding.details == (
        "t.py::test_1   $0.0500   1 call, gpt-5-mini",
        "t.py::test_2   $0.0300   1 call, gpt-5-mini",
        "t.py::test_0   $0.0200   1 call, gpt-5-mini",
    )


def test_the_terminal_says_the_limit_once_and_counts_what_does_not_fit() -> None:
    text = shown(judged(*["0.02"] * 30))

    assert text.count(f"set by       {ORIGIN}") == 1
    assert "and 22 more\n" in text


def test_one_test_over_its_ceiling_is_told_as_ever() -> None:
    report = judged("0.02", "0.001")

    assert gathered(report) == [*report.verdict.findings]


def test_warnings_are_told_by_how_close_they_are() -> None:
    warned = gathered(judged("0.0080", "0.0085", "0.0090", "0.0100"))

    assert [one.message for one in warned] == [
        "warning: 2 tests came close to $0.01 each",
        "critical: 2 tests came close to $0.01 each",
    ]
    assert warned[1].details == (
        'test "t.py::test_3" spent $0.0100 of $0.0100 (all of it)',
        'test "t.py::test_2" spent $0.0090 of $0.0100 (90.0 %)',
    )


def test_what_may_have_been_spent_is_told_apart_from_what_was() -> None:
    unknown = [
        call(None, test=f"t.py::test_{one}", model="gpt-999", bound=bound("0.05")) for one in "ab"
    ]

    found = gathered(of(*unknown, *judged_calls("0.02", "0.03")))

    told = [one.message for one in found if one.rule == "budget-exceeded"]
    assert sorted(told) == [
        "2 tests may have spent more than $0.01 each",
        "2 tests spent more than $0.01 each",
    ]


def test_what_was_estimated_is_marked() -> None:
    estimated = call("0.04", test="t.py::test_e", usage_state="estimated")

    finding = next(iter(gathered(of(estimated, *judged_calls("0.02")))))

    assert finding.details == (
        "t.py::test_e   $0.0400   1 call, gpt-5-mini, estimated",
        "t.py::test_0   $0.0200   1 call, gpt-5-mini",
    )


def judged_calls(*costs: str) -> list[Charge]:
    return [call(cost, test=f"t.py::test_{place}") for place, cost in enumerate(costs)]


def test_ceilings_of_another_amount_or_origin_are_told_by_themselves() -> None:
    other = Limit(scope="test", subject="t.py::test_0", ceiling=Money.parse("0.02"), origin=ORIGIN)
    marked = replace(other, subject="t.py::test_1", origin="@pytest.mark.spec(budget=0.02)")
    settings = replace(EACH, limits=(*EACH.limits, other, marked))

    report = judged("0.05", "0.05", "0.05", "0.05", settings=settings)

    assert [one.message for one in gathered(report)] == [
        'test "t.py::test_0" spent $0.0500 of $0.0200 (250.0 %)',
        'test "t.py::test_1" spent $0.0500 of $0.0200 (250.0 %)',
        "2 tests spent more than $0.01 each",
    ]


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(failing(), id="ceilings of SPECs"),
        pytest.param(failing(unpriced(), unpriced()), id="and what is no ceiling"),
        pytest.param(failing(near(), near()), id="and warnings of them"),
    ],
)
def test_nothing_else_is_gathered(report: Report) -> None:
    assert gathered(report) == [*report.verdict.findings]


def test_programs_read_a_finding_for_each_test() -> None:
    report = judged("0.02", "0.05", "0.03")

    document = json.loads(json_report.render(report))
    results = json.loads(sarif.render(report))["runs"][0]["results"]

    tests = [f"t.py::test_{place}" for place in range(3)]
    assert [one["subject"] for one in document["findings"]] == tests
    assert len(results) == 3


def test_markdown_counts_what_it_shows() -> None:
    text = markdown.render(judged("0.02", "0.05", "0.03"))

    assert "Findings (1)" in text
    assert "3 tests spent more than $0.01 each" in text
