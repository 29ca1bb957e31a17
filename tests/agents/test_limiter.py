from __future__ import annotations

import asyncio
from threading import Event, Thread

import pytest

from pytest_specbudget.agents.limiter import Limit, Limiter


def test_starts_are_as_far_apart_as_the_limit_says() -> None:
    now = [100.0]
    slept: list[float] = []
    limiter = Limiter(Limit(apart_s=2), lambda: now[0])

    for step in (0.0, 0.5, 10.0):
        now[0] += step
        with limiter.turn(slept.append):
            pass

    assert slept == [1.5]


def test_a_thread_waits_until_another_is_done() -> None:
    limiter = Limiter(Limit(at_once=1), lambda: 0.0)
    entered = Event()

    def work() -> None:
        with limiter.turn(_never):
            entered.set()

    with limiter.turn(_never):
        thread = Thread(target=work)
        thread.start()
        assert not entered.is_set()
    thread.join()

    assert entered.is_set()


def test_a_task_waits_while_others_work() -> None:
    limiter = Limiter(Limit(at_once=1), lambda: 0.0)
    order: list[str] = []

    async def work(name: str, go: asyncio.Event) -> None:
        async with limiter.turn_async(_never_async):
            order.append(name)
            await go.wait()

    async def together() -> None:
        go = asyncio.Event()
        tasks = [asyncio.ensure_future(work(name, go)) for name in "ab"]
        await asyncio.sleep(0)
        order.append("others")
        go.set()
        await asyncio.gather(*tasks)

    asyncio.run(together())

    assert order == ["a", "others", "b"]


def test_a_task_that_is_called_off_takes_no_turn_away() -> None:
    limiter = Limiter(Limit(at_once=1), lambda: 0.0)

    async def work() -> str:
        async with limiter.turn_async(_never_async):
            return "done"

    async def together() -> str:
        with limiter.turn(_never):
            waiting = asyncio.ensure_future(work())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        return await work()

    assert asyncio.run(together()) == "done"


def test_a_turn_is_given_back_by_who_fails() -> None:
    limiter = Limiter(Limit(at_once=1, apart_s=1), lambda: 0.0)
    with limiter.turn(_never):
        pass

    for _ in range(2):  # who must sleep between starts fails here
        with pytest.raises(AssertionError, match="slept"), limiter.turn(_never):
            pass


def _never(seconds: float) -> None:
    raise AssertionError(f"slept {seconds} s")


async def _never_async(seconds: float) -> None:
    raise AssertionError(f"slept {seconds} s")
