"""A replayed answer of aiohttp is one stream, whichever version of vcrpy replays it."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cassettes.one_stream import one_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

STUBS = "vcr.stubs.aiohttp_stubs"


class Stream(io.BytesIO):
    """A stream as aiohttp has it, which a closed answer breaks."""

    broken: Exception | None = None

    def exception(self) -> Exception | None:
        return self.broken


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


@pytest.fixture
def stubs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[type]:
    module = SimpleNamespace(MockClientResponse=request.param)
    monkeypatch.setitem(sys.modules, STUBS, module)
    return request.param  # type: ignore[no-any-return]


@pytest.mark.parametrize("stubs", [Anew, Kept], indirect=True)
def test_what_was_read_of_an_answer_stays_read(stubs: type[Anew | Kept]) -> None:
    with one_stream():
        first, other = stubs(), stubs()

        lines = [first.content.readline(), first.content.readline(), other.content.readline()]

    assert lines == [b"one\n", b"two\n", b"one\n"]


def test_at_the_end_the_stub_is_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, STUBS, SimpleNamespace(MockClientResponse=Anew))
    before = vars(Anew)["content"]

    with one_stream():
        assert vars(Anew)["content"] is not before

    assert vars(Anew)["content"] is before


def test_where_aiohttp_is_not_there_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, STUBS, raising=False)

    with one_stream():
        assert STUBS not in sys.modules
