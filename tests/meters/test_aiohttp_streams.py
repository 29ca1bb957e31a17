"""The body of aiohttp's answers: heard as it comes in, however it is read and wherever it ends."""

from __future__ import annotations

import asyncio
import gc
import gzip
from typing import TYPE_CHECKING, Any

import pytest
from meters.loopback import JSON, Answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from meters.fakes import RecordingSink
    from meters.loopback import Server

aiohttp = pytest.importorskip("aiohttp")

PIECES = (b"data: one\n\n", b"data: two\n", b"\ndata: thr", b"ee\n\n")
BODY = b"".join(PIECES)

Reader = Any
"""A function of a response that reads its body."""


def answered(server: Server, use: Callable[[Any], Awaitable[Any]], **options: Any) -> Any:
    """Call the server, and *use* the response within its context."""

    async def main() -> Any:
        async with (
            aiohttp.ClientSession(**options) as session,
            session.post(server.chat, json={}) as response,
        ):
            return await use(response)

    return asyncio.run(main())


async def read(response: Any) -> bytes:
    return bytes(await response.read())


async def text(response: Any) -> bytes:
    return str(await response.text()).encode()


async def content_read(response: Any) -> bytes:
    return bytes(await response.content.read())


async def lines(response: Any) -> bytes:
    return b"".join([line async for line in response.content])


async def iter_any(response: Any) -> bytes:
    return b"".join([piece async for piece in response.content.iter_any()])


async def iter_chunked(response: Any) -> bytes:
    return b"".join([piece async for piece in response.content.iter_chunked(3)])


async def iter_chunks(response: Any) -> bytes:
    return b"".join([piece async for piece, _ in response.content.iter_chunks()])


async def by(response: Any, method: str, *args: Any) -> bytes:
    body = b""
    while piece := await getattr(response.content, method)(*args):
        body += piece
    return body


async def readany(response: Any) -> bytes:
    return await by(response, "readany")


async def readline(response: Any) -> bytes:
    return await by(response, "readline")


async def readuntil(response: Any) -> bytes:
    return await by(response, "readuntil", b"\n\n")


async def read_nowait(response: Any) -> bytes:
    await response.content.wait_eof()
    return bytes(response.content.read_nowait())


async def readexactly(response: Any) -> bytes:
    body = bytes(await response.content.readexactly(len(BODY)))
    await response.content.wait_eof()  # all bytes are there before the end of the body is
    return body


READERS: list[Reader] = [
    read,
    text,
    content_read,
    lines,
    iter_any,
    iter_chunked,
    iter_chunks,
    readany,
    readline,
    readuntil,
    read_nowait,
    readexactly,
]
if not hasattr(aiohttp.StreamReader, "readuntil"):
    READERS.remove(readuntil)


@pytest.mark.parametrize("reader", READERS)
def test_a_body_is_heard_whole_however_it_is_read(
    server: Server, sink: RecordingSink, reader: Reader
) -> None:
    server.will(Answer(pieces=PIECES))

    assert answered(server, reader) == BODY

    assert sink.ears[0].body == BODY
    assert (sink.only.end, sink.only.outcome, sink.only.error) == ("complete", "answered", None)
    assert sink.only.first_byte_s is not None
    assert not sink.troubles


def test_each_piece_reaches_the_reader_and_the_ear_as_it_comes(
    server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(pieces=PIECES, gated=True))

    async def use(response: Any) -> None:
        for number, piece in enumerate(PIECES, start=1):
            assert not sink.exchanges
            server.let_pass()
            assert await response.content.readany() == piece
            assert sink.ears[0].body == b"".join(PIECES[:number])

    answered(server, use)


def test_what_a_slow_reader_left_unread_is_kept_once_and_in_bounds(
    server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(pieces=(b"x" * 50_000,) * 40))
    most = 0

    async def use(response: Any) -> int:
        nonlocal most
        seen = 0
        while piece := await response.content.read(30_000):
            most = max(most, sum(map(len, response.content._buffer)))
            seen += len(piece)
        return seen

    assert answered(server, use, read_bufsize=1 << 14) == 2_000_000

    assert len(sink.ears[0].body) == 2_000_000
    assert 0 < most < 700_000


def test_a_compressed_answer_that_aiohttp_decodes_is_heard_decoded(
    server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(headers={"Content-Encoding": "gzip"}, pieces=(gzip.compress(JSON),)))

    assert answered(server, read) == sink.ears[0].body == JSON

    assert "content-encoding" not in {name.lower() for name in sink.ears[0].headers}
    assert sink.ears[0].headers["content-type"] == "application/json"


def test_a_compressed_answer_that_nobody_decodes_is_heard_as_on_the_wire(
    server: Server, sink: RecordingSink
) -> None:
    zipped = gzip.compress(JSON)
    server.will(Answer(headers={"Content-Encoding": "gzip"}, pieces=(zipped[:9], zipped[9:])))

    assert answered(server, read, auto_decompress=False) == sink.ears[0].body == zipped

    assert sink.ears[0].headers["Content-Encoding"] == "gzip"


def test_an_answer_without_a_body_is_complete(server: Server, sink: RecordingSink) -> None:
    server.will(Answer(status=204, pieces=(), cut=True))

    answered(server, read)

    assert (sink.only.status, sink.only.end, sink.ears[0].body) == (204, "complete", b"")
    assert not sink.troubles


# Where it ends ---------------------------------------------------------------------------------


async def first(response: Any) -> None:
    assert await response.content.readany() == PIECES[0]


async def closed(response: Any) -> None:
    await first(response)
    response.close()


async def released(response: Any) -> None:
    await first(response)
    await response.release()


async def unread(_: Any) -> None:
    """Leave the context."""


@pytest.mark.parametrize("use", [first, closed, released, unread])
def test_an_answer_that_is_left_early_is_closed(
    server: Server, sink: RecordingSink, use: Reader
) -> None:
    server.will(Answer(pieces=PIECES, gated=True))
    if use is not unread:
        server.let_pass()

    answered(server, use)

    assert (sink.only.end, sink.only.error, sink.only.status) == ("closed", None, 200)
    assert sink.ears[0].body == (b"" if use is unread else PIECES[0])
    assert not sink.troubles


def test_an_answer_that_nobody_reads_or_closes_is_abandoned(
    server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(pieces=PIECES, gated=True))

    async def main() -> None:
        async with aiohttp.ClientSession() as session:
            response = await session.post(server.chat, json={})
            del response
            gc.collect()

    asyncio.run(main())
    gc.collect()
    sink.end_session()

    assert (sink.only.end, sink.only.status) == ("abandoned", 200)


def test_an_answer_still_open_at_the_end_of_the_session_is_abandoned_once(
    server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(pieces=PIECES, gated=True))

    async def use(response: Any) -> None:
        server.let_pass()
        await first(response)
        sink.end_session()
        server.let_pass(len(PIECES))
        await response.read()

    answered(server, use)

    assert sink.only.end == "abandoned"


def test_an_answer_that_breaks_off_is_an_error(server: Server, sink: RecordingSink) -> None:
    server.will(Answer(pieces=PIECES, cut=True))

    with pytest.raises(aiohttp.ClientPayloadError) as raised:
        answered(server, read)

    assert (sink.only.end, sink.only.outcome) == ("error", "answered")
    assert sink.only.error == f"ClientPayloadError: {raised.value}"
    assert sink.ears[0].body == BODY


@pytest.mark.parametrize("option", ["total", "sock_read"])
def test_an_answer_that_takes_too_long_is_an_error(
    server: Server, sink: RecordingSink, option: str
) -> None:
    server.will(Answer(pieces=PIECES, gated=True))
    server.let_pass()

    with pytest.raises(TimeoutError):
        answered(server, read, timeout=aiohttp.ClientTimeout(**{option: 0.1}))

    assert sink.only.end == "error"
    assert "Timeout" in (sink.only.error or "")
    assert sink.ears[0].body == PIECES[0]


@pytest.mark.parametrize("reader", [read, lines])
def test_a_task_cancelled_while_it_reads_is_an_error(
    server: Server, sink: RecordingSink, reader: Reader
) -> None:
    server.will(Answer(pieces=PIECES, gated=True))

    async def use(response: Any) -> None:
        reading = asyncio.create_task(as_context(response))
        await asyncio.sleep(0)  # it begins, and waits for the first piece
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    async def as_context(response: Any) -> None:
        async with response:
            await reader(response)

    answered(server, use)

    assert (sink.only.end, sink.only.error) == ("error", "CancelledError")


def test_a_read_that_was_given_up_may_be_repeated(server: Server, sink: RecordingSink) -> None:
    server.will(Answer(pieces=PIECES, gated=True))

    async def use(response: Any) -> bytes:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(response.content.readany(), 0.01)
        server.let_pass(len(PIECES))
        return bytes(await response.read())

    assert answered(server, use) == BODY

    assert (sink.only.end, sink.ears[0].body) == ("complete", BODY)


def test_what_came_in_and_was_not_read_is_heard(server: Server, sink: RecordingSink) -> None:
    server.will(Answer(pieces=PIECES))

    async def use(response: Any) -> None:
        await response.content.wait_eof()
        response.close()

    answered(server, use)

    assert (sink.only.end, sink.ears[0].body) == ("complete", BODY)


# A library that changed ------------------------------------------------------------------------


class OtherBuffer(list[bytes]):
    def popleft(self) -> bytes:
        return self.pop(0)


def test_a_stream_that_keeps_its_pieces_otherwise_is_unreadable_and_still_read(
    server: Server, sink: RecordingSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.will(Answer(pieces=PIECES, gated=True))
    start = aiohttp.ClientResponse.start

    async def start_otherwise(response: Any, connection: Any) -> Any:
        await start(response, connection)
        response.content._buffer = OtherBuffer()
        server.let_pass(len(PIECES))
        return response

    monkeypatch.setattr(aiohttp.ClientResponse, "start", start_otherwise)

    assert answered(server, read) == BODY

    assert sink.readings[0].usage_state == "unreadable"
    assert [where for where, _ in sink.troubles] == ["reading a model's answer"]


def test_a_body_that_was_partly_read_elsewhere_is_unreadable(
    server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(pieces=PIECES, gated=True))
    server.let_pass(len(PIECES))

    async def peek(response: Any) -> None:
        await response.content.readany()

    answered(server, read, raise_for_status=peek)

    assert sink.readings[0].usage_state == "unreadable"
