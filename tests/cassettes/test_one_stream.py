"""A replayed answer of aiohttp is one stream, whichever version of vcrpy replays it."""

from __future__ import annotations

import asyncio
import io
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_specbudget.cassettes.one_stream import one_stream

STUBS = "vcr.stubs.aiohttp_stubs"


class Stream(io.BytesIO):
    """A stream as aiohttp has it, which a closed answer breaks."""

    broken: Exception | None = None

    def exception(self) -> Exception | None:
        return self.broken

    def feed_data(self, data: bytes) -> None:
        self.write(data)

    def feed_eof(self) -> None:
        self.seek(0)


class Anew:
    """An answer as in vcrpy 8.2.1, which closes it before anybody reads it."""

    def __init__(self) -> None:
        self.content.broken = ConnectionError("closed")

    @property
    def content(self) -> Stream:
        return Stream(b"one\ntwo\n")


class Kept:
    """An answer as in vcrpy 9.4.2."""

    def __init__(self) -> None:
        self.content = Stream(b"one\ntwo\n")


async def drained(_cassette: object, _request: object, response: Live) -> None:
    """Record as vcrpy 8.2.1 does."""
    response.content.read()


class Live:
    """An answer of a provider."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.content = Stream(body)


def installed(monkeypatch: pytest.MonkeyPatch, answer: type) -> Any:
    module = SimpleNamespace(MockClientResponse=answer, MockStream=Stream, record_response=drained)
    monkeypatch.setitem(sys.modules, STUBS, module)
    return module


@pytest.fixture
def stubs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type:
    installed(monkeypatch, request.param)
    return request.param  # type: ignore[no-any-return]


@pytest.mark.parametrize("stubs", [Anew, Kept], indirect=True)
def test_what_was_read_of_an_answer_stays_read(stubs: type[Anew | Kept]) -> None:
    with one_stream():
        first, other = stubs(), stubs()

        lines = [first.content.readline(), first.content.readline(), other.content.readline()]

    assert lines == [b"one\n", b"two\n", b"one\n"]


@pytest.mark.parametrize("body", [b"one\ntwo\n", b""], ids=["a stream", "nothing"])
def test_what_was_recorded_can_be_read_once_more(
    monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    module, live = installed(monkeypatch, Anew), Live(body)

    with one_stream():
        asyncio.run(module.record_response(None, None, live))

    assert live.content.read() == body


def test_at_the_end_the_stub_is_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    module = installed(monkeypatch, Anew)
    before = vars(Anew)["content"]

    with one_stream():
        assert vars(Anew)["content"] is not before
        assert module.record_response is not drained

    assert vars(Anew)["content"] is before
    assert module.record_response is drained


def test_where_aiohttp_is_not_there_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, STUBS, raising=False)

    with one_stream():
        assert STUBS not in sys.modules
