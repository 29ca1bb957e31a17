"""Amazon's binary event stream in, the payloads of its frames out, however the bytes were cut.

A frame is its length, the length of its headers, a checksum of these two, the headers, the payload
and a checksum of all that.  Nothing of a frame is believed before its checksums were found right.
At most one unfinished frame is held.

A frame that reports an exception is handed over as JSON with an `error`, as other providers write
it, so that no reader has to know about frames.

Source: https://smithy.io/2.0/aws/amazon-eventstream.html (checked 2026-11-22); the longest headers
and payload are those of botocore 1.44.5.
"""

from __future__ import annotations

import json
from binascii import crc32
from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING

from pytest_specbudget.providers.damage import CutError, DamageError, TooLongError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["LONGEST", "PRELUDE_SIZE", "Frames", "is_prelude"]

_PRELUDE = Struct("!III")
_CHECKSUM = Struct("!I")
_SHORTEST = _PRELUDE.size + _CHECKSUM.size
_LONGEST_HEADERS = 128 << 10

PRELUDE_SIZE = _PRELUDE.size
"""How many bytes it takes to tell an event stream."""

LONGEST = _SHORTEST + _LONGEST_HEADERS + (24 << 20)
"""The longest frame that is held, in bytes."""

_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""How many bytes a header's value has, by its type: truths, integers, a time, a UUID."""
_BYTES, _TEXT = 6, 7  # values that state their own length

_FAILURES = ("exception", "error")


class Frames:
    """Cuts one event stream into the payloads of its frames, and hands each of them over."""

    __slots__ = ("_event", "_held", "_wanted")

    def __init__(self, event: Callable[[bytes], None]) -> None:
        self._event = event
        self._held = bytearray()
        self._wanted = PRELUDE_SIZE

    def feed(self, block: bytes) -> None:
        """Take the next bytes.

        Raises:
            TooLongError: If a frame says that it is longer than `LONGEST`.
            DamageError: If a checksum or a length is wrong.
        """
        held = self._held
        held += block
        start = 0
        while len(held) - start >= self._wanted:
            start += self._take(bytes(held[start : start + self._wanted]))
        del held[:start]

    def close(self) -> None:
        """Have nothing to hand over.

        Raises:
            CutError: If the last frame is not whole.
        """
        if self._held:
            raise CutError("the stream ends within a frame")

    def _take(self, piece: bytes) -> int:
        """Look at a prelude or use up a whole frame; return how many bytes are used up."""
        if self._wanted == PRELUDE_SIZE:
            self._wanted = _length(piece)
            return 0
        self._wanted = PRELUDE_SIZE
        self._event(_payload(piece))
        return len(piece)


def is_prelude(first: bytes) -> bool:
    """Tell whether *first*, of `PRELUDE_SIZE` bytes, is how a frame begins."""
    checksum: int = _PRELUDE.unpack(first)[2]
    return crc32(first[:8]) == checksum


def _length(prelude: bytes) -> int:
    """Return how long the frame is that begins with *prelude*."""
    if not is_prelude(prelude):
        raise DamageError("the checksum of a frame's length is wrong")
    length: int
    headers: int
    length, headers, _ = _PRELUDE.unpack(prelude)
    if length > LONGEST:
        raise TooLongError(f"a frame of {length} bytes")
    if headers > _LONGEST_HEADERS or length < _SHORTEST + headers:
        raise DamageError(f"a frame of {length} bytes with headers of {headers}")
    return length


def _payload(frame: bytes) -> bytes:
    """Return what *frame* carries, or the failure that it reports."""
    checked = memoryview(frame)[: -_CHECKSUM.size]
    if crc32(checked) != _CHECKSUM.unpack_from(frame, len(checked))[0]:
        raise DamageError("the checksum of a frame is wrong")
    end = PRELUDE_SIZE + _PRELUDE.unpack_from(frame)[1]
    headers = _headers(frame[PRELUDE_SIZE:end])
    payload = frame[end : len(checked)]
    return _error(headers, payload) if headers.get(":message-type") in _FAILURES else payload


def _error(headers: Mapping[str, str], payload: bytes) -> bytes:
    name = headers.get(":exception-type") or headers.get(":error-code") or "unnamed"
    words = headers.get(":error-message") or payload.decode("utf-8", "replace")
    return json.dumps({"error": {"type": name, "message": f"{name}: {words}"}}).encode()


@lru_cache(maxsize=16)  # a stream has a handful of kinds of frames, and hundreds of each
def _headers(data: bytes) -> Mapping[str, str]:
    """Read the headers of a frame and return those that are text."""
    found: dict[str, str] = {}
    position = 0
    try:
        while position < len(data):
            name_end = position + 1 + data[position]
            start, end = _value(data, name_end)
            if data[name_end] == _TEXT:
                found[data[position + 1 : name_end].decode()] = data[start:end].decode()
            position = end
    except (LookupError, UnicodeDecodeError):
        raise DamageError("the headers of a frame make no sense") from None
    if position > len(data):
        raise DamageError("the headers of a frame make no sense")
    return found


def _value(data: bytes, place: int) -> tuple[int, int]:
    """Return where the value starts and ends whose type stands at *place*."""
    kind, start = data[place], place + 1
    if kind in (_BYTES, _TEXT):
        size = int.from_bytes(data[start : start + 2], "big")
        return start + 2, start + 2 + size
    return start, start + _SIZES[kind]
