"""Requests and recorded-looking answers that spell out only what a test is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers import recognise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_specbudget.core.exchange import End
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.providers import HostRule

__all__ = ["anthropic", "ask", "chat", "encoded", "gemini", "hear", "responses", "sse"]


def ask(host: str, path: str, body: Mapping[str, Any] | None) -> Request:
    """Make a POST of a JSON *body*; None is a body that could not be seen."""
    return Request("POST", host, path, None if body is None else encoded(body))


def chat(host: str = "api.openai.com", **more: Any) -> Request:
    """Ask for an OpenAI chat completion."""
    return ask(host, "/v1/chat/completions", {"model": "gpt-5", "messages": [], **more})


def responses(host: str = "api.openai.com", **more: Any) -> Request:
    """Ask the Responses API."""
    return ask(host, "/v1/responses", {"model": "gpt-5", "input": "hello", **more})


def anthropic(host: str = "api.anthropic.com", **more: Any) -> Request:
    """Ask for an Anthropic message."""
    body = {"model": "claude-sonnet-5", "messages": [], "max_tokens": 9, **more}
    return ask(host, "/v1/messages", body)


def gemini(
    verb: str = "generateContent", host: str = "generativelanguage.googleapis.com"
) -> Request:
    """Ask Gemini."""
    return ask(host, f"/v1beta/models/gemini-2.5-flash:{verb}", {"contents": []})


def encoded(document: Any) -> bytes:
    """Write *document* as compact JSON, as servers do."""
    return json.dumps(document, separators=(",", ":")).encode()


def sse(*events: Any) -> bytes:
    """Write server-sent events; text is taken as it is."""
    data = (event.encode() if isinstance(event, str) else encoded(event) for event in events)
    return b"".join(b"data: " + each + b"\n\n" for each in data)


def hear(
    request: Request,
    *chunks: bytes,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    end: End = "complete",
    rules: Sequence[HostRule] = (),
) -> Reading:
    """Let a listener hear an answer, and return what it says."""
    listener = recognise(request, rules)
    assert listener is not None, f"{request.path} on {request.host} was not recognised"
    listener.head(status, headers or {})
    for chunk in chunks:
        listener.feed(chunk)
    return listener.finish(end)
