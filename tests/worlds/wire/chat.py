"""Chat Completions as others than OpenAI speak it: they tell a stream's usage in other places.

Source: the types of groq 1.7.0 (`XGroq`), mistralai 3.7.0 (`CompletionChunk`) and openrouter 1.3.84
(`ChatStreamChunk`); text-generation-inference tells it as OpenAI does, and only if asked.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from support.emulator import Prompt
from support.emulator.answer import CREATED, DATA_UNTIL_DONE, JSON, Answer
from support.emulator.tokens import cached_share, count, pieces, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.emulator import Reply
    from support.emulator.answer import Payload, Question

    Ending = Callable[[Question, Payload, Payload, Payload], Iterator[Payload]]
    """Ends a stream: from the question, the head of each piece, the last choice and the usage."""

__all__ = ["groq", "huggingface", "mistral", "openrouter"]


def _in_a_field_of_its_own(
    question: Question, head: Payload, last: Payload, usage: Payload
) -> Iterator[Payload]:
    yield head | {"choices": [last], "x_groq": {"id": f"req_{question.serial}", "usage": usage}}


def _with_the_last_choice(
    _question: Question, head: Payload, last: Payload, usage: Payload
) -> Iterator[Payload]:
    yield head | {"choices": [last], "usage": usage}


def _after_the_last_choice(
    _question: Question, head: Payload, last: Payload, usage: Payload
) -> Iterator[Payload]:
    yield head | {"choices": [last]}
    yield head | {"choices": [last], "usage": usage}


def _if_asked(
    question: Question, head: Payload, last: Payload, usage: Payload
) -> Iterator[Payload]:
    yield head | {"choices": [last]}
    if (question.body.get("stream_options") or {}).get("include_usage"):
        yield head | {"choices": [], "usage": usage}


def _answer(provider: str, ending: Ending, question: Question, reply: Reply) -> Answer:
    """`POST .../chat/completions`."""
    prompt = text_of(question.body.get("messages"))
    text = reply(Prompt(provider=provider, model=question.model, text=prompt))
    usage = _usage(count(prompt), count(text))
    if question.body.get("stream"):
        payloads = list(_chunks(question, text, usage, ending))
        return Answer(model=question.model, payloads=payloads, framing=DATA_UNTIL_DONE)
    message = {"role": "assistant", "content": text, "tool_calls": None}
    choice = _choice("message", message, "stop")
    whole = _head(question, "chat.completion") | {"choices": [choice], "usage": usage}
    return Answer(model=question.model, payloads=[whole], framing=JSON)


def _usage(given: int, made: int) -> Payload:
    return {
        "prompt_tokens": given,
        "completion_tokens": made,
        "total_tokens": given + made,
        "prompt_tokens_details": {"cached_tokens": cached_share(given)},
    }


def _head(question: Question, kind: str) -> Payload:
    return {
        "id": f"chatcmpl-{question.serial}",
        "object": kind,
        "created": CREATED,
        "model": question.model,
        "system_fingerprint": "fp_emulated",
    }


def _chunks(question: Question, text: str, usage: Payload, ending: Ending) -> Iterator[Payload]:
    head = _head(question, "chat.completion.chunk")
    for piece in pieces(text, question.most_pieces):
        yield head | {"choices": [_choice("delta", {"role": "assistant", "content": piece}, None)]}
    yield from ending(question, head, _choice("delta", {"content": ""}, "stop"), usage)


def _choice(kind: str, said: Any, finish_reason: str | None) -> Payload:
    return {"index": 0, kind: said, "logprobs": None, "finish_reason": finish_reason}


groq = partial(_answer, "groq", _in_a_field_of_its_own)
huggingface = partial(_answer, "huggingface", _if_asked)
mistral = partial(_answer, "mistral", _with_the_last_choice)
openrouter = partial(_answer, "openrouter", _after_the_last_choice)
