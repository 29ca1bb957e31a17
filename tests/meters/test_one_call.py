"""One answer, read whole: what is booked, for sync and async clients of both libraries."""

from __future__ import annotations

import asyncio
import gzip
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from meters.loopback import CHAT, JSON, Answer

from pytest_specbudget.errors import CallRefused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from meters.fakes import RecordingSink
    from meters.loopback import Server

BODY = {"model": "m", "messages": []}


def post(library: Any, url: str, **options: Any) -> Any:
    with library.Client(trust_env=False) as client:
        return client.post(url, json=BODY, **options)


def apost(library: Any, url: str) -> Any:
    async def run() -> Any:
        async with library.AsyncClient(trust_env=False) as client:
            return await client.post(url, json=BODY)

    return asyncio.run(run())


@pytest.mark.parametrize("send", [post, apost], ids=["sync", "async"])
def test_an_answered_call_is_booked_once_with_what_it_sent_and_heard(
    library: Any, server: Server, sink: RecordingSink, send: Any
) -> None:
    before = datetime.now(UTC)

    response = send(library, server.chat + "?api-version=1")

    exchange = sink.only
    assert (exchange.outcome, exchange.end, exchange.source) == ("answered", "complete", "live")
    assert (exchange.status, exchange.error) == (200, None)
    assert (exchange.request.method, exchange.request.path) == ("POST", CHAT)
    assert (exchange.request.host, exchange.request.query) == ("127.0.0.1", "api-version=1")
    assert exchange.request.document == BODY
    assert before <= exchange.sent_at <= datetime.now(UTC)
    assert exchange.duration_s > 0
    assert response.content == sink.ears[0].body == JSON
    assert sink.ears[0].headers["content-type"] == "application/json"
    assert not sink.troubles


@pytest.mark.parametrize("send", [post, apost], ids=["sync", "async"])
def test_what_is_no_model_call_is_left_alone(
    library: Any, server: Server, sink: RecordingSink, send: Any
) -> None:
    send(library, server.url + "/users")
    send(library, server.url + "/ignored" + CHAT)

    assert len(server.received) == 2
    assert not sink.exchanges


def test_the_path_is_kept_as_it_was_on_the_wire(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    post(library, server.url + "/models/a%3A0%2Fb:generateContent?key=%20")

    assert sink.only.request.path == "/models/a%3A0%2Fb:generateContent"
    assert sink.only.request.query == "key=%20"


def test_each_attempt_of_a_retried_call_is_booked(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(status=429), Answer(status=503), Answer())

    for _ in range(3):
        post(library, server.chat)

    assert [(each.status, each.outcome) for each in sink.exchanges] == [
        (429, "failed"),
        (503, "failed"),
        (200, "answered"),
    ]


def test_redirects_within_one_send_are_one_attempt(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(status=307, headers={"location": CHAT + "?moved"}), Answer())

    post(library, server.chat, follow_redirects=True)

    assert len(server.received) == 2
    assert sink.only.status == 200


def test_a_compressed_answer_that_the_client_decoded_is_heard_decoded(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(headers={"content-encoding": "gzip"}, pieces=(gzip.compress(JSON),)))

    response = post(library, server.chat)

    assert response.content == sink.ears[0].body == JSON
    assert sink.ears[0].decoded


def test_a_streamed_upload_is_sent_untouched_and_its_body_is_unknown(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    def upload() -> Iterator[bytes]:
        yield b'{"model":'
        yield b'"m"}'

    with library.Client(trust_env=False) as client:
        client.post(server.chat, content=upload())

    assert server.received[0][2] == b'{"model":"m"}'
    assert sink.only.request.body is None


def test_a_streamed_async_upload_is_sent_untouched_and_its_body_is_unknown(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    async def upload() -> AsyncIterator[bytes]:
        yield b"{}"

    async def run() -> None:
        async with library.AsyncClient(trust_env=False) as client:
            await client.post(server.chat, content=upload())

    asyncio.run(run())

    assert server.received[0][2] == b"{}"
    assert sink.only.request.body is None


@pytest.mark.parametrize("send", [post, apost], ids=["sync", "async"])
def test_a_refused_connection_failed_and_costs_nothing(
    library: Any, sink: RecordingSink, send: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(library.ConnectError):
        send(library, f"http://127.0.0.1:{port}{CHAT}")

    exchange = sink.only
    assert (exchange.outcome, exchange.end, exchange.source) == ("failed", "error", "live")
    assert exchange.status is None
    assert exchange.error is not None
    assert exchange.error.startswith("ConnectError: ")


@pytest.mark.parametrize("send", [post, apost], ids=["sync", "async"])
def test_a_call_whose_answer_was_never_seen_has_an_unknown_outcome(
    library: Any, server: Server, sink: RecordingSink, send: Any
) -> None:
    server.will(Answer(silent=True))

    with pytest.raises(library.RemoteProtocolError) as raised:
        send(library, server.chat)

    assert sink.only.outcome == "unknown"
    assert sink.only.error == f"RemoteProtocolError: {raised.value}"


def test_a_task_cancelled_before_the_answer_has_an_unknown_outcome(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(held=True))

    async def run() -> None:
        async with library.AsyncClient(trust_env=False) as client:
            task = asyncio.create_task(client.post(server.chat, json=BODY))
            await asyncio.to_thread(server.arrived.acquire)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())

    exchange = sink.only
    assert (exchange.outcome, exchange.end, exchange.source) == ("unknown", "error", "live")
    assert exchange.error == "CancelledError"


@pytest.mark.parametrize("send", [post, apost], ids=["sync", "async"])
def test_a_call_that_is_not_admitted_is_not_sent(
    library: Any, server: Server, sink: RecordingSink, send: Any
) -> None:
    sink.refuse = CallRefused("the budget is spent")

    with pytest.raises(CallRefused, match="the budget is spent"):
        send(library, server.chat)

    assert not server.received
    assert not sink.exchanges


@pytest.mark.parametrize("send", [post, apost], ids=["sync", "async"])
def test_a_call_that_may_not_leave_the_process_is_booked_as_refused(
    library: Any, server: Server, sink: RecordingSink, send: Any
) -> None:
    sink.refuse_wire = CallRefused("no live calls")

    with pytest.raises(CallRefused, match="no live calls"):
        send(library, server.chat)

    assert not server.received
    exchange = sink.only
    assert (exchange.outcome, exchange.end, exchange.status) == ("failed", "refused", None)
    assert exchange.error == "CallRefused: no live calls"


def test_calls_of_many_threads_are_each_booked_once(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    def caller(number: int) -> None:
        with library.Client(trust_env=False) as client:
            for count in range(50):
                client.post(server.chat, json={"call": [number, count]})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(caller, range(4)))

    calls = [tuple(each.request.document["call"]) for each in sink.exchanges]
    assert sorted(calls) == [(number, count) for number in range(4) for count in range(50)]
    assert all(ticket.wires == 1 for ticket in sink.tickets)


def test_tasks_of_one_loop_are_each_booked_once(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    async def run() -> None:
        async with library.AsyncClient(trust_env=False) as client:
            await asyncio.gather(*(client.post(server.chat, json={"n": n}) for n in range(20)))

    asyncio.run(run())

    assert sorted(each.request.document["n"] for each in sink.exchanges) == list(range(20))
    assert {each.source for each in sink.exchanges} == {"live"}


def test_a_client_that_calls_through_another_client_is_metered_once(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    class Outer(library.Client):  # type: ignore[misc] # either library's client
        def _send_single_request(self, request: Any) -> Any:
            with library.Client(trust_env=False) as inner:
                return inner.send(request)

    with Outer(trust_env=False) as client:
        client.post(server.chat, json=BODY)

    assert sink.only.source == "live"
