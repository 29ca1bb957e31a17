"""What one recorded exchange asked and answered, short or whole, without its credentials.

Providers lay out their requests differently; what is shown is found by the names that they share,
so a format that nobody here knows is shown as far as it uses them.  What is shown is scrubbed
before anything is cut from it, because half of a key is not recognised as one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_specbudget.cassettes.bodies import header, is_text, opened, pieces, plain
from pytest_specbudget.cassettes.scrub import scrubbed_body, scrubbed_headers, scrubbed_uri
from pytest_specbudget.recordings.prose import messages, parameters, prose, tools

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.cassettes.interaction import Answer, Asked, Headers, Interaction

__all__ = ["Sketch", "sketch", "whole_text"]

_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """One exchange, short.

    Attributes:
        target: Method, host and path.
        messages: What was said, as role and the beginning of the text.
        tools: The names of the tools that were offered.
        parameters: Everything else that was asked for, by name.
        status: The HTTP status.
        answer: The beginning of what was answered.
    """

    target: str
    messages: tuple[tuple[str, str], ...]
    tools: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]
    status: int
    answer: str


def sketch(interaction: Interaction) -> Sketch:
    """Show *interaction* short."""
    asked, answer = interaction.asked, interaction.answer
    url = urlsplit(scrubbed_uri(asked.uri))
    document = _document(_clean(plain(asked.body or b"") or b"", received=False))
    return Sketch(
        target=f"{asked.method.upper()} {url.hostname or ''}{url.path or '/'}",
        messages=tuple((role, _cut(text)) for role, text in messages(document)),
        tools=tuple(tools(document)),
        parameters=tuple((name, _cut(text)) for name, text in parameters(document)),
        status=answer.status,
        answer=_cut(_said(answer)),
    )


def whole_text(interaction: Interaction) -> Iterator[str]:
    """Write *interaction* whole, line by line: headers, then the body as it can be read."""
    asked, answer = interaction.asked, interaction.answer
    yield f"{asked.method.upper()} {scrubbed_uri(asked.uri)}"
    yield from _header_lines(asked.headers)
    yield ""
    yield from _request_lines(asked)
    yield ""
    yield f"{answer.status} {answer.reason or ''}".rstrip()
    yield from _header_lines(answer.headers)
    yield ""
    yield from _answer_lines(answer)


def _header_lines(headers: Headers) -> Iterator[str]:
    for name, values in scrubbed_headers(headers).items():
        for told in values:
            yield f"{name}: {told}"


def _request_lines(asked: Asked) -> Iterator[str]:
    body = asked.body or b""
    yield from _body_lines(_clean(plain(body) or body, received=False))


def _answer_lines(answer: Answer) -> Iterator[str]:
    answer = opened(answer)
    found = pieces(answer.body, answer.headers)
    if found.shape != "events":
        yield from _body_lines(_clean(plain(answer.body) or answer.body, received=True))
        return
    events = [_clean(part, received=True) for part in found.parts]
    yield f"({len(events)} events, joined)"
    yield from _joined([_document(event) for event in events]).splitlines()
    yield ""
    yield "(the last event)"
    yield from _body_lines(_last(events))


def _last(events: list[bytes]) -> bytes:
    """Return the last event that is a document; what ends a stream may be a mere word."""
    return next((event for event in reversed(events) if _document(event) is not None), b"")


def _body_lines(body: bytes) -> Iterator[str]:
    document = _document(body)
    if document is not None:
        yield from json.dumps(document, indent=2, ensure_ascii=False).splitlines()
    elif is_text(body):
        yield from body.decode().splitlines()
    else:
        yield f"({len(body):,} bytes that are no text)"


def _said(answer: Answer) -> str:
    answer = opened(answer)
    found = pieces(answer.body, answer.headers)
    parts = [_document(_clean(part, received=True)) for part in found.parts]
    text = _joined(parts)
    if text or found.shape in {"document", "events"}:
        return text
    if not answer.body:
        return ""
    kind = header(answer.headers, "content-type") or "no content type"
    return f"({len(answer.body):,} bytes, {kind})"


def _joined(documents: list[Any]) -> str:
    """Join what an answer says; what is secret only once it is joined goes, too."""
    return _clean(prose(documents).encode("utf-8", "replace"), received=True).decode()


def _clean(body: bytes, *, received: bool) -> bytes:
    return scrubbed_body(body, received=received) or b""


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _cut(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= _SHOWN else f"{joined[: _SHOWN - 3]}..."
