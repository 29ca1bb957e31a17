"""What an emulated provider answers, and how it is framed on the wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = [
    "CREATED",
    "DATA",
    "DATA_UNTIL_DONE",
    "HTTP_DATE",
    "JSON",
    "JSON_ARRAY",
    "NAMED_EVENTS",
    "Answer",
    "Framing",
    "Prompt",
    "Question",
    "Reply",
]

CREATED = 1_762_171_200
"""When every answer was made, in Unix seconds: 2025-11-03 12:00:00 UTC."""

HTTP_DATE = "Mon, 03 Nov 2025 12:00:00 GMT"
"""The same instant, as the Date header spells it."""

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What was asked, as far as a `Reply` needs it."""

    provider: str
    model: str
    text: str


Reply = Callable[[Prompt], str]
"""Words for a prompt.  Must say the same for the same prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request as a provider's format sees it.

    Attributes:
        model: From the path where the path names one (Gemini), otherwise from the body.
        query: The raw query string.
        body: The JSON object that was sent; empty if there was none.
        serial: 24 hexadecimal digits; differs for each answer, and is the same on every run.
        most_pieces: The most parts in which a stream may tell its answer.
    """

    model: str
    query: str
    body: Payload
    serial: str
    most_pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How payloads become bytes: one `bytes` for each payload, and what ends them."""

    content_type: str
    frames: Callable[[Sequence[Payload]], list[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a provider says to one question, before any misbehaviour."""

    model: str
    payloads: Sequence[Payload]
    framing: Framing

    @property
    def streamed(self) -> bool:
        return self.framing is not JSON


def _json(payload: Any) -> bytes:
    text: str = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def _event(payload: Payload) -> bytes:
    return b"event: " + str(payload["type"]).encode() + b"\ndata: " + _json(payload) + b"\n\n"


def _array(payloads: Sequence[Payload]) -> list[bytes]:
    opened = [b"[" + _json(payloads[0]), *(b",\r\n" + _json(each) for each in payloads[1:])]
    return [*opened, b"]"]


JSON = Framing(
    content_type="application/json",
    frames=lambda payloads: [_json(each) for each in payloads],
)
DATA_UNTIL_DONE = Framing(
    content_type="text/event-stream; charset=utf-8",
    frames=lambda payloads: [
        *(b"data: " + _json(each) + b"\n\n" for each in payloads),
        b"data: [DONE]\n\n",
    ],
)
DATA = Framing(
    content_type="text/event-stream",
    frames=lambda payloads: [b"data: " + _json(each) + b"\r\n\r\n" for each in payloads],
)
NAMED_EVENTS = Framing(
    content_type="text/event-stream; charset=utf-8",
    frames=lambda payloads: [_event(each) for each in payloads],
)
JSON_ARRAY = Framing(content_type="application/json; charset=UTF-8", frames=_array)
