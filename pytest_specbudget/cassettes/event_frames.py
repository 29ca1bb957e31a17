"""Amazon's event streams with other payloads, and checksums that are right for them.

A client holds every frame against its checksums, so a stream from which something was taken out as
from a text would not replay.  What InvokeModel streams is base64 within the payload, and is changed
inside of it.  What is no whole frame is changed as bytes.

Source: https://smithy.io/2.0/aws/amazon-eventstream.html (checked 2026-11-22).
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error, crc32
from struct import pack, unpack_from
from typing import TYPE_CHECKING

from pytest_specbudget.providers.aws_frames import PRELUDE_SIZE, is_prelude

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["changed_payloads", "is_event_stream", "payloads"]

_CHECKSUM = 4  # bytes
_PACKED = re.compile(rb'(?<="bytes":")[A-Za-z0-9+/]+={0,2}(?=")')


def is_event_stream(body: bytes) -> bool:
    """Tell whether *body* begins with a frame."""
    return len(body) >= PRELUDE_SIZE and is_prelude(body[:PRELUDE_SIZE])


def changed_payloads(body: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return *body* with what *change* makes of each payload; itself if nothing changes."""
    pieces, done = [], 0
    for frame, start, end in _frames(body):
        payload = frame[start:end]
        new = change(_opened(payload, change))
        pieces.append(frame if new == payload else _frame(frame[PRELUDE_SIZE:start], new))
        done += len(frame)
    made = b"".join((*pieces, change(body[done:])))
    return body if made == body else made


def payloads(body: bytes) -> Iterator[bytes]:
    """Yield each payload, with what is packed in it unpacked."""
    for frame, start, end in _frames(body):
        yield _PACKED.sub(lambda found: _unpacked(found[0]), frame[start:end])


def _frames(body: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield each whole frame, and where its payload starts and ends in it."""
    place = 0
    while is_event_stream(body[place : place + PRELUDE_SIZE]):
        length, headers = unpack_from("!II", body, place)
        start, end = PRELUDE_SIZE + headers, length - _CHECKSUM
        if end < start or place + length > len(body):
            return
        yield body[place : place + length], start, end
        place += length


def _opened(payload: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Change what stands in base64 in *payload*; what is unchanged is kept as it was written."""

    def packed_again(found: re.Match[bytes]) -> bytes:
        plain = _unpacked(found[0])
        new = change(plain)
        return found[0] if new == plain else b64encode(new)

    return _PACKED.sub(packed_again, payload)


def _unpacked(packed: bytes) -> bytes:
    try:
        return b64decode(packed)
    except Error:
        return packed


def _frame(headers: bytes, payload: bytes) -> bytes:
    length = PRELUDE_SIZE + len(headers) + len(payload) + _CHECKSUM
    prelude = pack("!II", length, len(headers))
    body = prelude + pack("!I", crc32(prelude)) + headers + payload
    return body + pack("!I", crc32(body))
