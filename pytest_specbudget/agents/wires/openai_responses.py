"""OpenAI's Responses.

Source: `responses` of openai 3.54.0 (`Response.output_text`, `IncompleteDetails`,
`ResponseStreamEvent`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.agents.failures import stated_error
from pytest_specbudget.agents.values import BadReply, Reply
from pytest_specbudget.agents.wires.addresses import address
from pytest_specbudget.agents.wires.bodies import documents, read, unfinished
from pytest_specbudget.agents.wires.documents import Json, found, joined, listed, named, told
from pytest_specbudget.agents.wires.openai import effort_of, in_words, json_schema, knows_schemas
from pytest_specbudget.agents.wires.writing import posted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.agents.values import Call, Finish, Question
    from pytest_specbudget.routing.values import ModelProfile

__all__ = ["asked", "replied", "streamed"]

_INCOMPLETE: Mapping[str, Finish] = {"max_output_tokens": "length", "content_filter": "refusal"}
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed"})
_MADE = frozenset({"completed", "incomplete"})


def asked(profile: ModelProfile, question: Question, *, stream: bool = False) -> Call:
    """Write *question* as a request to `/responses`; nothing of it stays with the provider."""
    effort = effort_of(profile)
    document: Json = {
        "model": profile.model,
        "input": [{"role": each.role, "content": each.text} for each in question.messages],
        "max_output_tokens": question.max_tokens,
        "temperature": question.temperature,
        "reasoning": {"effort": effort} if effort else None,
        "store": False,
        "stream": stream or None,
    }
    if question.schema is not None and knows_schemas(profile.model):
        document["text"] = {"format": {"type": "json_schema", **json_schema(question.schema)}}
    elif question.schema is not None:
        document["input"].insert(0, in_words(question.schema))
        document["text"] = {"format": {"type": "json_object"}}
    return posted(address(profile, "/responses"), document)


def replied(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """Read an answer, whether it came whole or in events."""
    return read(status, headers, body, _reply, streamed)


def streamed(events: Iterable[bytes]) -> Reply:
    """Read an answer out of the data of its events, in order."""
    pieces: list[str] = []
    for document in documents(events):
        kind = told(document, "type")
        if kind == "response.output_text.delta":
            pieces.append(told(document, "delta"))
        elif kind in _ENDS:
            reply = _reply(found(document, "response"))
            return reply if reply.text else replace(reply, text="".join(pieces))
    raise unfinished()


def _reply(document: Json) -> Reply:
    _check(document)
    output = listed(document, "output")
    blocks = [
        block
        for item in output
        if item.get("type") == "message"
        for block in listed(item, "content")
    ]
    text, refusal = joined(blocks, "output_text"), joined(blocks, "refusal", "refusal")
    return Reply(
        text=text or refusal,
        finish="refusal" if refusal else _finish(document, output, text),
        model=named(document, "model"),
        usage_reported=bool(found(document, "usage")),
    )


def _check(document: Json) -> None:
    """Let through only what holds an answer."""
    error = stated_error(document)
    if error is not None:
        raise error
    if not isinstance(document.get("output"), list):
        raise BadReply("the answer holds no output")
    status = told(document, "status")
    if status and status not in _MADE:
        raise BadReply(f"the answer is {status}, not completed")


def _finish(document: Json, output: list[Json], text: str) -> Finish:
    if document.get("status") == "incomplete":
        reason = told(found(document, "incomplete_details"), "reason")
        return _INCOMPLETE.get(reason, "other")
    if not text and any(told(item, "type").endswith("_call") for item in output):
        return "tool"
    return "stop"
