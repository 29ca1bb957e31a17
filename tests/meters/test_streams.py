"""Bodies that are heard while they pass, however they end."""

from __future__ import annotations

import asyncio
import gc
import gzip
from typing import TYPE_CHECKING, Any

import pytest
from meters.loopback import Answer

from pytest_specbudget.meters import tee

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from meters.fakes import RecordingSink
    from meters.loopback import Server

EVENTS = (b"data: 1\n\n", b"data: 2\n\n", b"data: [DONE]\n\n")
STREAM = {"content-type": "text/event-stream"}
EVENT_STREAM = Answer(headers=STREAM, pieces=EVENTS)
GATED = Answer(headers=STREAM, pieces=EVENTS, gated=True)


def opened(client: Any, url: str) -> Any:
    """Send and return the unread response, as SDKs do for a stream."""
    return client.send(client.build_request("POST", url, json={"stream": True}), stream=True)


def test_a_stream_read_to_its_end_is_complete(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(EVENT_STREAM)

    with library.Client(trust_env=False) as client, client.stream("POST", server.chat) as response:
        body = b"".join(response.iter_raw())

    assert body == sink.ears[0].body == b"".join(EVENTS)
    exchange = sink.only
    assert (exchange.outcome, exchange.end, exchange.source) == ("answered", "complete", "live")
    assert exchange.first_byte_s is not None
    assert 0 < exchange.first_byte_s <= exchange.duration_s
    assert response.elapsed.total_seconds() > 0


def test_an_async_stream_read_to_its_end_is_complete(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(EVENT_STREAM)

    async def run() -> bytes:
        async with (
            library.AsyncClient(trust_env=False) as client,
            client.stream("POST", server.chat) as response,
        ):
            return b"".join([piece async for piece in response.aiter_raw()])

    body = asyncio.run(run())

    assert body == sink.ears[0].body == b"".join(EVENTS)
    assert (sink.only.outcome, sink.only.end) == ("answered", "complete")


def test_a_compressed_stream_is_heard_as_the_wire_carried_it(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    packed = gzip.compress(b"".join(EVENTS))
    headers = {**STREAM, "content-encoding": "gzip"}
    server.will(Answer(headers=headers, pieces=(packed[:9], packed[9:])))

    with library.Client(trust_env=False) as client, client.stream("POST", server.chat) as response:
        text = response.read()

    assert text == b"".join(EVENTS)
    assert sink.ears[0].body == packed
    assert sink.ears[0].headers["content-encoding"] == "gzip"


def test_events_arrive_when_they_were_sent(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(GATED)
    seen = []

    with library.Client(trust_env=False) as client, client.stream("POST", server.chat) as response:
        server.let_pass()
        for piece in response.iter_raw():
            seen.append((piece, len(sink.ears[0].pieces)))
            server.let_pass()

    assert seen == [(event, number) for number, event in enumerate(EVENTS, start=1)]


def test_async_events_arrive_when_they_were_sent(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(GATED)

    async def run() -> list[tuple[bytes, int]]:
        seen = []
        async with (
            library.AsyncClient(trust_env=False) as client,
            client.stream("POST", server.chat) as response,
        ):
            server.let_pass()
            async for piece in response.aiter_raw():
                seen.append((piece, len(sink.ears[0].pieces)))
                server.let_pass()
        return seen

    assert asyncio.run(run()) == [(event, number) for number, event in enumerate(EVENTS, start=1)]


def test_a_stream_closed_early_keeps_what_was_heard(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(GATED)

    with library.Client(trust_env=False) as client:
        response = opened(client, server.chat)
        server.let_pass()
        assert next(response.iter_raw()) == EVENTS[0]
        response.close()
        response.close()

    assert (sink.only.outcome, sink.only.end) == ("answered", "closed")
    assert sink.ears[0].body == EVENTS[0]


def test_an_async_stream_closed_early_keeps_what_was_heard(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(GATED)

    async def run() -> None:
        async with library.AsyncClient(trust_env=False) as client:
            response = await opened(client, server.chat)
            server.let_pass()
            pieces = response.aiter_raw()
            assert await anext(pieces) == EVENTS[0]
            await pieces.aclose()
            await response.aclose()

    asyncio.run(run())

    assert (sink.only.outcome, sink.only.end) == ("answered", "closed")
    assert sink.ears[0].body == EVENTS[0]


def test_a_stream_that_nobody_holds_any_more_is_abandoned(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(EVENT_STREAM)

    with library.Client(trust_env=False) as client:
        response = opened(client, server.chat)
        del response
        gc.collect()
        before = list(sink.exchanges)
        client.post(server.chat)

    assert not before
    assert [each.end for each in sink.exchanges] == ["abandoned", "complete"]


def test_a_stream_that_is_never_read_is_abandoned_at_the_end_of_the_session(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(EVENT_STREAM)

    with library.Client(trust_env=False) as client:
        response = opened(client, server.chat)
        sink.end_session()
        response.read()
        sink.end_session()

    assert (sink.only.outcome, sink.only.end) == ("answered", "abandoned")
    assert sink.only.first_byte_s is None


def test_a_stream_cut_by_the_server_is_answered_and_broken(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(headers=STREAM, pieces=EVENTS[:2], cut=True))

    with (
        library.Client(trust_env=False) as client,
        client.stream("POST", server.chat) as response,
        pytest.raises(library.RemoteProtocolError),
    ):
        response.read()

    exchange = sink.only
    assert (exchange.outcome, exchange.end, exchange.status) == ("answered", "error", 200)
    assert exchange.error is not None
    assert exchange.error.startswith("RemoteProtocolError: ")
    assert sink.ears[0].body == b"".join(EVENTS[:2])


def test_a_task_cancelled_between_events_is_answered_and_broken(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(GATED)

    async def read(started: asyncio.Event) -> None:
        async with (
            library.AsyncClient(trust_env=False) as client,
            client.stream("POST", server.chat) as response,
        ):
            async for _ in response.aiter_raw():
                started.set()

    async def run() -> None:
        started = asyncio.Event()
        task = asyncio.create_task(read(started))
        server.let_pass()
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())

    exchange = sink.only
    assert (exchange.outcome, exchange.end, exchange.error) == (
        "answered",
        "error",
        "CancelledError",
    )
    assert sink.ears[0].body == EVENTS[0]


def test_a_failed_status_of_a_stream_is_a_failed_attempt(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(status=500))

    with library.Client(trust_env=False) as client, client.stream("POST", server.chat) as response:
        response.read()

    assert (sink.only.outcome, sink.only.end) == ("failed", "complete")


def test_calls_made_while_a_stream_is_read_are_calls_of_their_own(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(EVENT_STREAM)

    with library.Client(trust_env=False) as client, client.stream("POST", server.chat) as response:
        for _ in response.iter_raw():
            client.post(server.chat)

    assert [each.end for each in sink.exchanges][-1] == "complete"
    assert len(sink.exchanges) == len(server.received)


class Unheard:
    """An attempt that takes no notes."""

    def feed(self, data: bytes) -> None:
        """Hear nothing."""

    def finish(self, end: str, error: BaseException | None = None) -> None:
        """Book nothing."""

    def lose(self) -> None:
        """Miss nothing."""


def test_an_inner_generator_is_closed_with_the_reader_not_some_time_later(library: Any) -> None:
    log = []

    class Stream(library.AsyncByteStream):  # type: ignore[misc] # either library's
        async def __aiter__(self) -> AsyncIterator[bytes]:
            try:
                yield b"1"
                yield b"2"
            finally:
                log.append("closed")

    async def run() -> list[str]:
        pieces = aiter(tee.of(tee.AsyncTee, library.AsyncByteStream)(Stream(), Unheard()))
        await anext(pieces)
        await pieces.aclose()
        return list(log)

    assert asyncio.run(run()) == ["closed"]
