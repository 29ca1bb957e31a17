"""Whom running code works for: the caller's context, else the step that runs in the process."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.core.attribution import Attribution
from pytest_specbudget.meters.scope import (
    Owner,
    Scope,
    attribute,
    carry_into_threads,
    commanded,
    entered,
    running,
    staged,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def step(name: str, **others: Any) -> Scope:
    return Scope(owner=Owner(test=name, **others), when="call")


def who() -> tuple[str, str, str | None]:
    found, _ = attribute()
    return found.test, found.via, found.stale


def in_thread(task: Callable[[], Any]) -> Any:
    """Run *task* in a plain thread, and return what it returned."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(task()))
    thread.start()
    thread.join()
    return results[0]


@pytest.fixture
def carrying() -> Iterator[None]:
    undo = carry_into_threads()
    yield
    undo()


def test_nothing_runs_and_nobody_is_charged() -> None:
    assert contextvars.Context().run(attribute) == (Attribution(), None)


def test_the_owner_s_words_are_the_charge_s() -> None:
    owner = {"spec": "S", "command": "/c", "stage": "plan", "phase": "THINK", "tier": "T1"}

    with entered(step("a", **owner)):
        found, tier = attribute()

    assert tier == "T1"
    assert (found.spec, found.command, found.stage, found.phase) == ("S", "/c", "plan", "THINK")
    assert (found.test, found.when, found.via, found.attempt) == ("a", "call", "context", 1)


def test_calls_of_a_step_that_say_the_same_share_what_they_say() -> None:
    with entered(step("a")):
        first, second = attribute()[0], attribute()[0]

    assert first is second


@pytest.mark.parametrize(
    ("name", "now"),
    [
        pytest.param("owner", Owner(test="b"), id="a fixture that outlives the test runs"),
        pytest.param("when", "teardown", id="it ends"),
        pytest.param("fixture", "module:shared", id="under its name"),
        pytest.param("attempt", 2, id="a rerun"),
        pytest.param("stages", ["plan"], id="a stage is open"),
    ],
)
def test_what_changes_within_a_step_is_said_of_the_next_call(name: str, now: object) -> None:
    with entered(step("a")) as running_step:
        before, _ = attribute()
        setattr(running_step, name, now)
        after, _ = attribute()

    assert before != after


def test_a_command_that_begins_within_a_step_is_said_of_the_next_call() -> None:
    with entered(step("a")):
        before, _ = attribute()
        with commanded("/plan"):
            after, _ = attribute()

    assert (before.command, after.command) == (None, "/plan")


def test_steps_nest_and_the_outer_one_runs_again() -> None:
    with entered(step("outer")) as outer:
        with entered(step("inner")):
            assert who() == ("inner", "context", None)
        assert (running(), who()) == (outer, ("outer", "context", None))


def test_a_step_ends_when_it_raises() -> None:
    with pytest.raises(KeyError), entered(step("a")) as scope:
        raise KeyError

    assert not scope.open


def test_a_context_that_knows_nothing_works_for_the_step_that_runs() -> None:
    with entered(step("a")):
        assert contextvars.Context().run(who) == ("a", "process", None)


def test_a_context_whose_step_has_ended_works_for_the_one_that_runs_and_remembers() -> None:
    with entered(step("a")):
        leaked = contextvars.copy_context()

    with entered(step("b")):
        assert leaked.run(who) == ("b", "process-stale-context", "a")
    assert leaked.run(who) == ("<late>", "late", "a")


def test_without_carrying_a_thread_still_finds_the_test_and_loses_the_stage() -> None:
    with entered(step("a")), staged("plan"):
        assert in_thread(who) == ("a", "process", None)


@pytest.mark.usefixtures("carrying")
def test_a_thread_carries_scope_and_stage() -> None:
    with entered(step("a")), staged("plan"):
        found, _ = in_thread(attribute)

    assert (found.test, found.via, found.stage) == ("a", "context", "plan")


@pytest.mark.usefixtures("carrying")
def test_a_pool_s_thread_works_for_whoever_submitted() -> None:
    with ThreadPoolExecutor(1) as pool:
        with entered(step("a")):
            assert pool.submit(who).result() == ("a", "context", None)
        with entered(step("b")), staged("audit"):
            assert pool.submit(who).result() == ("b", "context", None)
            assert pool.submit(lambda: attribute()[0].stage).result() == "audit"


@pytest.mark.usefixtures("carrying")
def test_a_task_that_fails_leaves_its_pool_s_thread_as_it_was() -> None:
    def fails() -> None:
        raise KeyError("its own")

    with ThreadPoolExecutor(1) as pool, entered(step("a")):
        with pytest.raises(KeyError, match="its own"):
            pool.submit(fails).result()
        assert pool.submit(lambda: who()[0]).result() == "a"


@pytest.mark.usefixtures("carrying")
def test_only_our_two_variables_are_carried() -> None:
    of_user: contextvars.ContextVar[str] = contextvars.ContextVar("of_user", default="unset")
    of_user.set("set in the test")

    with entered(step("a")):
        assert in_thread(of_user.get) == "unset"


def test_carrying_is_undone() -> None:
    start, submit = threading.Thread.start, ThreadPoolExecutor.submit

    carry_into_threads()()

    assert (threading.Thread.start, ThreadPoolExecutor.submit) == (start, submit)


def test_somebody_s_later_patch_outlives_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", threading.Thread.start)  # put back at the end
    undo = carry_into_threads()

    def theirs(thread: threading.Thread) -> None:
        del thread

    monkeypatch.setattr(threading.Thread, "start", theirs)
    undo()

    assert threading.Thread.start is theirs


@pytest.mark.usefixtures("carrying")
def test_a_subclass_of_thread_with_its_own_run_carries_too() -> None:
    class Worker(threading.Thread):
        found: tuple[str, str, str | None]

        def run(self) -> None:
            self.found = who()

    with entered(step("a")):
        worker = Worker()
        worker.start()
        worker.join()

    assert worker.found == ("a", "context", None)


def test_gathered_tasks_keep_their_own_stages() -> None:
    async def asking(stage: str) -> list[str | None]:
        with staged(stage):
            await asyncio.sleep(0)
            outer = attribute()[0].stage
            with staged(f"{stage}/inner"):
                await asyncio.sleep(0)
                inner = attribute()[0].stage
            return [outer, inner, attribute()[0].stage]

    async def main() -> list[list[str | None]]:
        return list(await asyncio.gather(asking("plan"), asking("audit")))

    with entered(step("a", stage="marked")):
        found = asyncio.run(main())
        after = attribute()[0].stage

    assert found == [["plan", "plan/inner", "plan"], ["audit", "audit/inner", "audit"]]
    assert after == "marked"


def test_a_caller_that_lost_its_context_finds_the_stage_that_is_open() -> None:
    with entered(step("a")), staged("plan"):
        assert contextvars.Context().run(attribute)[0].stage == "plan"


def test_a_stage_may_be_opened_where_nothing_runs() -> None:
    with staged("plan"):
        assert contextvars.Context().run(attribute)[0] == Attribution()
