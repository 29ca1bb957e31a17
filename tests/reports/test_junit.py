from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from support.comparisons import accepted, doubted, hostile_compared, regressed
from support.gold import agree
from support.reports import bounded, failing, gate, hostile, passing, unpriced

from pytest_specbudget.core.finding import Verdict
from pytest_specbudget.reports.junit import render

if TYPE_CHECKING:
    from pytest_specbudget.reports.report import Report

GOLD = Path(__file__).parent / "gold"


def parsed(report: Report) -> ET.Element:
    suite = ET.fromstring(render(report).encode()).find("testsuite")  # noqa: S314 -- our own text
    assert suite is not None
    return suite


def outcomes(report: Report) -> dict[str, list[str]]:
    return {
        f"{case.get('classname')} {case.get('name')}": [part.tag for part in case]
        for case in parsed(report).findall("testcase")
    }


@pytest.mark.parametrize(
    ("name", "report"),
    [
        pytest.param("passing", passing(), id="a run that passes"),
        pytest.param("failing", failing(unpriced()), id="a run that fails"),
        pytest.param("bounded", bounded(), id="what nobody knows is an interval"),
        pytest.param("hostile", hostile(), id="names that would break out"),
        pytest.param("regressed", regressed(), id="a SPEC that became dearer"),
        pytest.param("hostile_compared", hostile_compared(), id="names from another run"),
    ],
)
def test_the_file_is_what_was_accepted(name: str, report: Report) -> None:
    agree(render(report), GOLD / f"junit_{name}.xml")


def test_there_is_a_case_for_each_ceiling_and_each_other_finding() -> None:
    assert outcomes(failing(unpriced())) == {
        "specbudget.spec BILLING": ["system-out"],
        "specbudget.spec RESEARCH": ["failure", "system-out"],
        "specbudget.spec SUPPORT": ["system-out"],
        "specbudget.usage-unpriced fast-1": ["failure"],
        "specbudget.budget-warning BILLING": ["system-out"],
    }


def test_the_counts_agree_with_the_cases() -> None:
    suite = parsed(failing(unpriced()))

    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("5", "2", "0")


def test_what_is_only_observed_is_no_failure() -> None:
    report = failing()
    warned = tuple(replace(one, severity="warning") for one in report.verdict.findings)

    suite = parsed(replace(report, mode="observe", verdict=Verdict("pass", warned)))

    assert suite.get("failures") == "0"


def test_odd_names_are_well_formed_and_visible() -> None:
    text = ET.tostring(parsed(hostile()), encoding="unicode")

    assert "\\x1b[31m\\x00" in text


def test_there_is_a_case_for_the_run_and_each_spec_that_was_compared() -> None:
    shown = {name: parts for name, parts in outcomes(regressed()).items() if "compared" in name}

    assert shown == {
        "specbudget.compared whole run": ["properties", "system-out"],
        "specbudget.compared BILLING": ["properties", "system-out"],
        "specbudget.compared RESEARCH": ["properties", "failure", "system-out"],
        "specbudget.compared SUPPORT": ["properties", "system-out"],
    }


def test_a_finding_of_a_comparison_is_told_once() -> None:
    assert "specbudget.cost-regression RESEARCH" not in outcomes(regressed())
    assert parsed(regressed()).get("failures") == "1"


def test_what_nobody_can_tell_fails() -> None:
    assert "failure" in outcomes(doubted())["specbudget.compared RESEARCH"]


def test_what_was_accepted_does_not_fail() -> None:
    assert parsed(accepted()).get("failures") == "0"


def test_the_comparison_is_in_the_properties() -> None:
    found = parsed(regressed()).findall("properties/property")
    shown = {one.get("name"): one.get("value") for one in found}

    assert shown["specbudget.base"] == "git:origin/main (merge base 3f2c1a9)"
    assert shown["specbudget.rise_usd"] == "0.14"


def test_a_run_that_was_not_compared_has_no_properties() -> None:
    assert parsed(passing()).find("properties") is None


def test_what_nobody_knows_of_a_comparison_is_no_zero() -> None:
    whole = parsed(doubted()).find("testcase[@classname='specbudget.compared']")
    assert whole is not None
    shown = {one.get("name"): one.get("value") for one in whole.iter("property")}

    assert "specbudget.rise_usd" not in shown
    assert shown["specbudget.head_unbounded_calls"] == "1"
    assert "$1.1020 + ? (?)" in str(whole.findtext("system-out"))


@pytest.mark.parametrize(
    ("spent", "told"),
    [
        pytest.param("0", "? of $2.00", id="nothing is known"),
        pytest.param("1", "$1.0000 + ? of $2.00", id="a part is known"),
    ],
)
def test_a_ceiling_over_calls_of_unknown_cost_is_marked(spent: str, told: str) -> None:
    held = replace(gate("A", spent), unknown_calls=1)
    (case, *_) = parsed(replace(passing(), gates=(held,))).iter("testcase")

    assert str(case.findtext("system-out")).startswith(told)
