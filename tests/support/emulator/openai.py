"""OpenAI's formats: Chat Completions, Responses, Embeddings.

Source: the types of openai 3.54.0, which are generated from OpenAI's OpenAPI description.
"""

from __future__ import annotations

import base64
import math
import re
import struct
import zlib
from typing import TYPE_CHECKING, Any

from support.emulator.answer import (
    CREATED,
    DATA_UNTIL_DONE,
    JSON,
    NAMED_EVENTS,
    Answer,
    Prompt,
    Question,
)
from support.emulator.tokens import cached_share, count, pieces, text_of, thought

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.emulator.answer import Payload, Reply

__all__ = ["chat", "embeddings", "error", "responses"]

_SNAPSHOTS = {
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "gpt-5-mini": "gpt-5-mini-2025-08-07",
}
_REASONING_STEP = 64
_DIMENSIONS = 1536
_ERROR_TYPES = {429: "rate_limit_exceeded", 404: "invalid_request_error"}


def error(status: int, message: str) -> Payload:
    """A failure as OpenAI words it."""
    kind = _ERROR_TYPES.get(status, "server_error")
    return {"error": {"message": message, "type": kind, "param": None, "code": kind}}


def _snapshot(model: str) -> str:
    """OpenAI answers with the dated name of the model that an alias stands for."""
    return _SNAPSHOTS.get(model, model)


def _reasoning(model: str, answer_tokens: int) -> int:
    return -(-thought(model, answer_tokens) // _REASONING_STEP) * _REASONING_STEP


# Chat Completions ---------------------------------------------------------------------------------


def chat(question: Question, reply: Reply) -> Answer:
    """`POST /chat/completions`; a stream reports usage only with `stream_options.include_usage`."""
    prompt = text_of(question.body.get("messages"))
    text = reply(Prompt(provider="openai", model=question.model, text=prompt))
    usage = _chat_usage(question.model, prompt, text)
    if not question.body.get("stream"):
        return _answer(question, [_completion(question, text, usage)])
    return Answer(
        model=_snapshot(question.model),
        payloads=list(_chunks(question, text, usage)),
        framing=DATA_UNTIL_DONE,
    )


def _answer(question: Question, payloads: list[Payload]) -> Answer:
    return Answer(model=_snapshot(question.model), payloads=payloads, framing=JSON)


def _chat_usage(model: str, prompt: str, text: str) -> Payload:
    prompt_tokens, answer_tokens = count(prompt), count(text)
    reasoning = _reasoning(model, answer_tokens)
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": answer_tokens + reasoning,
        "total_tokens": prompt_tokens + answer_tokens + reasoning,
        "prompt_tokens_details": {"cached_tokens": cached_share(prompt_tokens), "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _head(question: Question, kind: str) -> Payload:
    return {
        "id": f"chatcmpl-{question.serial}",
        "object": kind,
        "created": CREATED,
        "model": _snapshot(question.model),
        "service_tier": "default",
        "system_fingerprint": "fp_emulated",
    }


def _completion(question: Question, text: str, usage: Payload) -> Payload:
    message: Payload = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {**_head(question, "chat.completion"), "choices": [choice], "usage": usage}


def _chunks(question: Question, text: str, usage: Payload) -> Iterator[Payload]:
    options = question.body.get("stream_options") or {}
    with_usage = bool(options.get("include_usage"))
    head = _head(question, "chat.completion.chunk") | ({"usage": None} if with_usage else {})
    yield head | {"choices": [_delta({"role": "assistant", "content": "", "refusal": None})]}
    for piece in pieces(text, question.most_pieces):
        yield head | {"choices": [_delta({"content": piece})]}
    yield head | {"choices": [_delta({}, finish_reason="stop")]}
    if with_usage:
        yield head | {"choices": [], "usage": usage}


def _delta(delta: Payload, finish_reason: str | None = None) -> Payload:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


# Responses ----------------------------------------------------------------------------------------


def responses(question: Question, reply: Reply) -> Answer:
    """`POST /responses`; a stream reports usage in `response.completed`."""
    prompt = text_of([question.body.get("instructions"), question.body.get("input")])
    text = reply(Prompt(provider="openai", model=question.model, text=prompt))
    finished = _finished_response(question, prompt, text)
    if not question.body.get("stream"):
        return _answer(question, [finished])
    numbered = [
        {**event, "sequence_number": number}
        for number, event in enumerate(_response_events(question, text, finished))
    ]
    return Answer(model=_snapshot(question.model), payloads=numbered, framing=NAMED_EVENTS)


def _responses_usage(model: str, prompt: str, text: str) -> Payload:
    input_tokens, answer_tokens = count(prompt), count(text)
    reasoning = _reasoning(model, answer_tokens)
    return {
        "input_tokens": input_tokens,
        "input_tokens_details": {"cached_tokens": cached_share(input_tokens)},
        "output_tokens": answer_tokens + reasoning,
        "output_tokens_details": {"reasoning_tokens": reasoning},
        "total_tokens": input_tokens + answer_tokens + reasoning,
    }


def _open_response(question: Question) -> Payload:
    return {
        "id": f"resp_{question.serial}",
        "object": "response",
        "created_at": CREATED,
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": question.body.get("instructions"),
        "max_output_tokens": None,
        "model": _snapshot(question.model),
        "output": [],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "service_tier": "default",
        "store": False,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": None,
        "metadata": {},
    }


def _finished_response(question: Question, prompt: str, text: str) -> Payload:
    return _open_response(question) | {
        "status": "completed",
        "output": [_message(question, "completed", [_output_text(text)])],
        "usage": _responses_usage(question.model, prompt, text),
    }


def _message(question: Question, status: str, content: list[Payload]) -> Payload:
    return {
        "id": f"msg_{question.serial}",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": content,
    }


def _output_text(text: str) -> Payload:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _response_events(question: Question, text: str, finished: Payload) -> Iterator[Payload]:
    opened = _open_response(question)
    item: Payload = {"output_index": 0}
    part = item | {"item_id": f"msg_{question.serial}", "content_index": 0}
    yield {"type": "response.created", "response": opened}
    yield {"type": "response.in_progress", "response": opened}
    started = _message(question, "in_progress", [])
    yield {"type": "response.output_item.added", **item, "item": started}
    yield {"type": "response.content_part.added", **part, "part": _output_text("")}
    for piece in pieces(text, question.most_pieces):
        yield {"type": "response.output_text.delta", **part, "delta": piece, "logprobs": []}
    yield {"type": "response.output_text.done", **part, "text": text, "logprobs": []}
    yield {"type": "response.content_part.done", **part, "part": _output_text(text)}
    yield {"type": "response.output_item.done", **item, "item": finished["output"][0]}
    yield {"type": "response.completed", "response": finished}


# Embeddings ---------------------------------------------------------------------------------------


def embeddings(question: Question, _reply: Reply) -> Answer:
    """`POST /embeddings`; texts that share words come out close to each other."""
    given = question.body.get("input", "")
    texts = [given] if isinstance(given, str) else given
    tokens = sum(map(count, texts))
    return _answer(
        question,
        [
            {
                "object": "list",
                "data": [_embedding(question.body, at, text) for at, text in enumerate(texts)],
                "model": question.model,
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            }
        ],
    )


def _embedding(body: Payload, index: int, text: str) -> Payload:
    vector: Any = _words_hashed(text, body.get("dimensions") or _DIMENSIONS)
    if body.get("encoding_format") == "base64":
        vector = base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    return {"object": "embedding", "index": index, "embedding": vector}


def _words_hashed(text: str, dimensions: int) -> list[float]:
    """A unit vector with one axis for each (hashed) word of more than three letters."""
    vector = [0.0] * dimensions
    for word in re.findall(r"[a-z]{4,}", text.lower()):
        vector[zlib.crc32(word.encode()) % dimensions] += 1.0
    length = math.hypot(*vector) or 1.0
    return [each / length for each in vector]
