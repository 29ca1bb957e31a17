"""Amazon's event streams, written as the server does."""

from __future__ import annotations

import json
from base64 import b64encode
from binascii import crc32
from struct import pack
from typing import Any

__all__ = ["chunk", "event", "failure", "frame", "with_checksums"]

_TEXT = 7


def frame(payload: bytes, headers: dict[str, str]) -> bytes:
    """Write one frame, whose *headers* are all text."""
    return with_checksums(b"".join(map(_header, headers.items())), payload)


def with_checksums(headers: bytes, payload: bytes = b"") -> bytes:
    """Write one frame of *headers* as they are."""
    prelude = pack("!II", 16 + len(headers) + len(payload), len(headers))
    body = prelude + pack("!I", crc32(prelude)) + headers + payload
    return body + pack("!I", crc32(body))


def event(kind: str, document: Any) -> bytes:
    """Write an event of Bedrock."""
    headers = {
        ":event-type": kind,
        ":content-type": "application/json",
        ":message-type": "event",
    }
    return frame(json.dumps(document, separators=(",", ":")).encode(), headers)


def chunk(document: Any) -> bytes:
    """Write what InvokeModel streams: base64 within JSON within a frame."""
    return event("chunk", {"bytes": b64encode(json.dumps(document).encode()).decode(), "p": "abc"})


def failure(kind: str, words: str) -> bytes:
    """Write the exception that ends a stream."""
    headers = {":exception-type": kind, ":message-type": "exception"}
    return frame(json.dumps({"message": words}).encode(), headers)


def _header(pair: tuple[str, str]) -> bytes:
    name, text = (each.encode() for each in pair)
    return pack("!B", len(name)) + name + pack("!BH", _TEXT, len(text)) + text
