"""Bodies as the whole frames that they are made of, which can be changed or left out.

A frame is one event with all that surrounds it on the wire: an event of server-sent events, a line
of JSON, an element of a JSON array, a frame of Amazon's.  Any other body is a single frame.  Frames
put together are the body again, byte for byte; nothing is decompressed here.
"""

from __future__ import annotations

import json
import re
from struct import unpack_from
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes.event_frames import changed_payloads, is_event_stream, payloads

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["changed", "contents", "frames", "is_stream"]

_EVENT = re.compile(rb".+?(?:\r\n\r\n|\n\n|\r\r|\Z)", re.DOTALL)
_EVENT_STARTS = (b"data:", b"event:", b"id:", b"retry:", b":")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_DATA = b"data:"
_BETWEEN = " \t\r\n,["
_DECODER = json.JSONDecoder()


def frames(body: bytes) -> list[bytes]:
    """Cut *body* into its frames; one that is no stream is one frame, an empty one has none."""
    if is_event_stream(body):
        return _binary_frames(body)
    start = body.lstrip()[:1]
    if start == b"[":
        return _elements(body)
    if start == b"{":
        return _lines(body)
    return _EVENT.findall(body) if _is_events(body) else [body] if body else []


def is_stream(body: bytes) -> bool:
    """Tell whether *body* is a stream of any kind, even of one event."""
    return is_event_stream(body) or _is_events(body) or len(frames(body)) > 1


def contents(frame: bytes) -> bytes:
    """Return what one frame says, as text that can be searched."""
    return b"".join(payloads(frame)) if is_event_stream(frame) else frame


def changed(body: bytes, change: Callable[[Any], Any]) -> bytes:
    """Return *body* with what *change* makes of each JSON value that is a frame or in one.

    *change* may change what it is given; what it leaves equal is kept as it was written.
    """
    rewrite = _rewriting(change)
    if is_event_stream(body):
        return changed_payloads(body, rewrite)
    return b"".join(_changed(frame, rewrite) for frame in frames(body))


def _rewriting(change: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    def rewrite(text: bytes) -> bytes:
        try:
            before, new = json.loads(text), change(json.loads(text))
        except (ValueError, RecursionError):
            return text
        return text if new == before else json.dumps(new, ensure_ascii=False).encode()

    return rewrite


def _changed(frame: bytes, rewrite: Callable[[bytes], bytes]) -> bytes:
    if _is_events(frame):
        return _changed_event(frame, rewrite)
    bare = frame.strip(_BETWEEN.encode())
    start = frame.index(bare)
    return frame[:start] + rewrite(bare) + frame[start + len(bare) :]


def _changed_event(event: bytes, rewrite: Callable[[bytes], bytes]) -> bytes:
    """Change the data of an event, which several lines may tell; its other lines stay."""
    lines = _LINE_END.split(event)
    data = [line.removeprefix(_DATA).strip() for line in lines if line.startswith(_DATA)]
    before = b"\n".join(data)
    new = rewrite(before)
    if new == before:
        return event
    end = _LINE_END.search(event)
    others = [line for line in lines if line and not line.startswith(_DATA)]
    newline = end[0] if end else b"\n"
    return newline.join((*others, b"data: " + new, b"", b""))


def _is_events(body: bytes) -> bool:
    return body.lstrip().startswith(_EVENT_STARTS)


def _lines(body: bytes) -> list[bytes]:
    """Cut JSON lines; a document that stands on several lines is one frame."""
    lines = body.splitlines(keepends=True)
    return lines if len(lines) > 1 and _is_json(lines[0]) else [body]


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _elements(body: bytes) -> list[bytes]:
    """Cut a JSON array behind each of its elements, and what closes it off as the last frame."""
    try:
        text = body.decode()
        ends = list(_ends(text))
    except (ValueError, RecursionError):
        return [body]
    starts = [0, *ends]
    found = [text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True)]
    return [frame.encode() for frame in found if frame]


def _ends(text: str) -> list[int]:
    ends: list[int] = []
    at = 0
    while True:
        while at < len(text) and text[at] in _BETWEEN:
            at += 1
        if at >= len(text) or text[at] == "]":
            return ends
        _, at = _DECODER.raw_decode(text, at)
        ends.append(at)


def _binary_frames(body: bytes) -> list[bytes]:
    found, place = [], 0
    while is_event_stream(body[place:]):
        (length,) = unpack_from("!I", body, place)
        found.append(body[place : place + length])
        place += length
    return [*found, body[place:]] if body[place:] else found
