"""Threads and tasks: side by side, in the caller's context, nothing left running, nothing twice."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING

import pytest
from support.scripted_models import Models, carried_out, decision, plan, table

from pytest_specbudget.agents.course import Task, Tools
from pytest_specbudget.agents.execution import run_async
from pytest_specbudget.agents.hands import Hands
from pytest_specbudget.agents.native import NativeHandlers
from pytest_specbudget.agents.prompts import Prompt, Prompts
from pytest_specbudget.agents.reuse import Memory
from pytest_specbudget.agents.values import BadReply, Unavailable
from pytest_specbudget.errors import CallRefused

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pytest_specbudget.agents.outcome import Outcome
    from pytest_specbudget.routing.values import Plan

THREE = ("one", "two", "three")
PATIENCE_S = 10.0


async def gathered(
    models: Models, *plans: Plan, hands: Hands | None = None, **task: Any
) -> Outcome:
    """Carry out *plans* in the running loop."""
    work = Task(id="task-1", prompt=Prompt.said("Plan it."), **task)
    tools = Tools(table=table(*plans))
    return await run_async(decision(*plans), work, tools, hands or Hands(models))


# Side by side


def test_a_consensus_of_three_takes_the_time_of_its_slowest_agent() -> None:
    all_asked = threading.Barrier(3, timeout=PATIENCE_S)
    models = Models({name: ["yes"] for name in THREE}, arrived=lambda _name: all_asked.wait())

    outcome = carried_out(models, plan("C", *THREE, min_agents=2))

    assert outcome.text == "yes"


def test_three_tasks_of_a_loop_wait_beside_each_other() -> None:
    async def together() -> Outcome:
        all_asked = asyncio.Barrier(3)
        models = Models({name: ["yes"] for name in THREE}, arrived=lambda _name: all_asked.wait())
        async with asyncio.timeout(PATIENCE_S):
            return await gathered(models, plan("C", *THREE, min_agents=2))

    assert asyncio.run(together()).text == "yes"


def test_a_validator_keeps_no_loop_waiting() -> None:
    async def together() -> Outcome:
        loop, beating = asyncio.get_running_loop(), threading.Event()

        def patient(_text: str) -> bool:
            loop.call_soon_threadsafe(beating.set)
            return beating.wait(PATIENCE_S)

        return await gathered(Models(), plan(), validators=(patient,))

    assert asyncio.run(together()).accepted


def test_threads_and_tasks_come_to_the_same() -> None:
    says: dict[str, Any] = {"one": ["a"], "two": [Unavailable("server")], "three": ["a"]}
    mixed = plan("C", *THREE, aggregator="arbiter", min_agents=2)

    in_threads = carried_out(Models(says), mixed)
    in_tasks = asyncio.run(gathered(Models(says), mixed))

    assert in_threads.consensus == in_tasks.consensus
    assert [one.routed for one in in_threads.attempts] == [one.routed for one in in_tasks.attempts]
    assert in_threads.text == in_tasks.text


# Whose calls they are

_MINE: ContextVar[str] = ContextVar("mine", default="nobody's")


def test_work_in_threads_belongs_to_its_caller() -> None:
    seen: list[str] = []
    models = Models(arrived=lambda _name: seen.append(_MINE.get()))
    token = _MINE.set("the caller's")

    carried_out(models, plan("C", *THREE, min_agents=1))

    _MINE.reset(token)
    assert seen == ["the caller's"] * 3


def test_what_a_validator_asks_is_charged_as_a_validator_s_call() -> None:
    models = Models()

    def asks(_text: str) -> bool:
        models.ask(table(plan("S", "other")).profiles["other"], None)  # type: ignore[arg-type]
        return True

    carried_out(models, plan("S", "cheap"), validators=[asks])

    assert [(call.routed.role, call.model) for call in models.calls] == [
        ("primary", "cheap"),
        ("validator", "other"),
    ]


# What ends an execution


@pytest.mark.parametrize("raised", [CallRefused("stop"), ZeroDivisionError()], ids=repr)
def test_what_is_no_answer_is_raised_once_all_beside_it_has_ended(raised: BaseException) -> None:
    ended: list[str] = []
    all_asked = threading.Barrier(3, timeout=PATIENCE_S)

    def arrived(name: str) -> None:
        all_asked.wait()
        ended.append(name)

    models = Models({"two": [raised]}, arrived=arrived)

    with pytest.raises(type(raised)):
        carried_out(models, plan("C", *THREE, aggregator="arbiter"))
    assert sorted(ended) == sorted(THREE)


@pytest.mark.parametrize("raised", [CallRefused("stop"), ZeroDivisionError()], ids=repr)
def test_a_refused_call_ends_an_execution_in_a_loop(raised: BaseException) -> None:
    models = Models({"two": [raised]})

    with pytest.raises(type(raised)):
        asyncio.run(gathered(models, plan("C", *THREE, aggregator="arbiter")))
    assert sorted(models.asked) == sorted(THREE)


# Each step is told


def test_each_step_is_told_in_the_order_of_things() -> None:
    heard: list[str] = []
    models = Models({"judge": ['{"score": 0.2, "reason": ""}']})
    plans = plan("M", "cheap", validator="judge"), plan("C", *THREE, aggregator="arbiter")

    carried_out(models, *plans, tell=lambda name, **_: heard.append(name))

    assert heard == [
        *("staged", "classified", "planned"),
        *("spawned", "answered"),
        *("spawned", "answered", "judged"),
        "escalated",
        *("spawned",) * 3,
        *("answered",) * 3,
        *("spawned", "answered", "agreed"),
        "routed",
    ]


def test_what_is_told_quotes_no_prompt_and_no_answer() -> None:
    heard: list[str] = []
    models = Models({"cheap": ["SECRET answer"], "judge": ['{"score": 0.2, "reason": "SECRET"}']})

    carried_out(
        models,
        plan("M", "cheap", validator="judge", retries=1),
        prompt="SECRET prompt",
        tell=lambda name, **values: heard.append(f"{name} {values}"),
    )

    assert heard
    assert not [line for line in heard if "SECRET" in line]


def test_a_mistake_in_a_native_handler_is_raised() -> None:
    handlers = NativeHandlers(by_command={"plan": lambda _prompt: str(1 / 0)})

    with pytest.raises(ZeroDivisionError):
        carried_out(Models(), plan("S", native=True), native=handlers)


# Prompts by tier


def test_an_escalation_asks_with_the_words_of_its_tier() -> None:
    prompts = Prompts.of(
        {
            "plan": {
                "default": {"version": "2", "text": "Plan $what."},
                "S": {"version": "2-short", "text": "Plan $what in ten lines."},
            }
        }
    )
    models, plans = Models(), (plan("S", "cheap"), plan("M", "dear"))
    task = Task(
        id="t", prompt=prompts.prompt("plan", what="a move"), validators=(lambda _text: False,)
    )

    outcome = asyncio.run(
        run_async(decision(*plans), task, Tools(table=table(*plans)), Hands(models))
    )

    assert [call.text for call in models.calls] == ["Plan a move in ten lines.", "Plan a move."]
    assert outcome.prompt is not None
    assert (outcome.prompt.tier, outcome.prompt.version) == ("default", "2")
    assert outcome.prompt.missing


# Answers that are used again


def _twice(models: Models, memory: Memory | None, **more: Any) -> list[Outcome]:
    hands = Hands(models, memory)
    return [carried_out(models, plan("S", "cheap"), hands=hands, **more) for _ in range(2)]


def test_the_same_question_is_asked_once_where_that_is_wanted() -> None:
    models = Models({"cheap": ["first", "second"]})

    first, second = _twice(models, Memory())

    assert len(models.calls) == 1
    assert (first.text, second.text) == ("first", "first")
    assert [one.reused for one in (*first.attempts, *second.attempts)] == [False, True]
    assert second.attempts[0].latency_s == 0


def test_nothing_is_used_again_unasked() -> None:
    models = Models({"cheap": ["first", "second"]})

    outcomes = _twice(models, None)

    assert [one.text for one in outcomes] == ["first", "second"]


@pytest.mark.parametrize("problem", [Unavailable("server"), BadReply("no JSON")], ids=repr)
def test_a_failure_is_never_used_again(problem: Any) -> None:
    models = Models({"cheap": [problem, "second"]})

    _, outcome = _twice(models, Memory())

    assert outcome.text == "second"


def test_another_question_is_another_answer() -> None:
    models, memory = Models({"cheap": ["first", "second"]}), Memory()

    for prompt in ("one", "two"):
        carried_out(models, plan(), prompt=prompt, hands=Hands(models, memory))

    assert len(models.calls) == 2


def test_of_several_that_ask_the_same_at_once_one_asks() -> None:
    async def together() -> tuple[list[str], int]:
        models = Models(arrived=lambda _name: asyncio.sleep(0))
        hands = Hands(models, Memory())
        outcomes = await asyncio.gather(*(gathered(models, plan(), hands=hands) for _ in range(5)))
        return [one.text for one in outcomes], len(models.calls)

    assert asyncio.run(together()) == (["cheap"] * 5, 1)


def test_those_who_wait_ask_for_themselves_when_the_first_one_is_stopped() -> None:
    async def together() -> tuple[str, int]:
        begun = asyncio.Event()

        async def arrived() -> None:
            if not begun.is_set():
                begun.set()
                await asyncio.Event().wait()

        models = Models(arrived=lambda _name: arrived())
        hands = Hands(models, Memory())
        first = asyncio.create_task(gathered(models, plan(), hands=hands))
        await begun.wait()
        second = asyncio.create_task(gathered(models, plan(), hands=hands))
        await asyncio.sleep(0)
        first.cancel()
        async with asyncio.timeout(PATIENCE_S):
            return (await second).text, len(models.calls)

    assert asyncio.run(together()) == ("cheap", 2)


def test_the_time_of_an_answer_is_its_own_by_the_clock_that_is_passed_in() -> None:
    ticks = iter(range(100))
    clock: Callable[[], float] = lambda: float(next(ticks))  # noqa: E731 - with its type
    models = Models()

    outcome = carried_out(models, plan("M", "cheap"), hands=Hands(models, clock=clock))

    assert [one.latency_s for one in outcome.attempts] == [1.0]
