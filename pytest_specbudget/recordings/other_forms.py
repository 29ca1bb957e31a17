"""Recordings that are no list of interactions, brought into one.

Two forms are met with.  An HTTP archive is what browsers and Polly.js write; a file with one
exchange is what recording proxies write, such as Datadog's test agent, and WireMock.

Source: http://www.softwareishard.com/blog/har-12-spec/ (version 1.2), not read again for this;
files of https://github.com/DataDog/dd-trace-py (tests/llmobs/llmobs_cassettes), read 2026-11-22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["regrouped"]

_BASE64 = "base64"


def regrouped(document: Any) -> tuple[str | None, Any]:
    """Return the name of the form of *document*, and what it holds as a list of interactions.

    What is in neither form comes back as it is, under no name.
    """
    if not isinstance(document, dict):
        return None, document
    if _is_exchange(document):
        return "one exchange", {"interactions": [document]}
    entries = _mapping(document.get("log")).get("entries")
    if isinstance(entries, list) and all(map(_is_exchange, entries)):
        return "HTTP archive", {"interactions": [*map(_interaction, entries)]}
    return None, document


def _is_exchange(told: Any) -> bool:
    request, response = (_mapping(_mapping(told).get(name)) for name in ("request", "response"))
    asked = "method" in request and not {"url", "uri"}.isdisjoint(request)
    return asked and not {"status", "status_code"}.isdisjoint(response)


def _interaction(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Bring an entry of an HTTP archive into the form of vcrpy."""
    request, response = entry["request"], entry["response"]
    return {
        "recorded_at": entry.get("startedDateTime"),
        "request": {
            "method": request["method"],
            "url": request.get("url"),
            "headers": _headers(request),
            "body": _body(_mapping(request.get("postData"))),
        },
        "response": {
            "status": {"code": response["status"], "message": response.get("statusText")},
            "headers": _headers(response),
            "body": _body(_mapping(response.get("content"))),
        },
    }


def _headers(message: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    return [(each["name"], each.get("value", "")) for each in message.get("headers") or ()]


def _body(content: Mapping[str, Any]) -> Any:
    """Return a body, which an archive holds as text or in base64, and never compressed."""
    told = content.get("text")
    return {"base64_string": told} if told and content.get("encoding") == _BASE64 else told


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
