"""Plain bytes in, whole events out, however the bytes were cut.

A body is one JSON document, server-sent events, JSON lines, one JSON array of events or Amazon's
binary frames.  Its first byte tells which, or twelve of them for frames; the content type is only
a hint for bodies that start like none of these.  Nothing is decoded here, and never more than one
unfinished event is held.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html (checked 2026-11-22).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, Protocol

from pytest_specbudget.core.documents import decode
from pytest_specbudget.providers.aws_frames import PRELUDE_SIZE, Frames, is_prelude
from pytest_specbudget.providers.damage import TooLongError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LIMIT", "Listening", "Shape", "Splitter", "splitter_for"]

LIMIT = 64 << 20
"""The longest document or single event that is held, in bytes."""

Shape = Literal["empty", "document", "events", "opaque"]
"""Nothing but white space; one JSON document; a stream of any kind; neither JSON nor events."""

_EVENT_STARTS = b"deir:"  # data, event, id, retry, and a comment
_FRAME_STARTS = b"\0\1"  # the length of a frame, of at most some 24 MiB
_MARK = re.compile(rb'["{}\[\]]')
_STRING_MARK = re.compile(rb'["\\]')
_DEEPEST = 1000  # more than any decoder follows
_OVERHEAD = 48  # what Python adds to each line that it keeps, in bytes


class Listening(Protocol):
    """Takes what a splitter finds."""

    def event(self, data: bytes) -> None:
        """Take one event of a stream."""

    def last_event(self, data: bytes) -> None:
        """Take what followed the last whole event; it may be cut."""

    def document(self, data: bytes) -> None:
        """Take a whole plain body; it may be cut."""


class Splitter(Protocol):
    """Cuts one body into what a `Listening` takes."""

    @property
    def shape(self) -> Shape:
        """What the body is, as far as it was seen."""

    def feed(self, block: bytes) -> None:
        """Take the next bytes; raises `TooLongError`."""

    def close(self) -> None:
        """Hand over what is left at the end of the body."""


def splitter_for(first: bytes, content_type: str, listening: Listening) -> Splitter:
    """Choose the splitter for a body whose first byte that is no white space is *first*."""
    if first == b"{":
        return _Object(listening)
    if first == b"[":
        return _Array(listening)
    if first in _FRAME_STARTS:
        return _Binary(listening)
    if first in _EVENT_STARTS or "event-stream" in content_type:
        return _EventStream(listening)
    return _Opaque()


class _Held:
    """Something unfinished, which takes no more memory for coming in small pieces."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = bytearray()

    def add(self, piece: bytes) -> None:
        if len(self._held) + len(piece) > LIMIT:
            raise TooLongError(f"more than {LIMIT >> 20} MiB in one piece")
        self._held += piece

    def take(self) -> bytes:
        if not self._held:
            return b""
        whole = bytes(self._held)
        self._held.clear()
        return whole


class _Lines:
    """Bytes into lines; a line that is not finished is held."""

    __slots__ = ("_held", "_line")

    def __init__(self, line: Callable[[bytes], None]) -> None:
        self._held = _Held()
        self._line = line

    def feed(self, block: bytes) -> None:
        lines = block.split(b"\n")
        rest = lines.pop()
        if lines:
            lines[0] = self._held.take() + lines[0]
            line = self._line
            for each in lines:
                line(each)
        if rest:
            self._held.add(rest)

    def rest(self) -> bytes:
        return self._held.take()


class _EventStream:
    """Server-sent events: the data of one event, handed over at its blank line."""

    __slots__ = ("_after_return", "_data", "_lines", "_listening", "_size")

    shape: Shape = "events"

    def __init__(self, listening: Listening) -> None:
        self._listening = listening
        self._lines = _Lines(self._line)
        self._data: list[bytes] = []
        self._size = 0
        self._after_return = False

    def feed(self, block: bytes) -> None:
        if self._after_return or b"\r" in block:
            block = self._with_newlines(block)
        self._lines.feed(block)

    def close(self) -> None:
        self._line(self._lines.rest())
        if self._data:
            self._listening.last_event(self._event())

    def _with_newlines(self, block: bytes) -> bytes:
        """Write every end of a line as a newline; a return at the end may be half of one."""
        rest = block.removeprefix(b"\n") if self._after_return else block
        self._after_return = block[-1:] == b"\r" or (not block and self._after_return)
        return rest.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _line(self, line: bytes) -> None:
        if line[:5] == b"data:":
            self._data.append(line[5:])
            self._size += len(line) + _OVERHEAD
            if self._size > LIMIT:
                raise TooLongError(f"an event of more than {LIMIT >> 20} MiB")
        elif self._data and not line.strip():
            self._listening.event(self._event())

    def _event(self) -> bytes:
        data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
        self._data = []
        self._size = 0
        return data.strip()


class _Object:
    """A body that starts with a brace: one document, or JSON lines.

    It is lines if the first line is JSON by itself and more follows.
    """

    __slots__ = ("_broken", "_held", "_lines", "_listening", "_undecided")

    def __init__(self, listening: Listening) -> None:
        self._listening = listening
        self._held = _Held()
        self._lines: _Lines | None = None
        self._undecided = True
        self._broken = False  # whether the first line has ended

    @property
    def shape(self) -> Shape:
        return "events" if self._lines else "document"

    def feed(self, block: bytes) -> None:
        if self._lines:
            self._lines.feed(block)
            return
        self._held.add(block)
        self._broken = self._broken or b"\n" in block
        if self._undecided and self._broken and block.strip():
            self._decide()

    def close(self) -> None:
        if self._lines is None:
            self._listening.document(self._held.take())
        elif rest := self._lines.rest().strip():
            self._listening.last_event(rest)

    def _decide(self) -> None:
        body = self._held.take()
        first, _, rest = body.partition(b"\n")
        self._undecided = not rest.strip()
        if rest.strip() and _is_json(first):
            self._lines = _Lines(self._line)
            self._lines.feed(body)
        else:
            self._held.add(body)

    def _line(self, line: bytes) -> None:
        data = line.strip()
        if data:
            self._listening.event(data)


class _Array:
    """One JSON array whose elements are events, as Gemini streams without `alt=sse`."""

    __slots__ = ("_depth", "_escaped", "_held", "_in_string", "_listening")

    shape: Shape = "events"

    def __init__(self, listening: Listening) -> None:
        self._listening = listening
        self._held = _Held()
        self._depth = 0
        self._in_string = False
        self._escaped = False

    def feed(self, block: bytes) -> None:
        start = 0
        position = int(self._escaped)
        self._escaped = self._escaped and not block
        while mark := (_STRING_MARK if self._in_string else _MARK).search(block, position):
            position = mark.end()
            if self._in_string:
                position = self._within_string(mark[0], position, len(block))
            else:
                start = self._outside(mark[0], block, start, position)
        if self._depth > 1:
            self._held.add(block[start:])

    def close(self) -> None:
        rest = self._held.take()
        if rest:
            self._listening.last_event(rest)

    def _within_string(self, mark: bytes, position: int, size: int) -> int:
        if mark == b'"':
            self._in_string = False
            return position
        self._escaped = position == size
        return position + 1

    def _outside(self, mark: bytes, block: bytes, start: int, position: int) -> int:
        """Follow one bracket or quote; return where the current element starts in *block*."""
        if mark == b'"':
            self._in_string = True
        elif mark in b"{[":
            self._depth += 1
            if self._depth > _DEEPEST:
                raise TooLongError(f"nested more than {_DEEPEST} deep")
            if self._depth == 2:  # noqa: PLR2004 - the array itself is 1, its elements are 2
                return position - len(mark)
        else:
            self._depth -= 1
            if self._depth == 1:
                self._held.add(block[start:position])
                self._listening.event(self._held.take())
        return start


class _Binary:
    """A body that starts with zeros: Amazon's frames, or sound."""

    __slots__ = ("_first", "_frames", "_listening", "_undecided")

    def __init__(self, listening: Listening) -> None:
        self._listening = listening
        self._frames: Frames | None = None
        self._first = b""
        self._undecided = True

    @property
    def shape(self) -> Shape:
        return "events" if self._frames else "opaque"

    def feed(self, block: bytes) -> None:
        if self._frames:
            self._frames.feed(block)
        elif self._undecided:
            self._first += block
            self._decide()

    def close(self) -> None:
        if self._frames:
            self._frames.close()

    def _decide(self) -> None:
        if len(self._first) < PRELUDE_SIZE:
            return
        first, self._first, self._undecided = self._first, b"", False
        if is_prelude(first[:PRELUDE_SIZE]):
            self._frames = Frames(self._listening.event)
            self._frames.feed(first)


class _Opaque:
    """Audio, HTML: nothing is held and nothing is found."""

    __slots__ = ()

    shape: Shape = "opaque"

    def feed(self, block: bytes) -> None:
        """Forget *block*."""

    def close(self) -> None:
        """Have nothing to hand over."""


def _is_json(line: bytes) -> bool:
    try:
        decode(line)
    except ValueError:
        return False
    return True
