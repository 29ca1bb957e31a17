"""Anthropic's formats: Messages and token counting.

Source: the types of anthropic 2.12.0 and the event order of Anthropic's streaming guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support.emulator.answer import JSON, NAMED_EVENTS, Answer, Prompt, Question
from support.emulator.tokens import count, pieces, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.emulator.answer import Payload, Reply

__all__ = ["count_tokens", "error", "messages"]

_ERROR_TYPES = {404: "not_found_error", 429: "rate_limit_error", 529: "overloaded_error"}
_AN_HOUR = "1h"


def error(status: int, message: str) -> Payload:
    """A failure as Anthropic words it."""
    kind = _ERROR_TYPES.get(status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": None}


def count_tokens(question: Question, _reply: Reply) -> Answer:
    """`POST /messages/count_tokens`: looks like usage, and costs nothing."""
    counted = {"input_tokens": count(_prompt(question.body))}
    return Answer(model=question.model, payloads=[counted], framing=JSON)


def messages(question: Question, reply: Reply) -> Answer:
    """`POST /messages`; a stream reports input in `message_start` and all in `message_delta`."""
    prompt = _prompt(question.body)
    text = reply(Prompt(provider="anthropic", model=question.model, text=prompt))
    usage = _usage(question.body, prompt, text)
    if question.body.get("stream"):
        events = list(_events(question, text, usage))
        return Answer(model=question.model, payloads=events, framing=NAMED_EVENTS)
    whole = _message(question, [{"type": "text", "text": text}], "end_turn", usage)
    return Answer(model=question.model, payloads=[whole], framing=JSON)


def _prompt(body: Payload) -> str:
    return text_of([body.get("system"), body.get("messages")])


def _usage(body: Payload, prompt: str, text: str) -> Payload:
    marked, ttl = _marked_for_the_cache(body)
    read = marked // 2
    written = marked - read
    return {
        "input_tokens": count(prompt) - marked,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": 0 if ttl == _AN_HOUR else written,
            "ephemeral_1h_input_tokens": written if ttl == _AN_HOUR else 0,
        },
        "output_tokens": count(text),
        "service_tier": "standard",
    }


def _marked_for_the_cache(body: Payload) -> tuple[int, str | None]:
    """Tokens up to the last `cache_control`, and its time to live.

    Half of them are read from the cache and the rest written to it: no real cache is so even,
    but both kinds show in every answer, and the counts depend on the request alone.
    """
    blocks = list(_blocks(body))
    marks = [at for at, block in enumerate(blocks) if "cache_control" in block]
    if not marks:
        return 0, None
    marked = text_of([block.get("text", "") for block in blocks[: marks[-1] + 1]])
    return count(marked), blocks[marks[-1]]["cache_control"].get("ttl")


def _blocks(body: Payload) -> Iterator[Payload]:
    for content in [body.get("system"), *(each["content"] for each in body.get("messages", []))]:
        yield from [{"text": content}] if isinstance(content, str) else content or []


def _message(
    question: Question, content: list[Payload], stop_reason: str | None, usage: Any
) -> Payload:
    return {
        "id": f"msg_{question.serial}",
        "type": "message",
        "role": "assistant",
        "model": question.model,
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": usage,
    }


def _events(question: Question, text: str, usage: Payload) -> Iterator[Payload]:
    start = _message(question, [], None, usage | {"output_tokens": 1})
    yield {"type": "message_start", "message": start}
    block = {"type": "text", "text": ""}
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    yield {"type": "ping"}
    for piece in pieces(text, question.most_pieces):
        delta = {"type": "text_delta", "text": piece}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {field: value for field, value in usage.items() if field.endswith("_tokens")},
    }
    yield {"type": "message_stop"}
