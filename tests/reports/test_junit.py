from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from support.gold import agree
from support.reports import bounded, failing, hostile, passing, unpriced

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
