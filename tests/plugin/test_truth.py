"""Validators held against what a test knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.suites import Suite

TESTS = """
import pytest

CASES = [("good", True), ("good", False), ("bad", True), ("bad", False), ("bad", False)]

def ask(messages, model):
    return "a plan" if "good" in messages[0]["content"] else "no idea"

def is_plan(answer):
    return answer == "a plan"

@pytest.mark.parametrize(("prompt", "true"), CASES)
def test_it(spec_agent, spec_score, prompt, true):
    outcome = spec_agent.run("clarify", prompt, ask=ask, validators=is_plan)
    spec_score.truth(outcome, good=true)
"""
UNJUDGED = """
def ask(messages, model):
    return "an answer"

def test_it(spec_agent, spec_score):
    spec_score.truth(spec_agent.run("clarify", "x", ask=ask), good=True)
"""


def test_a_run_tells_how_often_validators_were_wrong(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-mode=observe", "-n2")

    (told,) = (note for note in outcome.facts["notes"] if note.startswith("validators of"))
    assert told.startswith("validators of clarify (function:is_plan): 5 answers held against")
    assert told.endswith("1 bad accepted (33.3 % of the bad), 1 good rejected (50.0 % of the good)")


def test_an_answer_that_nobody_judged_has_no_validator_to_be_held_against_it(suite: Suite) -> None:
    suite.write("test_it.py", UNJUDGED)

    outcome = suite.run("--spec-mode=observe")

    assert outcome.status == 1
    assert "spec_score.truth: no validator judged this answer" in outcome.text
