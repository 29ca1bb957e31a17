"""Bytes into events: encodings told by their first bytes, and every way to cut a stream."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest
from support.frames import event

from pytest_specbudget.providers.body import Body
from pytest_specbudget.providers.damage import TooLongError
from pytest_specbudget.providers.splitting import LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping

EVENTS = b'data: {"a":1}\n\ndata: {"b":2}\n\n'
FRAMES = event("a", {"a": 1}) + event("b", {"b": 2})


class Heard:
    """Keeps what a splitter hands over."""

    def __init__(self) -> None:
        self.events: list[bytes] = []
        self.last: list[bytes] = []
        self.documents: list[bytes] = []

    def event(self, data: bytes) -> None:
        self.events.append(data)

    def last_event(self, data: bytes) -> None:
        self.last.append(data)

    def document(self, data: bytes) -> None:
        self.documents.append(data)


def heard(
    data: bytes, headers: Mapping[str, str] | None = None, size: int | None = None
) -> tuple[Heard, str]:
    """Feed *data* in pieces of *size* and return what came of it, with the shape."""
    found = Heard()
    body = Body(headers or {}, found)
    for start in range(0, len(data), size or len(data) or 1):
        body.feed(data[start : start + (size or len(data))])
    body.close()
    return found, body.shape


@pytest.mark.parametrize("size", [1, 2, 7, None])
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(EVENTS, id="plain events"),
        pytest.param(EVENTS.replace(b"\n", b"\r\n"), id="lines end in carriage return and newline"),
        pytest.param(b": keep-alive\n\n" + EVENTS, id="a comment comes first"),
        pytest.param(b"\n \n" + EVENTS, id="white space comes first"),
        pytest.param(b"\xef\xbb\xbf" + EVENTS, id="a byte order mark comes first"),
        pytest.param(EVENTS.replace(b"data: ", b"data:"), id="no space after the colon"),
        pytest.param(
            b'data: {"a":1}\nevent: x\n\ndata: {"b":2}\nevent: y\n\n', id="event after data"
        ),
        pytest.param(b'id: 1\nretry: 3\ndata: {"a":1}\n\ndata: {"b":2}\n\n', id="other fields"),
        pytest.param(gzip.compress(EVENTS), id="gzip, and no header says so"),
        pytest.param(
            gzip.compress(EVENTS[:9]) + gzip.compress(EVENTS[9:]), id="gzip of two members"
        ),
        pytest.param(gzip.compress(EVENTS) + b"\0\0\0", id="gzip with padding after it"),
        pytest.param(zlib.compress(EVENTS), id="zlib"),
        pytest.param(b'{"a":1}\n{"b":2}\n', id="JSON lines"),
        pytest.param(b'[{"a":1}\n,\r\n{"b":2}]', id="a JSON array"),
        pytest.param(FRAMES, id="frames"),
        pytest.param(gzip.compress(FRAMES), id="frames in gzip"),
    ],
)
def test_events_are_the_same_however_they_came(data: bytes, size: int | None) -> None:
    found, shape = heard(data, size=size)

    assert found.events == [b'{"a":1}', b'{"b":2}']
    assert shape == "events"


@pytest.mark.parametrize("size", [1, 8, None])
def test_the_last_of_json_lines_needs_no_newline(size: int | None) -> None:
    found, _ = heard(b'{"a":1}\n{"b":2}', size=size)

    assert (found.events, found.last) == ([b'{"a":1}'], [b'{"b":2}'])


def test_a_header_that_lies_about_gzip_is_not_believed() -> None:
    found, _ = heard(EVENTS, {"content-encoding": "gzip", "content-type": "application/json"})

    assert found.events == [b'{"a":1}', b'{"b":2}']


def test_raw_deflate_is_believed_to_the_header() -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    data = packer.compress(EVENTS) + packer.flush()

    found, _ = heard(data, {"content-encoding": "deflate"})

    assert found.events == [b'{"a":1}', b'{"b":2}']


@pytest.mark.parametrize("size", [1, 5, None])
def test_data_of_several_lines_is_one_event(size: int | None) -> None:
    found, _ = heard(b'data: {"a":\ndata: 1}\n\n', size=size)

    assert found.events == [b'{"a":\n 1}']


@pytest.mark.parametrize("size", [1, 5, None])
def test_the_last_event_needs_no_newline(size: int | None) -> None:
    found, _ = heard(b'data: {"a":1}\n\ndata: [DONE]', size=size)

    assert found.events == [b'{"a":1}']
    assert found.last == [b"[DONE]"]


@pytest.mark.parametrize("size", [1, 5, None])
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"a": {"b": [1, 2]}}', id="on one line"),
        pytest.param(b'{"a": 1}\n\n', id="with newlines after it"),
        pytest.param(b'{\n  "a": 1,\n  "b": 2\n}\n', id="printed over several lines"),
    ],
)
def test_a_document_stays_in_one_piece(data: bytes, size: int | None) -> None:
    found, shape = heard(data, {"content-type": "text/event-stream"}, size)

    assert found.documents == [data]
    assert shape == "document"


@pytest.mark.parametrize("size", [1, 3, None])
def test_brackets_and_quotes_in_strings_do_not_end_an_element(size: int | None) -> None:
    elements = [rb'{"a":"}]\"[{\\"}', b'{"b":[{"c":[]}]}']

    found, _ = heard(b"[" + b",".join(elements) + b"]", size=size)

    assert found.events == elements


@pytest.mark.parametrize("size", [1, 3, None])
def test_a_cut_element_is_told_apart(size: int | None) -> None:
    found, _ = heard(b'[{"a":1},{"b":', size=size)

    assert found.events == [b'{"a":1}']
    assert found.last == [b'{"b":']


@pytest.mark.parametrize(
    ("data", "shape"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b" \r\n ", "empty", id="white space"),
        pytest.param(b"<html>", "opaque", id="a web page"),
        pytest.param(b"\xff\xf3\x44\xc4audio", "opaque", id="audio"),
        pytest.param(b"\0" * 99, "opaque", id="silence"),
        pytest.param(b"\0\0\0\x18ftypmp42....", "opaque", id="a film"),
        pytest.param(b"\0\0\1", "opaque", id="three bytes"),
    ],
)
def test_what_holds_no_events_is_named(data: bytes, shape: str) -> None:
    found, named = heard(data)

    assert named == shape
    assert not found.events + found.documents


def test_a_document_beyond_the_limit_is_refused() -> None:
    body = Body({}, Heard())
    body.feed(b'{"a":"')

    with pytest.raises(TooLongError):
        body.feed(b"x" * LIMIT)


def test_an_event_beyond_the_limit_is_refused() -> None:
    body = Body({}, Heard())
    body.feed(b"data: x")

    with pytest.raises(TooLongError):
        body.feed(b"x" * LIMIT)


def test_an_event_of_many_lines_beyond_the_limit_is_refused() -> None:
    body = Body({}, Heard())
    line = b"data: " + b"x" * (LIMIT // 4) + b"\n"
    for _ in range(3):
        body.feed(line)

    with pytest.raises(TooLongError):
        body.feed(line)


def test_a_stream_beyond_the_limit_is_read_to_its_end() -> None:
    found = Heard()
    body = Body({}, found)
    quarter = b"data: " + b"x" * (LIMIT // 4) + b"\n\n"
    for _ in range(6):
        body.feed(quarter)

    assert len(found.events) == 6
