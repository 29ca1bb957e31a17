"""Refusals where only an `Exception` reaches whoever waits: in pools and plain threads."""

from __future__ import annotations

import asyncio
import pickle
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

import httpx
import pytest
from meters.loopback import CHAT

from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters.bearable import WorkerRefusalError, bearable

if TYPE_CHECKING:
    from meters.fakes import RecordingSink
    from meters.loopback import Server


def test_a_refusal_stays_what_it_is_elsewhere() -> None:
    refusal = CallRefused("the budget is spent")

    with ThreadPoolExecutor(1) as pool:
        in_a_thread = pool.submit(bearable, refusal).result()

    assert bearable(refusal) is refusal
    assert in_a_thread is refusal


def test_a_refusal_in_an_event_loop_stays_what_it_is_whichever_thread_runs_it() -> None:
    heard: SimpleQueue[CallRefused] = SimpleQueue()

    async def refuse() -> None:
        heard.put(bearable(CallRefused("the budget is spent")))

    Thread(target=lambda: asyncio.run(refuse())).start()

    assert not isinstance(heard.get(timeout=10), Exception)


def test_a_refusal_in_a_plain_thread_can_be_handed_to_who_waits_for_it() -> None:
    heard: SimpleQueue[Exception] = SimpleQueue()

    def refuse() -> None:
        raise bearable(CallRefused("the budget is spent"))

    def produce() -> None:
        try:
            refuse()
        except Exception as error:  # noqa: BLE001 # what a stream's producer hands on
            heard.put(error)

    Thread(target=produce).start()

    assert isinstance(heard.get(timeout=10), CallRefused)


def test_a_refusal_in_a_worker_says_the_same_and_can_be_sent() -> None:
    with ThreadPool(1) as pool:
        refusal = pool.apply(bearable, (CallRefused("the budget is spent"),))

    sent = pickle.loads(pickle.dumps(refusal))  # noqa: S301 # what pools do with it
    assert isinstance(sent, Exception)
    assert isinstance(sent, CallRefused)
    assert str(sent) == "the budget is spent"


@pytest.mark.parametrize("at", ["refuse", "refuse_wire"])
def test_whoever_waits_for_a_pool_of_threads_hears_of_a_refusal(
    server: Server, sink: RecordingSink, at: str
) -> None:
    setattr(sink, at, CallRefused("the budget is spent"))

    with ThreadPool(1) as pool, pytest.raises(WorkerRefusalError, match="the budget is spent"):
        pool.apply(httpx.post, (server.url + CHAT,), {"json": {}, "trust_env": False})

    assert not server.received
    assert [exchange.end for exchange in sink.exchanges] == ["refused"] * (at == "refuse_wire")
