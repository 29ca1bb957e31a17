"""Lets an attempt listen to the body of one of aiohttp's answers while it comes in.

aiohttp's parser puts each piece into the stream's buffer, from where the caller reads it by a
dozen methods.  The buffer is replaced by one that tells of what is put in, so that every way of
reading is heard, nothing is delayed, joined or held, and a read that was cancelled may be
repeated.  What had come but was not read when the answer was closed is heard as well: it was
paid for.

Source: aiohttp 3.9.5, 3.11.18, 3.13.2 and 3.14.5 (`aiohttp/streams.py`).
"""

from __future__ import annotations

import sys
from collections import deque
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import End
    from pytest_specbudget.meters.attempt import Attempt

__all__ = ["follow"]

_CLOSED_BY_CALLER = "ClientConnectionError"
"""What a stream is told when its answer is closed or released; what breaks one is a subclass."""


def follow(attempt: Attempt, content: Any) -> None:
    """Let *attempt* hear what is in the stream *content* and what comes yet, and book it then.

    Raises:
        Exception: If the stream is not made as expected; then nothing is booked.
    """
    came = content.total_bytes
    if content.at_eof():
        _end(attempt, "complete", heard=0, came=came)
        return
    # aiohttp has no public way to hear a body that somebody else reads.
    pieces = content._buffer  # noqa: SLF001
    if type(pieces) is not deque:
        raise TypeError(f"aiohttp keeps a body in a {type(pieces).__qualname__}")
    unread = _Unread(pieces)
    unread.listen(attempt)
    if content.is_eof():
        unread.end("complete", came)
    elif content.exception() is not None:
        unread.end("error", came, content.exception())
    else:
        content.__class__ = _heard(content.__class__)
        content._buffer = unread  # noqa: SLF001


class _Unread(deque[bytes]):
    """The pieces that came and were not read yet."""

    __slots__ = ("_attempt", "_heard")

    def listen(self, attempt: Attempt) -> None:
        """Let *attempt* hear what is here already, and all that is put in."""
        self._attempt = attempt
        self._heard = 0
        for piece in self:
            self._hear(piece)

    def append(self, piece: bytes) -> None:
        super().append(piece)
        self._hear(piece)

    def end(self, end: End, came: int, error: BaseException | None = None) -> None:
        """Book the attempt, of whose body *came* bytes came in."""
        _end(self._attempt, end, self._heard, came, error)

    def _hear(self, piece: bytes) -> None:
        self._heard += len(piece)
        self._attempt.feed(piece)

    def __del__(self) -> None:
        attempt = getattr(self, "_attempt", None)
        if attempt is not None:
            attempt.lose()


@cache
def _heard(stream_type: Any) -> Any:
    """Make a *stream_type* that tells its buffer how it ended.

    It has one base and no room of its own, so that a stream can be turned into it.
    """

    class Heard(stream_type):  # type: ignore[misc] # aiohttp's, whatever it is
        __slots__ = ()

        def feed_eof(self) -> None:
            super().feed_eof()
            self._buffer.end("complete", self.total_bytes)

        def set_exception(self, error: BaseException, *more: Any, **options: Any) -> None:
            super().set_exception(error, *more, **options)
            end, cause = _broken_off_by(error)
            self._buffer.end(end, self.total_bytes, cause)

    Heard.__name__ = stream_type.__name__
    return Heard


def _broken_off_by(error: BaseException) -> tuple[End, BaseException | None]:
    """Tell why a stream got *error*; an answer that is closed early gets one as well.

    It may be closed because its caller, who would have read on, was cancelled or out of time.
    """
    from asyncio import CancelledError  # noqa: PLC0415 - 24 ms, and aiohttp has imported it

    if type(error).__name__ != _CLOSED_BY_CALLER:
        return "error", error
    cause = sys.exception()
    interrupted = isinstance(cause, CancelledError | TimeoutError)
    return ("error", cause) if interrupted else ("closed", None)


def _end(
    attempt: Attempt, end: End, heard: int, came: int, error: BaseException | None = None
) -> None:
    if heard != came:
        attempt.hearing.hold(ValueError(f"{heard} of {came} bytes of an answer were heard"))
    attempt.finish(end, error)
