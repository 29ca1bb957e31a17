"""OpenAI's Chat Completions, which many providers speak.

Source: `chat.completions` of openai 3.54.0; what others add, such as content in blocks, is read as
their answers hold it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.structured import is_strict
from pytest_specbudget.agents.values import BadReply, Reply
from pytest_specbudget.agents.wires.addresses import address
from pytest_specbudget.agents.wires.bodies import documents, read, unfinished
from pytest_specbudget.agents.wires.documents import Json, found, joined, listed, named, told
from pytest_specbudget.agents.wires.writing import ANSWER, posted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.agents.values import Call, Finish, Question
    from pytest_specbudget.routing.values import ModelProfile

__all__ = [
    "asked",
    "effort_of",
    "in_words",
    "json_schema",
    "knows_schemas",
    "replied",
    "reply_in",
    "streamed",
]

_FINISHES: Mapping[str, Finish] = {
    "stop": "stop",
    "length": "length",
    "model_length": "length",  # Mistral's, where the context was full
    "content_filter": "refusal",
    "tool_calls": "tool",
    "function_call": "tool",
}
_OWN = ("openai", "azure.ai.openai")
"""Where `max_tokens` is deprecated, and refused by models that reason."""

_NO_SCHEMAS = re.compile(r"(?:^|/)(?:gpt-3\.5|gpt-4(?:-|$)|deepseek-)")
"""Models that can be held to JSON, but to no schema: gpt-4-turbo and older, DeepSeek's.

Source: the guide of OpenAI to structured outputs, which came with gpt-4o-mini and
gpt-4o-2024-08-06; the reference of DeepSeek's API, whose `response_format` is `text` or
`json_object`."""


def asked(profile: ModelProfile, question: Question, *, stream: bool = False) -> Call:
    """Write *question* as a request to `/chat/completions`."""
    longest = "max_completion_tokens" if profile.provider in _OWN else "max_tokens"
    document: Json = {
        "model": profile.model,
        "messages": [{"role": each.role, "content": each.text} for each in question.messages],
        longest: question.max_tokens,
        "temperature": question.temperature,
        "stop": list(question.stop),
        "reasoning_effort": effort_of(profile),
        "stream": stream or None,
        "stream_options": {"include_usage": True} if stream else None,
    }
    if question.schema is not None and knows_schemas(profile.model):
        schema = json_schema(question.schema)
        document["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif question.schema is not None:
        document["messages"].insert(0, in_words(question.schema))
        document["response_format"] = {"type": "json_object"}
    return posted(address(profile, "/chat/completions"), document)


def effort_of(profile: ModelProfile) -> str | None:
    """Return how hard the model shall think, or None where it decides."""
    return None if profile.reasoning in (None, "auto") else profile.reasoning


def json_schema(schema: Mapping[str, Any]) -> Json:
    """Return *schema* as OpenAI's formats name it."""
    return {"name": ANSWER, "schema": schema, "strict": is_strict(schema)}


def knows_schemas(model: str) -> bool:
    """Tell whether *model* can be held to a schema."""
    return not _NO_SCHEMAS.search(model)


def in_words(schema: Mapping[str, Any]) -> Json:
    """Return the message that tells a model of *schema* which cannot be held to it."""
    told = json.dumps(schema, ensure_ascii=False, default=dict)
    return {"role": "system", "content": f"Answer in JSON that fits this schema: {told}"}


def replied(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """Read an answer, whether it came whole or in events."""
    return read(status, headers, body, reply_in, streamed)


def reply_in(document: Json) -> Reply:
    """Read an answer out of its one document.

    Raises:
        BadReply: If no answer is in it.
    """
    choice = _first(document)
    if choice is None or not found(choice, "message"):
        raise BadReply("the answer holds no message")
    said = _Said()
    said.hear(document, found(choice, "message"), choice)
    return said.reply()


def streamed(events: Iterable[bytes]) -> Reply:
    """Read an answer out of the data of its events, in order."""
    said = _Said()
    for document in documents(events):
        choice = _first(document) or {}
        # Some proxies put the whole message into a stream's last event.
        said.hear(document, found(choice, "delta") or found(choice, "message"), choice)
    if said.finish is None:
        raise unfinished()
    return said.reply()


class _Said:
    """What was said so far."""

    def __init__(self) -> None:
        self.finish: str | None = None
        self._text: list[str] = []
        self._refusal: list[str] = []
        self._model: str | None = None
        self._usage = False
        self._tool = False

    def hear(self, document: Json, message: Json, choice: Json) -> None:
        """Take a message, or the next part of it, and what stands around it."""
        self._text.append(_content(message))
        self._refusal.append(told(message, "refusal"))
        self._tool = self._tool or _calls_a_tool(message)
        self._model = self._model or named(document, "model")
        self._usage = self._usage or bool(
            found(document, "usage") or found(found(document, "x_groq"), "usage")
        )
        self.finish = named(choice, "finish_reason") or self.finish

    def reply(self) -> Reply:
        text, refusal = "".join(self._text), "".join(self._refusal)
        return Reply(
            text=text or refusal,
            finish="refusal" if refusal else self._finish(text),
            model=self._model,
            usage_reported=self._usage,
        )

    def _finish(self, text: str) -> Finish:
        """A model that only calls a tool may end with `stop` all the same."""
        if self._tool and not text:
            return "tool"
        return _FINISHES.get(self.finish or "", "other")


def _first(document: Json) -> Json | None:
    choices = listed(document, "choices")
    return next((each for each in choices if each.get("index") in (0, None)), None)


def _content(message: Json) -> str:
    return told(message, "content") or joined(listed(message, "content"), "text")


def _calls_a_tool(message: Json) -> bool:
    return bool(listed(message, "tool_calls") or found(message, "function_call"))
