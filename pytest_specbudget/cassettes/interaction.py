"""One request and its answer, as a recording holds them.

Bodies are bytes, headers keep their case and their repetitions.  These values know nothing of
vcrpy, of files or of matching.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Answer",
    "Asked",
    "Headers",
    "Interaction",
    "body_bytes",
    "interaction_from",
    "plain_headers",
]

Headers = dict[str, list[str]]
"""Each header's values in the order sent, under the name as it was written first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request.

    Attributes:
        method: As sent.
        uri: With the query.
        body: None where there was none.
        headers: As sent.
    """

    method: str
    uri: str
    body: bytes | None = None
    headers: Headers = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response.

    Attributes:
        status: The HTTP status.
        reason: The phrase beside it, or None.
        body: As it passed over the wire, or decompressed.
        headers: As received.
    """

    status: int
    reason: str | None = None
    body: bytes = b""
    headers: Headers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interaction:
    """What was asked and what was answered."""

    asked: Asked
    answer: Answer


def interaction_from(document: Mapping[str, Any]) -> Interaction:
    """Read one entry of a cassette, in the shape that vcrpy 8 and 9 write.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: If it has another shape.
    """
    request, response = document["request"], document["response"]
    asked = Asked(
        method=str(request["method"]),
        uri=str(request["uri"]),
        body=body_bytes(request.get("body")),
        headers=_headers(request),
    )
    answer = Answer(
        status=int(response["status"]["code"]),
        reason=response["status"].get("message"),
        body=body_bytes((response.get("body") or {}).get("string")) or b"",
        headers=_headers(response),
    )
    return Interaction(asked, answer)


def plain_headers(headers: Mapping[Any, Any]) -> Headers:
    """Bring headers to one shape: text, and a list of values under each name."""
    return {_text(name): [_text(value) for value in _each(headers[name])] for name in headers}


def body_bytes(body: Any) -> bytes | None:
    """Bring what clients and cassettes hold to bytes: text, documents, files, pieces."""
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytearray | memoryview) else _gathered(body)


def _gathered(body: Any) -> bytes:
    if hasattr(body, "read"):
        return body_bytes(body.read()) or b""
    if isinstance(body, dict | list):
        return json.dumps(body, default=repr).encode()
    if hasattr(body, "__iter__"):
        return b"".join(body_bytes(piece) or b"" for piece in body)
    return repr(body).encode()


def _headers(message: Mapping[str, Any]) -> Headers:
    """Take the headers of a document, which is nobody else's; ours have the shape already."""
    headers = message.get("headers") or {}
    return headers if _are_plain(headers) else plain_headers(headers)


def _are_plain(headers: Any) -> TypeGuard[Headers]:
    if type(headers) is not dict or not set(map(type, headers.values())) <= {list}:
        return False
    try:
        return "".join(chain(headers, *headers.values())).isascii()
    except TypeError:
        return False


def _each(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    text = str(value)
    # aiohttp keeps bytes that are no UTF-8 as lone surrogates, which no YAML reader accepts.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
