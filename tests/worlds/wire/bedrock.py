"""Amazon Bedrock's Converse, plain and as Amazon's event stream.

Source: `ConverseResponse` and `ConverseStreamOutput` of bedrock-runtime in botocore 1.44.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.emulator import Prompt
from support.emulator.answer import JSON, Answer
from support.emulator.tokens import cached_share, count, pieces, text_of
from worlds.wire.framing import AWS_EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.emulator import Reply
    from support.emulator.answer import Payload, Question

__all__ = ["converse", "converse_stream", "error"]


def error(_status: int, message: str) -> Payload:
    """A failure as Bedrock words it."""
    return {"__type": "ThrottlingException", "message": message}


def converse(question: Question, reply: Reply) -> Answer:
    """`POST /model/{model}/converse`."""
    text, usage = _told(question, reply)
    whole = {
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
        "stopReason": "end_turn",
        "usage": usage,
        "metrics": {"latencyMs": 1},
    }
    return Answer(model=question.model, payloads=[whole], framing=JSON)


def converse_stream(question: Question, reply: Reply) -> Answer:
    """`POST /model/{model}/converse-stream`; the last event is `metadata`, with the usage."""
    text, usage = _told(question, reply)
    events = list(_events(question, text, usage))
    return Answer(model=question.model, payloads=events, framing=AWS_EVENTS)


def _told(question: Question, reply: Reply) -> tuple[str, Payload]:
    prompt = text_of([question.body.get("system"), question.body.get("messages")])
    text = reply(Prompt(provider="bedrock", model=question.model, text=prompt))
    given, made = count(prompt), count(text)
    cached = cached_share(given)
    return text, {
        "inputTokens": given - cached,
        "outputTokens": made,
        "totalTokens": given + made,
        "cacheReadInputTokens": cached,
        "cacheWriteInputTokens": 0,
    }


def _events(question: Question, text: str, usage: Payload) -> Iterator[Payload]:
    yield {"messageStart": {"role": "assistant"}}
    for piece in pieces(text, question.most_pieces):
        yield {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": piece}}}
    yield {"contentBlockStop": {"contentBlockIndex": 0}}
    yield {"messageStop": {"stopReason": "end_turn"}}
    yield {"metadata": {"usage": usage, "metrics": {"latencyMs": 1}}}
