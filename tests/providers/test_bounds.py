"""What a listener may hold and how long it may take, whatever it is sent: tricks, bombs, no end.

The sizes are chosen so that holding an answer, or looking at its start again with each piece,
could not pass unseen.
"""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from itertools import chain, repeat
from typing import TYPE_CHECKING

import pytest
from support.answers import chat, encoded, gemini, sse
from support.frames import event
from support.wire import ANSWERS, ENCODINGS

from pytest_specbudget.providers import recognise
from pytest_specbudget.providers.splitting import LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.core.reading import Reading

MIB = 1 << 20
LONG = 64 * MIB
WORD = {"model": "m", "choices": [{"index": 0, "delta": {"content": "word " * 4000}}]}
LAST = {"model": "m", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
PING = b": " + b"wait " * 400 + b"\n\n"
BOMBS = [name for name in ENCODINGS if name != "plain" and "several" not in name]
CONVERSE, _ = ANSWERS["frames of Converse"]
METADATA = event("metadata", {"usage": {"inputTokens": 3, "outputTokens": 4}})


def peak(request: Request, pieces: Iterable[bytes], encoding: str = "") -> tuple[Reading, int]:
    """Let a listener hear *pieces*; return what it says, and how many bytes it held at most."""
    listener = recognise(request)
    assert listener is not None
    listener.head(200, {"content-encoding": encoding})
    tracemalloc.start()
    try:
        for piece in pieces:
            listener.feed(piece)
        reading = listener.finish("complete")
        return reading, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def repeated(piece: bytes, size: int = LONG) -> Iterator[bytes]:
    """Repeat *piece* up to *size* in all, in pieces as large as a socket gives."""
    block = piece * (65536 // len(piece) + 1)
    return repeat(block, size // len(block) + 1)


@pytest.mark.parametrize(
    ("request_", "word", "last"),
    [
        pytest.param(chat(), sse(WORD), sse(LAST, "[DONE]"), id="events"),
        pytest.param(chat(), sse(WORD).replace(b"\n", b"\r"), sse(LAST), id="events with returns"),
        pytest.param(chat(), PING, sse(LAST), id="comments"),
        pytest.param(chat(), encoded(WORD) + b"\n", encoded(LAST) + b"\n", id="JSON lines"),
        pytest.param(CONVERSE, event("contentBlockDelta", WORD), METADATA, id="frames"),
    ],
)
def test_a_long_stream_takes_no_more_memory_than_a_short_one(
    request_: Request, word: bytes, last: bytes
) -> None:
    reading, most = peak(request_, chain(repeated(word), [last]))

    assert (reading.usage_state, reading.usage.input_tokens) == ("complete", 3)
    assert most < 2 * MIB


def test_a_long_array_takes_no_more_memory_than_a_short_one() -> None:
    last = {
        "candidates": [{"finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 4},
    }
    pieces = chain([b"["], repeated(encoded(WORD) + b",\n", LONG // 4), [encoded(last), b"]"])

    reading, most = peak(gemini("streamGenerateContent"), pieces)

    assert (reading.usage_state, reading.usage.input_tokens) == ("complete", 3)
    assert most < 2 * MIB


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_bomb_of_events_is_read_block_by_block(encoding: str) -> None:
    pack, names = ENCODINGS[encoding]
    body = pack(b"".join(repeated(PING, 64 * MIB)) + sse(LAST, "[DONE]"))
    assert len(body) < MIB

    reading, most = peak(chat(), [body], names[-1])

    assert (reading.usage_state, reading.usage.input_tokens) == ("complete", 3)
    assert most < 32 * MIB


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(b"data: ", b"x" * MIB, id="a line of an event"),
        pytest.param(
            b"data: x\n", (b"data: " + b"x" * 500 + b"\n") * 99, id="an event of many lines"
        ),
        pytest.param(b'{"a":"', b"x" * MIB, id="a document"),
        pytest.param(b'{"a":1}\n{"b":"', b"x" * MIB, id="a line of JSON lines"),
        pytest.param(b'[{"a":"', b"x" * MIB, id="an element of an array"),
        pytest.param(b"[", b"[" * 65536, id="brackets"),
        pytest.param(b'{"a":1}\n', b"\n" * 9999, id="white space after a document"),
        pytest.param(b"\0\0\0\0audio", b"x" * MIB, id="sound"),
    ],
)
def test_what_never_ends_is_given_up(start: bytes, piece: bytes) -> None:
    reading, most = peak(chat(), chain([start], repeated(piece, 2 * LIMIT)))

    assert reading.usage_state == "unreadable"
    assert most < 3 * LIMIT


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "zlib"])
def test_a_bomb_of_one_line_is_given_up(pack: Callable[[bytes], bytes]) -> None:
    body = pack(b"data: " + bytes(LIMIT + MIB))

    reading, most = peak(chat(), [body])

    assert reading.usage_state == "unreadable"
    assert most < 3 * LIMIT


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([gzip.compress(b"") * 100_000], id="a hundred thousand empty gzip members"),
        pytest.param(repeat(b"\n" * 512, 16384), id="white space in small pieces"),
        pytest.param([b'{"a":1}\n', *repeat(b"\n", 200_000)], id="blank lines after a document"),
        pytest.param([b"data: ", *repeat(b"x", 500_000)], id="an event byte by byte"),
        pytest.param([b"data: {}\n" * 500_000], id="events that no blank line parts"),
        pytest.param([b'data: "usage":{' + b"\ndata:" * 100_000], id="usage and empty lines"),
        pytest.param([b"\r" * 8_000_000, b"data: {}\r\r"], id="returns"),
        pytest.param([b'data: "usage"' + b" " * 8_000_000 + b"\n\n"], id="a gap before a colon"),
    ],
)
def test_no_trick_takes_the_time_of_its_square(pieces: Iterable[bytes]) -> None:
    listener = recognise(chat())
    assert listener is not None
    listener.head(200, {})

    for piece in pieces:
        listener.feed(piece)

    assert listener.finish("complete").usage.reported() == {}
