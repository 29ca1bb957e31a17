"""Tiers in a run: what a routing table and markers hold it to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Suite

TIERS = """
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1", command="plan", stage="implement", tier="S")
def test_simple():
    ask("gpt-4o")

@pytest.mark.spec("SPEC-1", command="tasks", allow_tiers=["S", "M"])
def test_allowed():
    ask("gpt-4o")
"""

LIMITS = """
[models.cost_limits]
per_spec_budget = 0.00001
per_command_budget = 9
alert_threshold = 0.5
stage_shares = { implement = 0.4, "*" = 0.6 }
"""


@pytest.mark.parametrize("asked", ["--spec-budget=9", "--spec-judge=list"])
def test_a_model_beyond_what_a_marker_allows_fails_the_run(suite: Suite, asked: str) -> None:
    suite.write("test_it.py", TIERS)

    outcome = suite.run(asked)

    assert outcome.status == 1
    assert outcome.rules("error") == ["tier-mismatch"]
    assert outcome.rules("warning") == ["tier-mismatch"]


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_routing_table_brings_its_ceilings(suite: Suite, workers: str) -> None:
    suite.write("test_it.py", TIERS.replace(', allow_tiers=["S", "M"]', ""))
    suite.write("routing.toml", LIMITS)

    outcome = suite.run("--spec-routing=routing.toml", workers)

    assert outcome.status == 1
    assert outcome.rules("error") == ["budget-exceeded", "tier-mismatch"]
    assert "stage-share-exceeded" in outcome.rules("warning")
    (breach,) = (one for one in outcome.facts["findings"] if one["rule"] == "budget-exceeded")
    assert "per_spec_budget = 0.00001 in" in breach["origin"]
    assert {kpi["name"] for kpi in outcome.facts["kpis"]} == {"P6", "P7", "P8", "P9", "P10"}


def test_a_stored_report_judges_the_same_without_the_table(suite: Suite) -> None:
    suite.write("test_it.py", TIERS)
    table = suite.write("routing.toml", LIMITS)
    suite.run("--spec-routing=routing.toml")
    table.unlink()

    again = suite.command("gate", ".specbudget/journal")

    assert again.ret == 1
    assert "tier-mismatch" in again.stdout.str()


def test_too_large_a_share_of_premium_models_fails_the_run(suite: Suite) -> None:
    suite.write("test_it.py", "from calls import ask\ndef test_it():\n    ask('gpt-4o')\n")
    suite.write("specbudget.toml", "max_premium_share = 0.05\n")

    outcome = suite.run("--spec-budget=9")

    assert outcome.rules("error") == ["premium-share"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(None, "cannot be read: there is no such file or folder", id="no file"),
        pytest.param("[tiers.S]\nprimaries = 7\n", "routing.toml", id="no names"),
    ],
)
def test_a_table_that_makes_no_sense_stops_the_run(
    suite: Suite, text: str | None, told: str
) -> None:
    suite.write("test_it.py", TIERS)
    if text is not None:
        suite.write("routing.toml", text)

    outcome = suite.run("--spec-routing=routing.toml")

    assert outcome.status == 4
    assert told in outcome.errors
