"""Bodies that were encoded more than once, and zlib of every window."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers import recognise

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.core.reading import Reading

ANSWER = json.dumps(
    {
        "model": "gpt-4o",
        "choices": [{"finish_reason": "stop", "message": {"content": "x" * 300}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 200},
    }
).encode()
ASKED = b'{"model": "gpt-4o", "messages": []}'


def with_window(bits: int) -> Callable[[bytes], bytes]:
    def pack(body: bytes) -> bytes:
        packer = zlib.compressobj(wbits=bits)
        return packer.compress(body) + packer.flush()

    return pack


raw_deflate = with_window(-zlib.MAX_WBITS)


def read(body: bytes, encoding: str, size: int = 1 << 20) -> Reading:
    listener = recognise(Request("POST", "api.openai.com", "/v1/chat/completions", ASKED))
    assert listener is not None
    listener.head(200, {"content-encoding": encoding})
    for start in range(0, len(body), size):
        listener.feed(body[start : start + size])
    return listener.finish("complete")


STACKS = {
    "gzip, gzip": gzip.compress(gzip.compress(ANSWER)),
    "deflate, gzip": gzip.compress(raw_deflate(ANSWER)),
    "gzip, deflate": raw_deflate(gzip.compress(ANSWER)),
    "GZIP,Deflate": zlib.compress(gzip.compress(ANSWER)),
    "deflate, identity, gzip": gzip.compress(raw_deflate(ANSWER)),
    "gzip, gzip, gzip": gzip.compress(gzip.compress(gzip.compress(ANSWER))),
}


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize("encoding", STACKS)
def test_what_was_encoded_twice_is_decoded_twice(encoding: str, size: int) -> None:
    reading = read(STACKS[encoding], encoding, size)

    assert (reading.usage.input_tokens, reading.usage.output_tokens) == (1000, 200)
    assert reading.usage_state == "complete"


@pytest.mark.parametrize("size", [3, 1 << 20])
def test_brotli_over_gzip_is_decoded_twice(size: int) -> None:
    brotli = pytest.importorskip("brotli")

    reading = read(brotli.compress(gzip.compress(ANSWER)), "gzip, br", size)

    assert reading.usage.input_tokens == 1000


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip, identity", "identity, gzip", "br, gzip"])
def test_a_header_that_says_too_much_is_not_believed(encoding: str) -> None:
    once = "br" not in encoding

    assert read(ANSWER, encoding).usage.input_tokens == 1000
    assert not once or read(gzip.compress(ANSWER), encoding).usage.input_tokens == 1000


@pytest.mark.parametrize("bits", range(9, 16))
def test_zlib_of_every_window_is_read(bits: int) -> None:
    assert read(with_window(bits)(ANSWER), "deflate").usage.input_tokens == 1000


def test_deflate_without_zlib_is_read() -> None:
    assert read(raw_deflate(ANSWER), "deflate").usage.input_tokens == 1000


def test_a_stack_that_is_cut_is_unreadable() -> None:
    assert read(STACKS["gzip, gzip"][:-40], "gzip, gzip").usage_state == "unreadable"


@given(st.binary(max_size=200), st.integers(1, 9))
def test_no_stack_breaks_the_call(body: bytes, size: int) -> None:
    for encoding in ("gzip, gzip", "br, deflate", ", ,", "deflate," * 40):
        read(body, encoding, size)
        read(gzip.compress(body), encoding, size)
