"""Validators as users give them: plain, async, with a name or without one."""

from __future__ import annotations

import asyncio
import sys
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from support.scripted_models import Models, carried_out, decision, plan, table

from pytest_specbudget.agents.course import Task, Tools
from pytest_specbudget.agents.execution import run_async
from pytest_specbudget.agents.hands import Hands
from pytest_specbudget.agents.programs import Program
from pytest_specbudget.agents.prompts import Prompt
from pytest_specbudget.agents.validating import Registered, judge_of
from pytest_specbudget.quality.checks import Check, Matches, Rubric
from pytest_specbudget.quality.judged import Judged

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.agents.outcome import Outcome

PLAN = plan("S", "cheap", least="0.5")


async def says_plan(answer: str) -> bool:
    await asyncio.sleep(0)
    return "plan" in answer


async def asserts_a_date(answer: str) -> None:
    await asyncio.sleep(0)
    assert "2026" in answer, "there is no date in it"


class Dated:
    """A validator with a name, that only asserts."""

    name = "dated/2"

    def __call__(self, answer: str) -> None:
        assert "2026" in answer, "there is no date in it"


class Scored:
    """An async validator with a name, that judges."""

    name = "scored/1"

    async def __call__(self, _answer: str) -> Judged:
        await asyncio.sleep(0)
        return Judged(score=Fraction("0.4"), passed=False, reason="too short", name=self.name)


def held(answer: str, word: str) -> bool:
    return word in answer


@pytest.mark.parametrize(
    ("validator", "name", "passed", "reason"),
    [
        pytest.param(says_plan, "function:says_plan", True, "", id="async, and yes"),
        pytest.param(
            asserts_a_date,
            "function:asserts_a_date",
            False,
            "there is no date",
            id="async, asserts",
        ),
        pytest.param(Dated(), "dated/2", False, "there is no date", id="an object that asserts"),
        pytest.param(Scored(), "scored/1", False, "too short", id="an async object that judges"),
        pytest.param(lambda _: 0.6, "function:<lambda>", True, "", id="the plan's own threshold"),
        pytest.param(
            Registered("polite", lambda _: False),
            "function:polite",
            False,
            '"polite" says no',
            id="one that was added, by its name",
        ),
        pytest.param(
            partial(held, word="risk"), "function:held", False, '"held" says no', id="a partial one"
        ),
        pytest.param(Matches("plan"), "regex/1", True, "", id="one of ours"),
    ],
)
def test_a_validator_is_asked_and_named(
    validator: Callable[[str], Any], name: str, reason: str, *, passed: bool
) -> None:
    judged = judge_of(validator, PLAN)("a plan")

    assert (judged.name, judged.passed) == (name, passed)
    assert reason in judged.reason


def in_a_loop(*validators: Callable[[str], Any]) -> Outcome:
    """Carry out a task while a loop runs."""
    task = Task(id="task-1", prompt=Prompt.said("Plan it."), validators=validators)
    tools = Tools(table=table(PLAN))
    return asyncio.run(run_async(decision(PLAN), task, tools, Hands(Models())))


@pytest.mark.parametrize("validators", [[asserts_a_date], [says_plan, asserts_a_date]])
def test_async_validators_are_awaited_with_and_without_a_loop(
    validators: list[Callable[[str], Any]],
) -> None:
    outcomes = carried_out(Models(), PLAN, validators=validators), in_a_loop(*validators)

    assert [one.accepted for one in outcomes] == [False, False]
    assert all(len(one.judged) == len(validators) for one in outcomes)


@pytest.mark.parametrize(
    ("validator", "problem"),
    [
        pytest.param(
            lambda _: "yes", "\"<lambda>\" returned 'yes', which is no number", id="a word"
        ),
        pytest.param(
            Rubric([Check(name="short", check=lambda _: 7)]), '"short" returned 7', id="a rubric"
        ),
    ],
)
def test_what_is_no_judgement_is_a_mistake_of_the_validator(
    validator: Callable[[str], Any], problem: str
) -> None:
    with pytest.raises(ValueError, match="returned") as caught:
        carried_out(Models(), PLAN, validators=[validator])

    assert problem in str(caught.value)


def mute(answer: str) -> None:
    assert "rollback" in answer.lower()


def test_the_retry_of_a_task_asks_the_same_in_every_run() -> None:
    asked = []
    for _ in range(2):
        models = Models({"cheap": ["the plan", "the plan"]})
        carried_out(models, plan("S", "cheap", retries=1), validators=[mute])
        asked.append([call.text for call in models.calls])

    assert asked[0] == asked[1]
    assert 'what "mute" asserts does not hold' in asked[0][1]
    assert "0x" not in asked[0][1]


def test_a_program_that_names_its_file_says_the_same_in_every_run() -> None:
    validator = Program([sys.executable, "-m", "py_compile", "{answer}"], suffix=".py")

    reasons = {validator("def (").reason for _ in range(2)}

    assert len(reasons) == 1
    assert 'File "answer.py", line 1' in reasons.pop()
