"""Recordings that are no list of interactions as vcrpy writes it, brought into one.

These forms are met with, alone or several in a list or in one file:

    an HTTP archive    of browsers and of Polly.js, which keeps compressed bodies as chunks
    an exchange        a request and a response: recording proxies such as Datadog's test agent,
                       which marks the base64 of bytes as such, WireMock, which writes what was
                       sent as patterns (and long answers into files of their own, which
                       `body_files` reads), the VCRs of PHP and Elixir, and recorders that
                       keep a stream as chunks
    httpmock           when such a request comes, then that is answered; without a host
    nock               one call, with its path beside the scope it lies in
    responses          an answer with the method and the URL that were asked, of the recorder of
                       the library by that name, which keeps no request's body

Source: http://www.softwareishard.com/blog/har-12-spec/ (version 1.2), not read again for this;
files of https://github.com/DataDog/dd-trace-py (tests/llmobs/llmobs_cassettes),
https://github.com/0xPlaygrounds/rig (crates/rig-cassette/fixtures) and
https://github.com/agentjido/req_llm (test/support/fixtures), read 2026-11-22; recordings of nock
in public repositories, of that day; files of https://github.com/DataDog/dd-trace-js
(packages/dd-trace/test/llmobs/cassettes), https://github.com/mastra-ai/mastra
(packages/core/__recordings__), https://github.com/braintrustdata/braintrust-sdk-java
(src/test/resources/cassettes) and https://github.com/traceloop/openllmetry-js
(packages/*/recordings), read 2026-11-23.  Not confirmed: how php-vcr, exvcr and the recorder of
responses write.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["regrouped"]

_BASE64 = "base64"
_MARKED = "base64:"
_HEX = re.compile(r"(?:[0-9a-f]{2})+")
_SCOPED = {"scope", "method", "path", "status", "response"}


def regrouped(document: Any) -> tuple[str | None, Any]:
    """Return the name of the form of *document*, and what it holds as a list of interactions.

    What is in none of the forms comes back as it is, under no name.
    """
    told = _calls_in(document)
    for form in _FORMS:
        if told and all(map(form.fits, told)):
            return form.name, {"interactions": [*map(form.bring, told)]}
    return None, document


class _Form(NamedTuple):
    """How a call is written.

    Attributes:
        name: Who writes so.
        fits: Tells whether a value is such a call.
        bring: Brings it into the form of vcrpy.
    """

    name: str
    fits: Callable[[Any], bool]
    bring: Callable[[Mapping[str, Any]], Mapping[str, Any]]


def _calls_in(document: Any) -> list[Any]:
    if isinstance(document, list):
        return document
    told = _mapping(document)
    entries = _mapping(told.get("log")).get("entries")
    answers = None if "requests" in told else told.get("responses")
    # of an archive, WireMock, recorders of exchanges, responses
    for listed in (entries, told.get("mappings"), told.get("recordings"), answers):
        if isinstance(listed, list):
            return listed
    return [document]


def _is_entry(told: Any) -> bool:
    return _is_exchange(told) and isinstance(_mapping(told["response"]).get("content"), dict)


def _entry(told: Mapping[str, Any]) -> Mapping[str, Any]:
    request, response = told["request"], told["response"]
    return {
        "recorded_at": told.get("startedDateTime"),
        "request": {
            "method": request["method"],
            "url": request.get("url"),
            "headers": _named(request.get("headers")),
            "body": _archived(_mapping(request.get("postData"))),
        },
        "response": {
            "status": {"code": response["status"], "message": response.get("statusText")},
            "headers": _named(response.get("headers")),
            "body": _archived(response["content"]),
        },
    }


def _is_exchange(told: Any) -> bool:
    request, response = (_mapping(_mapping(told).get(name)) for name in ("request", "response"))
    asked = "method" in request and not {"url", "uri"}.isdisjoint(request)
    return asked and not {"status", "status_code"}.isdisjoint(response)


def _exchange(told: Mapping[str, Any]) -> Mapping[str, Any]:
    request, response = told["request"], told["response"]
    asked, answered = dict(request), dict(response)
    sent = request.get("body") or request.get("request_body")  # exvcr
    asked["body"] = _unmarked(sent or _expected(request))
    answered["body"] = _unmarked(response.get("body")) or _whole(told, response)
    if "base64Body" in response:  # WireMock
        answered["body"] = _packed(response["base64Body"])
    if "jsonBody" in response:
        answered["parsed_body"] = response["jsonBody"]
    return {**told, "request": asked, "response": answered}


def _expected(request: Mapping[str, Any]) -> Any:
    """Return the body that WireMock waits for, which it writes as a pattern; None without one."""
    for pattern in map(_mapping, request.get("bodyPatterns") or ()):
        for kind in ("equalToJson", "equalTo"):
            if kind in pattern:
                return pattern[kind]
        if "binaryEqualTo" in pattern:
            return _packed(pattern["binaryEqualTo"])
    return None


def _whole(told: Mapping[str, Any], response: Mapping[str, Any]) -> Any:
    """Join an answer that was kept in pieces: bytes beside it, or text within; None without any."""
    beside, within = told.get("chunks"), response.get("chunks")
    if isinstance(within, list) and all(isinstance(piece, str) for piece in within):
        return "".join(within)
    return b"".join(_packed(chunk.get("b64")) for chunk in beside) if beside else None


def _unmarked(told: Any) -> Any:
    """Undo what Datadog's test agent makes of bytes: base64, and before it that it is."""
    if not isinstance(told, str) or not told.startswith(_MARKED):
        return told
    try:
        return base64.b64decode(told.removeprefix(_MARKED), validate=True)
    except ValueError:
        return told  # words that begin so


def _is_expectation(told: Any) -> bool:
    when, then = (_mapping(_mapping(told).get(name)) for name in ("when", "then"))
    return {"method", "path"} <= when.keys() and "status" in then


def _expectation(told: Mapping[str, Any]) -> Mapping[str, Any]:
    when, then = told["when"], told["then"]
    query = "&".join(f"{name}={value}" for name, value in _named(when.get("query_param")))
    host = f"https://{when['host']}" if when.get("host") else ""
    return {
        "request": {
            "method": when["method"],
            "url": f"{host}{when['path']}{'?' if query else ''}{query}",
            "headers": _named(when.get("header")),
            "body": when.get("body"),
        },
        "response": {
            "status": then["status"],
            "headers": _named(then.get("header")),
            "body": _packed(then["body_base64"]) if "body_base64" in then else then.get("body"),
        },
    }


def _is_scoped(told: Any) -> bool:
    return _mapping(told).keys() >= _SCOPED and isinstance(told["path"], str)


def _scoped(told: Mapping[str, Any]) -> Mapping[str, Any]:
    raw = told.get("rawHeaders", told.get("headers")) or {}
    flat = isinstance(raw, list) and not isinstance(raw[0], list | tuple)
    binary = told.get("responseIsBinary") is True
    return {
        "request": {
            "method": told["method"],
            "url": f"{told['scope']}{told['path']}",
            "headers": told.get("reqheaders"),
            "body": told.get("body") or None,
        },
        "response": {
            "status": told["status"],
            "headers": [*zip(raw[::2], raw[1::2], strict=True)] if flat else raw,
            "parsed_body": _unhexed(told["response"], binary=binary),
        },
    }


def _is_answer(told: Any) -> bool:
    response = _mapping(_mapping(told).get("response"))
    return {"method", "url", "status"} <= response.keys() and "request" not in told


def _answer(told: Mapping[str, Any]) -> Mapping[str, Any]:
    response = told["response"]
    kind = {"Content-Type": response.get("content_type") or ""}
    return {
        "request": {"method": response["method"], "url": response["url"]},
        "response": {**response, "headers": {**kind, **_mapping(response.get("headers"))}},
    }


def _unhexed(told: Any, *, binary: bool) -> Any:
    """Undo that bytes are written in hexadecimal digits, as one text or as a list of chunks."""
    pieces = told if isinstance(told, list) else [told]
    written = binary or (isinstance(told, list) and bool(told))
    if written and all(isinstance(each, str) and _HEX.fullmatch(each) for each in pieces):
        return bytes.fromhex("".join(pieces))
    return told


def _archived(content: Mapping[str, Any]) -> Any:
    """Return a body of an archive: text, or base64, perhaps as a list of chunks within the text."""
    told = content.get("text")
    if not told or content.get("encoding") != _BASE64:
        return told
    chunks = json.loads(told) if told.startswith("[") else [told]
    return b"".join(map(_packed, chunks))


def _packed(told: Any) -> bytes:
    return base64.b64decode(told) if isinstance(told, str) else b""


def _named(listed: Any) -> list[tuple[Any, Any]]:
    return [(each["name"], each.get("value", "")) for each in listed or ()]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


_FORMS = (
    _Form("HTTP archive", _is_entry, _entry),
    _Form("exchanges", _is_exchange, _exchange),
    _Form("httpmock", _is_expectation, _expectation),
    _Form("nock", _is_scoped, _scoped),
    _Form("responses", _is_answer, _answer),
)
