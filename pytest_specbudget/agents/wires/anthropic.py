"""Anthropic's Messages.

An answer that shall fit a schema is asked for as the one tool that the model must use, which every
model knows.  A model that shall think may not be forced to a tool, so there it is asked for as
`output_config.format`, which younger models know.

Source: `messages` of anthropic 2.12.0 (StopReason, RawMessageStreamEvent, ThinkingConfigParam,
OutputConfigParam), which writes the version 2026-10-21 of the format; what that took out is as
clients before it wrote it.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.structured import parsed
from pytest_specbudget.agents.values import BadReply, Reply
from pytest_specbudget.agents.wires.addresses import address
from pytest_specbudget.agents.wires.bodies import documents, read, unfinished
from pytest_specbudget.agents.wires.documents import Json, found, joined, listed, named, told
from pytest_specbudget.agents.wires.writing import ANSWER, posted, spoken, system_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.agents.values import Call, Finish, Question
    from pytest_specbudget.routing.values import ModelProfile

__all__ = ["asked", "replied", "streamed"]

_VERSION = "2023-06-01"
"""Every model is asked in it.  The version that the clients send since October 2026 takes no
`temperature`, which older models may be asked for."""

_SMALL = re.compile(r"claude-(?:[12]|instant|3-(?:opus|sonnet|haiku))")
_SMALL_MAX_TOKENS, _USUAL_MAX_TOKENS = 4096, 8192
"""What is asked for where nothing is said, for the format wants a limit; each model can do it."""

_FINISHES: Mapping[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
    "tool_use": "tool",
}


def asked(profile: ModelProfile, question: Question, *, stream: bool = False) -> Call:
    """Write *question* as a request to `/v1/messages`.

    A `reasoning` of digits is a budget for thoughts in tokens, beside the answer's own; `adaptive`
    leaves it to the model; anything else but `auto` is an effort.
    """
    thinking = _thinking(profile.reasoning)
    budget = thinking.get("thinking", {}).get("budget_tokens", 0)
    document: Json = {
        "model": profile.model,
        "max_tokens": (question.max_tokens or _usual_max_tokens(profile.model)) + budget,
        "system": system_text(question.messages),
        "messages": [
            {"role": each.role, "content": each.text} for each in spoken(question.messages)
        ],
        "temperature": question.temperature,
        "stop_sequences": list(question.stop),
        "stream": stream or None,
        **thinking,
    }
    if question.schema is not None:
        document |= _structured(document, question.schema)
    return posted(address(profile, "/messages", "/v1"), document, anthropic_version=_VERSION)


def replied(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """Read an answer, whether it came whole or in events."""
    return read(status, headers, body, _reply, streamed)


def streamed(events: Iterable[bytes]) -> Reply:
    """Read an answer out of the data of its events, in order."""
    said = _Said()
    for document in documents(events):
        said.hear(document)
    if said.message.get("stop_reason") is None:
        raise unfinished()
    return _reply(said.whole())


def _reply(document: Json) -> Reply:
    if not isinstance(document.get("content"), list):
        raise BadReply("the answer holds no content")
    blocks = listed(document, "content")
    answer = next((each for each in blocks if _is_answer(each)), None)
    finish = _FINISHES.get(told(document, "stop_reason"), "other")
    reply = Reply(
        text=joined(blocks, "text"),
        finish=finish,
        model=named(document, "model"),
        usage_reported=bool(found(document, "usage")),
    )
    return reply if answer is None else _structured_reply(reply, answer.get("input"))


def _structured_reply(reply: Reply, given: Any) -> Reply:
    """Return *reply* with what was given to the tool as its text."""
    finish: Finish = "stop" if reply.finish == "tool" else reply.finish
    if isinstance(given, str):  # cut, and so no JSON
        return replace(reply, text=given, finish=finish)
    return replace(reply, text=json.dumps(given, ensure_ascii=False), parsed=given, finish=finish)


def _is_answer(block: Json) -> bool:
    return block.get("type") == "tool_use" and block.get("name") == ANSWER


def _usual_max_tokens(model: str) -> int:
    return _SMALL_MAX_TOKENS if _SMALL.match(model) else _USUAL_MAX_TOKENS


def _thinking(reasoning: str | None) -> Json:
    match reasoning:
        case None | "auto":
            return {}
        case "adaptive":
            return {"thinking": {"type": "adaptive"}}
        case budget if budget.isdecimal():
            return {"thinking": {"type": "enabled", "budget_tokens": int(budget)}}
        case effort:
            return {"output_config": {"effort": effort}}


def _structured(document: Json, schema: Mapping[str, Any]) -> Json:
    if "thinking" in document or "output_config" in document:
        wanted = {"format": {"type": "json_schema", "schema": schema}}
        return {"output_config": document.get("output_config", {}) | wanted}
    tool = {"name": ANSWER, "description": "Give the answer.", "input_schema": schema}
    return {"tools": [tool], "tool_choice": {"type": "tool", "name": ANSWER}}


class _Said:
    """A message as its events tell it; thoughts and tools that ran elsewhere are passed over."""

    def __init__(self) -> None:
        self.message: Json = {"content": []}
        self._blocks: dict[Any, Json] = {}
        self._pieces: dict[Any, list[str]] = {}

    def hear(self, event: Json) -> None:
        """Take the next event."""
        match event.get("type"):
            case "message_start":
                self.message |= found(event, "message")
            case "content_block_start":
                self._open(str(event.get("index")), found(event, "content_block"))
            case "content_block_delta":
                self._add(str(event.get("index")), found(event, "delta"))
            case "message_delta":
                self.message |= {"stop_reason": named(found(event, "delta"), "stop_reason")}

    def whole(self) -> Json:
        """Return the message with all that its blocks were told to hold."""
        blocks = [self._closed(index, block) for index, block in self._blocks.items()]
        return self.message | {"content": blocks}

    def _open(self, index: str, block: Json) -> None:
        self._blocks[index] = block
        self._pieces[index] = [told(block, "text")]

    def _add(self, index: str, delta: Json) -> None:
        pieces = self._pieces.setdefault(index, [])
        self._blocks.setdefault(index, {"type": "text"})
        pieces.append(told(delta, "text") or told(delta, "partial_json"))

    def _closed(self, index: str, block: Json) -> Json:
        told_so_far = "".join(self._pieces[index])
        if block.get("type") != "tool_use":
            return block | {"text": told_so_far}
        return block | {"input": _given(told_so_far) if told_so_far else block.get("input")}


def _given(text: str) -> object:
    """Return what the JSON *text* says; itself where it was cut."""
    given = parsed(text)
    return text if given is None else given
