"""Recordings of Go's httprr: requests and responses as they passed over the wire, with lengths.

    httprr trace v1
    361 1629
    POST https://api.anthropic.com/v1/messages HTTP/1.1 ...

Source: files of https://github.com/tmc/langchaingo (llms/**/testdata), read 2026-11-22.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["load", "wrote"]

_FIRST = re.compile(rb"httprr trace v1\r?\n")
_LENGTHS = re.compile(rb"(\d{1,12}) (\d{1,12})\r?\n")
_BLANK = re.compile(rb"\s*")
_HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,12})[^\r\n]{0,200}\r?\n")


def wrote(data: bytes) -> bool:
    """Tell whether *data* is such a recording."""
    return _FIRST.match(data) is not None


def load(data: bytes) -> dict[str, Any]:
    """Read a recording into the form of vcrpy.

    Raises:
        ValueError: If it is cut, or no message stands where one should.
    """
    return {"interactions": [*_exchanges(data)]}


def _exchanges(data: bytes) -> Iterator[dict[str, Any]]:
    first = _FIRST.match(data)
    at = first.end() if first else 0
    while not _BLANK.fullmatch(data, at):
        lengths = _LENGTHS.match(data, at)
        if lengths is None:
            raise ValueError(f"byte {at} begins no exchange")
        asked, answered = map(int, lengths.groups())
        at = lengths.end() + asked + answered
        if at > len(data):
            raise ValueError(f"the exchange at byte {lengths.start()} is cut")
        middle = lengths.end() + asked
        yield _exchange(data[lengths.end() : middle], data[middle:at])


def _exchange(request: bytes, response: bytes) -> dict[str, Any]:
    (method, target, *_), asked_headers, asked_body = _message(request)
    (_, code, *words), headers, body = _message(response)
    host = "" if "//" in target else "//" + dict(asked_headers).get("host", "")
    return {
        "request": {
            "method": method,
            "uri": host + target,
            "headers": asked_headers,
            "body": asked_body or None,
        },
        "response": {
            "status": {"code": code, "message": " ".join(words)},
            "headers": headers,
            "body": body,
        },
    }


def _message(data: bytes) -> tuple[list[str], list[tuple[str, str]], bytes]:
    """Cut a message into the words of its first line, its headers and its body."""
    head, *rest = _HEAD_ENDS.split(data, maxsplit=1)
    first, *lines = head.decode("latin-1").splitlines()
    pairs = (line.partition(":") for line in lines)
    headers = [(name.strip().lower(), value.strip()) for name, _, value in pairs]
    body = rest[0] if rest else b""
    chunked = dict(headers).get("transfer-encoding") == "chunked"
    return first.split(" "), headers, _unchunked(body) if chunked else body


def _unchunked(body: bytes) -> bytes:
    """Put the chunks of *body* together; what is not in chunks comes back as it is."""
    pieces, at = [], 0
    while chunk := _CHUNK.match(body, at):
        size = int(chunk[1], 16)
        pieces.append(body[chunk.end() : chunk.end() + size])
        at = chunk.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1
        if not size:
            return b"".join(pieces)
    return body
