"""What recorded answers say by the types of the providers' own clients, and by nothing of ours.

    said("openai", body)        text, why it ended, and model; None where it holds no answer

Source: openai 3.54.0, anthropic 2.12.0, google-genai 3.4.0.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from anthropic._models import construct_type as constructed
from anthropic.lib.streaming._messages import accumulate_event
from anthropic.types import Message, RawMessageStreamEvent
from google.genai.types import Content, FinishReason
from openai._models import construct_type
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.routing.values import Wire

__all__ = ["Said", "said", "wire_of"]

_GZIP = b"\x1f\x8b"
_PATHS: dict[Wire, re.Pattern[str]] = {
    "openai": re.compile(r"/chat/completions$"),
    "openai-responses": re.compile(r"/responses$"),
    "anthropic": re.compile(r"/messages$"),
    "gemini": re.compile(r":(?:g|streamG)enerateContent$"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer says; `finish` in the provider's own word."""

    text: str
    finish: str | None
    model: str | None


def wire_of(url: str) -> Wire | None:
    """The format that a request to *url* speaks."""
    path = re.split(r"[?#]", url, maxsplit=1)[0]
    if "/threads/" in path:  # OpenAI's assistants have messages too
        return None
    return next((wire for wire, pattern in _PATHS.items() if pattern.search(path)), None)


def said(wire: Wire, body: bytes) -> Said | None:
    """Read *body* as the provider's client would."""
    documents = _documents(gzip.decompress(body) if body.startswith(_GZIP) else body)
    if not documents or any(_is_trouble(each) for each in documents):
        return None
    return _READERS[wire](documents)


def _documents(body: bytes) -> list[Any]:
    """One document, the elements of an array, or the data of events."""
    text = body.decode("utf-8-sig").strip()
    if text[:1] in ("{", "["):
        whole = json.loads(text)
        return whole if isinstance(whole, list) else [whole]
    data = re.findall(r"(?m)^data: ?(.*?)\r?$", text)
    return [json.loads(each) for each in data if each and each != "[DONE]"]


def _is_trouble(document: Any) -> bool:
    return bool(document.get("error")) or document.get("status") in ("queued", "in_progress")


def _chat(documents: list[Any]) -> Said | None:
    streamed = documents[0].get("object") == "chat.completion.chunk" or len(documents) > 1
    texts: list[str] = []
    finish = model = None
    for document in documents:
        typed: Any = construct_type(
            type_=ChatCompletionChunk if streamed else ChatCompletion, value=document
        )
        model = model or typed.model or None
        for choice in [each for each in typed.choices or [] if not each.index]:
            message = choice.delta if streamed else choice.message
            texts.append(_plain(getattr(message, "content", None)))
            finish = choice.finish_reason or finish
    return Said("".join(texts), finish, model)


def _plain(content: Any) -> str:
    """Some providers write content in blocks, which OpenAI's type does not know."""
    if isinstance(content, list):
        return "".join(each["text"] for each in content if each.get("type") == "text")
    return content or ""


def _responses(documents: list[Any]) -> Said | None:
    finals = [each.get("response", each) for each in documents]
    final = next((each for each in reversed(finals) if each.get("status") == "completed"), None)
    if final is None:
        return None
    typed: Any = construct_type(type_=Response, value=final)
    return Said(typed.output_text, typed.status, typed.model)


def _messages(documents: list[Any]) -> Said | None:
    if documents[0].get("type") == "message":
        message: Any = constructed(type_=Message, value=documents[0])
    else:
        message = None
        halves: dict[int, bytes] = {}
        for document in documents:
            event: Any = constructed(type_=RawMessageStreamEvent, value=document)
            message = accumulate_event(event=event, current_snapshot=message, json_bufs=halves)
    texts = [block.text for block in message.content if block.type == "text"]
    return Said("".join(texts), message.stop_reason, message.model)


def _generated(documents: list[Any]) -> Said | None:
    texts: list[str] = []
    finish = model = None
    for document in documents:
        model = document.get("modelVersion", model)
        finish = document.get("promptFeedback", {}).get("blockReason", finish)
        for candidate in document.get("candidates", [])[:1]:
            content = Content.model_validate(candidate.get("content") or {})
            parts = content.parts or []
            texts += [part.text for part in parts if part.text and not part.thought]
            finish = _reason(candidate.get("finishReason")) or finish
    return Said("".join(texts), finish, model)


def _reason(told: str | int | None) -> str | None:
    """A reason, which those who ask for numbers are told by its place in the enumeration."""
    if isinstance(told, int):
        return list(FinishReason)[told].name
    return None if told is None else FinishReason(told).name


_READERS: dict[Wire, Callable[[list[Any]], Said | None]] = {
    "openai": _chat,
    "openai-responses": _responses,
    "anthropic": _messages,
    "gemini": _generated,
}
