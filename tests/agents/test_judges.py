"""Validators that ask a model or run a program."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from support.scripted_models import Models, carried_out, plan, table

from pytest_specbudget.agents.judges import ModelJudge
from pytest_specbudget.agents.programs import Program
from pytest_specbudget.agents.values import Unavailable
from pytest_specbudget.quality.checks import Matches
from pytest_specbudget.quality.guardrails import prefiltered, same_model

if TYPE_CHECKING:
    from support.scripted_models import Said

READS = "import sys; sys.exit('dates' not in sys.stdin.read())"
READS_FILE = "import pathlib, sys; print(pathlib.Path(sys.argv[1]).read_text()); sys.exit(3)"


def judge(models: Models, model: str = "policy") -> ModelJudge:
    return ModelJudge(models, table(plan("S", model)).profiles[model], "Plan it.")


def test_a_guardrail_asks_its_policy_model_only_what_the_prefilter_lets_through() -> None:
    models = Models({"policy": ['{"score": 0.9}'], "cheap": ["nonsense"]})
    guardrail = prefiltered(Matches("plan"), judge(models))

    turned_down = carried_out(models, plan("S", "cheap"), validators=[guardrail])
    accepted = carried_out(models, plan("S", "a plan"), validators=[guardrail])

    assert models.asked == ["cheap", "a plan", "policy"]
    assert (turned_down.accepted, accepted.accepted) == (False, True)
    assert accepted.judged[0].name == "guardrail-a/1"


def test_a_model_that_judges_itself_is_charged_as_a_validator() -> None:
    models = Models({"cheap": ["the plan", '{"score": 0.7}']})

    outcome = carried_out(
        models, plan("S", "cheap"), validators=[same_model(judge(models, "cheap"))]
    )

    roles = [(call.routed.role, call.routed.slot) for call in models.calls]
    assert roles == [("primary", "cheap"), ("validator", "cheap")]
    assert (outcome.score, outcome.reason) == (Fraction("0.7"), "quality 0.70 < 0.85")


@pytest.mark.parametrize("says", [Unavailable("server"), "hm"], ids=["not there", "no verdict"])
def test_a_judge_without_a_verdict_leaves_the_answer_unjudged(says: Said) -> None:
    models = Models({"policy": [says]})

    outcome = carried_out(models, plan("S", "cheap"), validators=[judge(models)])

    assert (outcome.accepted, outcome.score) == (False, None)
    assert "model:policy did not answer" in str(outcome.reason)


@pytest.mark.parametrize(
    ("code", "passed", "reason"),
    [
        pytest.param(READS, True, "", id="a program that ends well"),
        pytest.param("print('no rollback'); exit(1)", False, "no rollback", id="one that does not"),
        pytest.param("exit(7)", False, "it ended with status 7", id="one that says nothing"),
        pytest.param("while True: pass", False, "it took longer than 1 s", id="one without end"),
    ],
)
def test_a_program_judges_by_how_it_ends(code: str, reason: str, *, passed: bool) -> None:
    validator = Program([sys.executable, "-c", code], timeout_s=1 if "while" in code else 60)

    judged = validator("a plan with dates")

    assert (judged.passed, judged.score, judged.reason) == (passed, Fraction(passed), reason)


def test_a_program_may_read_the_answer_from_a_file() -> None:
    validator = Program([sys.executable, "-c", READS_FILE, "{answer}"], suffix=".md")

    assert validator("the answer: ü").reason == "the answer: ü"


def test_a_program_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(OSError, match="no-such-program"):
        Program(["no-such-program"])("anything")
