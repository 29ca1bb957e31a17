"""Cohere's chat, version 2.

Source: `V2ChatResponse` and the events of `V2ChatStreamResponse` of cohere 7.3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.emulator import Prompt
from support.emulator.answer import JSON, NAMED_EVENTS, Answer
from support.emulator.tokens import count, pieces, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.emulator import Reply
    from support.emulator.answer import Payload, Question

__all__ = ["chat", "error"]

_SCAFFOLDING = 62


def error(_status: int, message: str) -> Payload:
    """A failure as Cohere words it."""
    return {"id": "emulated", "message": message}


def chat(question: Question, reply: Reply) -> Answer:
    """`POST /v2/chat`; a stream reports usage in `message-end`."""
    prompt = text_of(question.body.get("messages"))
    text = reply(Prompt(provider="cohere", model=question.model, text=prompt))
    usage = _usage(count(prompt), count(text))
    if question.body.get("stream"):
        events = list(_events(question, text, usage))
        return Answer(model=question.model, payloads=events, framing=NAMED_EVENTS)
    whole = {
        "id": question.serial,
        "finish_reason": "COMPLETE",
        "message": {"role": "assistant", "content": [{"type": "text", "text": text}]},
        "usage": usage,
    }
    return Answer(model=question.model, payloads=[whole], framing=JSON)


def _usage(given: int, made: int) -> Payload:
    """What is billed, and what the model saw, which is more."""
    return {
        "billed_units": {"input_tokens": given, "output_tokens": made},
        "tokens": {"input_tokens": given + _SCAFFOLDING, "output_tokens": made},
    }


def _events(question: Question, text: str, usage: Payload) -> Iterator[Payload]:
    message = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": []}
    yield {"id": question.serial, "type": "message-start", "delta": {"message": message}}
    begun = {"message": {"content": {"type": "text", "text": ""}}}
    yield {"type": "content-start", "index": 0, "delta": begun}
    for piece in pieces(text, question.most_pieces):
        said = {"message": {"content": {"text": piece}}}
        yield {"type": "content-delta", "index": 0, "delta": said}
    yield {"type": "content-end", "index": 0}
    yield {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": usage}}
