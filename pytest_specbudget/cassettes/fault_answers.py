"""Answers that nobody gave: failures, and answers that decline, in a provider's wire format; pure.

They are told apart by the path of the request.  A failure in a format that is not known here is
worded as OpenAI words it; an answer that declines is not made up for such a format.

Source: the types of openai 3.54.0, anthropic 2.12.0 and google-genai 3.4.0; `RetryInfo` of
https://cloud.google.com/php/docs/reference/common-protos/latest/Rpc.RetryInfo (2026-11-22);
the errors in botocore 1.44.5's description of bedrock-runtime, by which boto3 names what is raised.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal

from pytest_specbudget.cassettes.interaction import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_specbudget.cassettes.faults import Call, Fault

__all__ = ["Wire", "injected", "wire_of"]

Wire = Literal["chat", "responses", "anthropic", "gemini", "bedrock", "other"]

_WIRES: tuple[tuple[re.Pattern[str], Wire], ...] = (
    (re.compile(r"/chat/completions$"), "chat"),
    (re.compile(r"/responses$"), "responses"),
    (re.compile(r"/messages$|/anthropic/.*:(?:streamR|r)awPredict$"), "anthropic"),
    (re.compile(r":(?:streamG|g)enerateContent$"), "gemini"),
    (re.compile(r"^/model/[^/]+/(?:invoke|converse)(?:-.*)?$"), "bedrock"),
)
_REASONS = {429: "Too Many Requests", 500: "Internal Server Error"}
_FAILED = {
    429: "Rate limit reached (injected by spec_fault).",
    500: "The server had an error (injected by spec_fault).",
}
_AMAZON = {429: "ThrottlingException", 500: "InternalServerException"}
_DECLINED = "I can't help with that (refusal injected by spec_fault)."
_ID = "spec_fault"
_JSON = "application/json"
_EVENTS = "text/event-stream; charset=utf-8"
_MADE_AT = 1_762_171_200  # 2025-11-03 12:00:00 UTC, so that equal faults are equal answers

Payload = dict[str, Any]


def wire_of(path: str) -> Wire:
    """Return in which format a request to *path* is answered."""
    return next((wire for pattern, wire in _WIRES if pattern.search(path)), "other")


def injected(fault: Fault, call: Call) -> Answer:
    """Return what is answered instead of a provider: a `429`, a `500` or a `refusal`.

    Raises:
        ValueError: If the format of *call* is not known well enough to decline in it.
    """
    wire = wire_of(call.request.path)
    if fault.kind == "refusal":
        return _refusal(wire, call, _DECLINED if fault.words is None else fault.words)
    status = int(fault.kind)
    words = _FAILED[status] if fault.words is None else fault.words
    body = _ERRORS[wire](status, words, fault.retry_after_s)
    named = {"x-amzn-errortype": _AMAZON[status]} if wire == "bedrock" else {}
    return _answer(status, _encoded(body), _JSON, _later(fault.retry_after_s) | named)


def _answer(status: int, body: bytes, kind: str, more: Mapping[str, str] | None = None) -> Answer:
    headers = {"content-type": kind, "content-length": str(len(body)), **(more or {})}
    reason = _REASONS.get(status, "OK")
    listed = {name: [told] for name, told in headers.items()}
    return Answer(status=status, reason=reason, body=body, headers=listed)


def _encoded(payload: Any) -> bytes:
    return json.dumps(payload, ensure_ascii=False).encode()


# Failures -----------------------------------------------------------------------------------------


def _later(seconds: float | None) -> dict[str, str]:
    """Say when to ask again; SDKs that know milliseconds read those first."""
    if seconds is None:
        return {}
    if float(seconds).is_integer() and seconds > 0:
        return {"retry-after": str(int(seconds))}
    return {"retry-after-ms": str(max(1, round(seconds * 1000))), "retry-after": str(int(seconds))}


def _openai_error(status: int, words: str, _seconds: float | None) -> Payload:
    kind = "rate_limit_exceeded" if status == 429 else "server_error"  # noqa: PLR2004 - its name says it
    return {"error": {"message": words, "type": kind, "param": None, "code": kind}}


def _anthropic_error(status: int, words: str, _seconds: float | None) -> Payload:
    kind = "rate_limit_error" if status == 429 else "api_error"  # noqa: PLR2004 - its name says it
    return {"type": "error", "error": {"type": kind, "message": words}, "request_id": _ID}


def _google_error(status: int, words: str, seconds: float | None) -> Payload:
    name = "RESOURCE_EXHAUSTED" if status == 429 else "INTERNAL"  # noqa: PLR2004 - its name says it
    error: Payload = {"code": status, "message": words, "status": name}
    if seconds is not None:
        kind = "type.googleapis.com/google.rpc.RetryInfo"
        error["details"] = [{"@type": kind, "retryDelay": f"{seconds:.3f}s"}]
    return {"error": error}


def _amazon_error(_status: int, words: str, _seconds: float | None) -> Payload:
    return {"message": words}


_ERRORS: Mapping[Wire, Callable[[int, str, float | None], Payload]] = {
    "chat": _openai_error,
    "responses": _openai_error,
    "anthropic": _anthropic_error,
    "gemini": _google_error,
    "bedrock": _amazon_error,
    "other": _openai_error,
}


# Answers that decline -----------------------------------------------------------------------------


def _refusal(wire: Wire, call: Call, words: str) -> Answer:
    if wire not in _REFUSALS:
        raise ValueError(
            f"how an answer to {call.request.path} declines is not known; "
            'use "bad_output" with words= on a recording of it'
        )
    whole, events = _REFUSALS[wire](call.model, words)
    if not call.streaming:
        return _answer(200, _encoded(whole), _JSON)
    if wire == "gemini" and "alt=sse" not in call.request.query:
        return _answer(200, _encoded(list(events)), _JSON)
    return _answer(200, b"".join(map(_event, events)) + _END.get(wire, b""), _EVENTS)


def _event(payload: Payload) -> bytes:
    name = payload.get("type")
    head = b"" if name is None else b"event: " + str(name).encode() + b"\n"
    return head + b"data: " + _encoded(payload) + b"\n\n"


_END: Mapping[Wire, bytes] = {"chat": b"data: [DONE]\n\n"}


def _chat(model: str, words: str) -> tuple[Payload, Sequence[Payload]]:
    head = {"id": f"chatcmpl-{_ID}", "created": _MADE_AT, "model": model}
    message = {"role": "assistant", "content": None, "refusal": words}
    choice: Payload = {"index": 0, "logprobs": None}
    deltas: list[Payload] = [{"role": "assistant", "content": None}, {"refusal": words}, {}]
    ends = (None, None, "stop")
    whole = choice | {"message": message, "finish_reason": "stop"}
    chunk = head | {"object": "chat.completion.chunk"}
    return head | {"object": "chat.completion", "choices": [whole]}, [
        chunk | {"choices": [choice | {"delta": delta, "finish_reason": end}]}
        for delta, end in zip(deltas, ends, strict=True)
    ]


def _responses(model: str, words: str) -> tuple[Payload, Sequence[Payload]]:
    part = {"type": "refusal", "refusal": words}
    item = {"id": f"msg_{_ID}", "type": "message", "role": "assistant"}
    done = item | {"status": "completed", "content": [part]}
    opened = _response(model) | {"status": "in_progress", "output": []}
    whole = _response(model) | {"status": "completed", "output": [done]}
    at = {"output_index": 0, "item_id": item["id"], "content_index": 0}
    told: list[Payload] = [
        {"type": "response.created", "response": opened},
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": item | {"status": "in_progress", "content": []},
        },
        {"type": "response.content_part.added", **at, "part": part | {"refusal": ""}},
        {"type": "response.refusal.delta", **at, "delta": words},
        {"type": "response.refusal.done", **at, "refusal": words},
        {"type": "response.content_part.done", **at, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": done},
        {"type": "response.completed", "response": whole},
    ]
    return whole, [each | {"sequence_number": number} for number, each in enumerate(told)]


def _response(model: str) -> Payload:
    return {
        "id": f"resp_{_ID}",
        "object": "response",
        "created_at": _MADE_AT,
        "model": model,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": None,
    }


def _anthropic(model: str, words: str) -> tuple[Payload, Sequence[Payload]]:
    # A message always has a usage; nothing was consumed, and the charge is a fake's.
    usage = {"input_tokens": 0, "output_tokens": 0}
    head: Payload = {"id": f"msg_{_ID}", "type": "message", "role": "assistant", "model": model}
    end = {"stop_reason": "refusal", "stop_sequence": None}
    whole = head | {"content": [{"type": "text", "text": words}], **end, "usage": usage}
    start: Payload = head | {
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }
    block = {"type": "text", "text": ""}
    return whole, [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": words},
        },
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": end, "usage": usage},
        {"type": "message_stop"},
    ]


def _gemini(model: str, words: str) -> tuple[Payload, Sequence[Payload]]:
    """Stop for safety: Google's models give no text then, only a reason."""
    candidate = {"index": 0, "finishReason": "SAFETY", "finishMessage": words}
    whole = {"candidates": [candidate], "modelVersion": model, "responseId": _ID}
    return whole, [whole]


_REFUSALS: Mapping[Wire, Callable[[str, str], tuple[Payload, Sequence[Payload]]]] = {
    "chat": _chat,
    "responses": _responses,
    "anthropic": _anthropic,
    "gemini": _gemini,
}
