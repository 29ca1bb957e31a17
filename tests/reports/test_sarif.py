from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from support.comparisons import doubted, hostile_compared, regressed, risen
from support.gold import agree
from support.reports import failing, near, passing, row, unpriced
from support.sarif import SCHEMA

from pytest_specbudget.core.finding import Finding, Verdict
from pytest_specbudget.reports.sarif import render

if TYPE_CHECKING:
    from pytest_specbudget.reports.report import Report

GOLD = Path(__file__).parent / "gold"


def run_of(report: Report) -> dict[str, Any]:
    log = json.loads(render(report))
    jsonschema.validate(log, SCHEMA)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(passing(), id="a run that passes"),
        pytest.param(failing(unpriced()), id="a run that fails"),
        pytest.param(regressed(), id="a SPEC that became dearer"),
        pytest.param(doubted(), id="nobody can tell"),
        pytest.param(hostile_compared(), id="names that would break out"),
    ],
)
def test_the_log_holds_to_the_standard(report: Report) -> None:
    run = run_of(report)

    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[one["ruleIndex"]] for one in run["results"]] == [
        one["ruleId"] for one in run["results"]
    ]


def test_names_that_would_break_out_are_what_was_accepted() -> None:
    agree(json.dumps(run_of(hostile_compared())["results"], indent=1), GOLD / "sarif_hostile.json")


def test_a_result_stands_at_the_line_of_its_test() -> None:
    (result,) = run_of(regressed())["results"]

    assert (result["ruleId"], result["level"]) == ("cost-regression", "error")
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "tests/research/test_dive.py"},
                "region": {"startLine": 22},
            }
        }
    ]


def test_a_rule_brings_its_page() -> None:
    (rule,) = run_of(replace(passing(), verdict=Verdict("pass", (near(),))))["tool"]["driver"][
        "rules"
    ]

    assert rule["id"] == "budget-warning"
    assert rule["help"]["markdown"].startswith("# budget-warning\n")


def test_a_rule_of_another_plugin_has_only_its_name() -> None:
    other = replace(risen(), rule="their-rule")

    (rule,) = run_of(replace(passing(), verdict=Verdict("fail", (other,))))["tool"]["driver"][
        "rules"
    ]

    assert rule == {"id": "their-rule", "shortDescription": {"text": "their-rule"}}


def test_no_name_becomes_a_link_or_a_placeholder() -> None:
    found = replace(risen(), message="see [this](https://evil.example) {0}")

    (result,) = run_of(replace(passing(), verdict=Verdict("fail", (found,))))["results"]

    assert "[this] (https://evil.example) { 0 }" in result["message"]["text"]


def test_a_path_is_a_uri() -> None:
    odd = row("RESEARCH", "1", file="tests/a b%ü.py", line=2)
    report = replace(regressed(), tests=(odd,), comparison=None)

    (result,) = run_of(report)["results"]

    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "tests/a%20b%25%C3%BC.py"}


def test_what_code_scanning_would_drop_is_counted() -> None:
    short = Finding(rule="budget-warning", subject="A", message="A spent $0.95 of $1.00")
    many = tuple(replace(short, subject=f"SPEC-{n}") for n in range(5_003))

    run = run_of(replace(passing(), verdict=Verdict("fail", many)))

    assert len(run["results"]) == 5_000
    told = run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    assert told == "3 more findings are only in the report"
