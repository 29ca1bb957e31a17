"""Thresholds of quality, agreement and pass rate, from the option to the exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Outcome, Suite

AGREEING = """
import os
import pytest

@pytest.mark.spec("SPEC-1", command="plan", tier="C")
@pytest.mark.parametrize("case", range(25))
def test_plan(case, spec_score):
    same = case < int(os.environ["AGREE"])
    spec_score.agreement("42", "42.0" if same else "43", case=f"case {case}")
"""

SCORED = """
import pytest

@pytest.mark.spec("SPEC-1", min_quality=0.9)
def test_good(spec_score):
    assert str(spec_score(0.85)) == "17/20"

def test_unasked(spec_score):
    spec_score("0.1")
"""

PASSING = """
import pytest

@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize("case", range(10))
def test_it(case):
    assert case
"""


def judged(outcome: Outcome) -> list[tuple[str, str, str | None, str]]:
    rows = outcome.facts["quality"]
    return [(row["kind"], row["subject"], row["value"], row["said"]) for row in rows]


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
@pytest.mark.parametrize(
    ("agree", "least", "status", "said"),
    [
        pytest.param("22", "0.90", 1, "failed", id="0.88 of 0.90 fails"),
        pytest.param("23", "0.90", 0, "passed", id="0.92 passes"),
        pytest.param("23", "0.92", 0, "passed", id="exactly the threshold passes"),
    ],
)
def test_agreement_is_held_exactly(  # noqa: PLR0913 - a table
    suite: Suite, *, agree: str, least: str, status: int, said: str, workers: str
) -> None:
    suite.write("test_it.py", AGREEING)

    outcome = suite.run(f"--spec-min-agreement={least}", workers, AGREE=agree)

    assert outcome.status == status, outcome.text
    assert {row[3] for row in judged(outcome)} == {said}
    assert {row[1] for row in judged(outcome)} == {
        "whole run",
        "SPEC-1",
        'command "plan"',
        "tier C",
    }


def test_a_breach_names_command_tier_and_the_cases(suite: Suite) -> None:
    suite.write("test_it.py", AGREEING)

    outcome = suite.run("--spec-min-agreement=0.90", AGREE="22")

    (finding,) = outcome.facts["findings"]
    assert finding["rule"] == "agreement-below-threshold"
    assert 'command "plan", tier C' in finding["message"]
    assert "mean agreement 0.88 of at least 0.90, over 25 cases" in finding["message"]
    assert any("case 22" in line for line in finding["details"])
    assert finding["origin"] == "--spec-min-agreement=0.90"


def test_a_marker_holds_its_own_test(suite: Suite) -> None:
    suite.write("test_it.py", SCORED)

    outcome = suite.run("--spec-budget=2")

    assert outcome.status == 1
    assert outcome.rules("error") == ["quality-below-threshold"]


@pytest.mark.parametrize(
    ("least", "status", "rules"),
    [
        pytest.param("0.9", 1, [], id="nine of ten pass, and pytest's own failure stands"),
        pytest.param("0.91", 1, ["pass-rate-below-threshold"], id="less than asked for"),
    ],
)
def test_the_share_of_tests_that_pass(
    suite: Suite, *, least: str, status: int, rules: list[str]
) -> None:
    suite.write("test_it.py", PASSING)

    outcome = suite.run(f"--spec-min-pass-rate={least}")

    assert (outcome.status, outcome.rules("error")) == (status, rules)


def test_a_threshold_without_a_score_is_inconclusive(suite: Suite) -> None:
    suite.write("test_it.py", "def test_it(): pass\n")

    outcome = suite.run("--spec-min-quality=0.9")

    assert (outcome.status, outcome.facts["verdict"]) == (1, "inconclusive")


LIVE = """
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1")
def test_it(spec_score):
    ask()
    spec_score(1)
"""


def test_a_live_sample_is_inconclusive_and_its_recording_counts(suite: Suite) -> None:
    suite.write("test_it.py", LIVE)

    live = suite.run("--spec-min-quality=0.9", "--spec-budget=9")
    suite.run("--spec-record=all")
    replayed = suite.run("--spec-min-quality=0.9", "--spec-budget=9")

    assert live.facts["verdict"] == "inconclusive"
    assert (replayed.status, replayed.facts["verdict"]) == (0, "pass")


@pytest.mark.parametrize("value", ["90", "-0.1", "1.1", "nan", "abc"])
def test_a_threshold_that_makes_no_sense_stops_the_run(suite: Suite, value: str) -> None:
    suite.write("test_it.py", "def test_it(): pass\n")

    outcome = suite.run(f"--spec-min-quality={value}")

    assert outcome.status == 4
    assert "is no threshold; write a number from 0 to 1, like 0.90" in outcome.errors
