from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.comparisons import doubted, hostile_compared, regressed, risen
from support.gold import agree
from support.reports import exceeded, near, passing

from pytest_specbudget.core.finding import Verdict
from pytest_specbudget.reports.gitlab import render

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.reports.report import Report

GOLD = Path(__file__).parent / "gold"


def entries(report: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render(report))
    return found


def of(*found: Finding) -> Report:
    return replace(passing(), verdict=Verdict("fail", found))


@pytest.mark.parametrize(
    ("name", "report"),
    [
        pytest.param("regressed", regressed(), id="a SPEC that became dearer"),
        pytest.param("hostile", hostile_compared(), id="names that would break out"),
    ],
)
def test_the_report_is_what_was_accepted(name: str, report: Report) -> None:
    agree(render(report), GOLD / f"gitlab_{name}.json")


def test_a_run_without_a_finding_is_an_empty_list() -> None:
    assert entries(passing()) == []


def test_an_entry_has_what_gitlab_asks_for() -> None:
    (entry,) = entries(regressed())

    assert entry.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
    assert entry["check_name"] == "cost-regression"
    assert entry["location"] == {"path": "tests/research/test_dive.py", "lines": {"begin": 22}}


@pytest.mark.parametrize(
    ("report", "severity"),
    [
        pytest.param(of(exceeded()), "critical", id="a limit is broken"),
        pytest.param(doubted(), "major", id="nobody can tell"),
        pytest.param(of(near()), "minor", id="a warning"),
    ],
)
def test_severities_follow_the_verdict(report: Report, severity: str) -> None:
    assert [entry["severity"] for entry in entries(report)] == [severity]


def test_a_finding_is_the_same_one_whatever_it_amounts_to() -> None:
    now, later = entries(of(risen())), entries(of(replace(risen(), message="RESEARCH rose more")))

    assert now[0]["fingerprint"] == later[0]["fingerprint"]


def test_no_two_findings_are_the_same_one() -> None:
    found = entries(of(risen(), risen(), exceeded(), near()))

    assert len({entry["fingerprint"] for entry in found}) == 4
