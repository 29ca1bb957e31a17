"""What never reaches a file: keys, tokens, cookies, passwords, organisation ids.

It is found by `secrets.spans` and replaced by `REDACTED`.  Scrubbing is idempotent, and matching
scrubs both sides, so a recording made with one key answers a request made with another.

A request that was sent compressed is kept decompressed: what is compressed cannot be searched.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.event_frames import changed_payloads, is_event_stream
from pytest_specbudget.cassettes.interaction import Answer, Asked, Interaction
from pytest_specbudget.cassettes.secrets import names, spans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_specbudget.cassettes.interaction import Headers

__all__ = [
    "REDACTED",
    "scrubbed",
    "scrubbed_body",
    "scrubbed_headers",
    "scrubbed_text",
    "scrubbed_uri",
    "with_body",
]

REDACTED = spans.REDACTED.decode()

_GZIP = b"\x1f\x8b"
_LARGEST = 64 << 20  # bytes that a compressed request may grow to


def scrubbed(interaction: Interaction) -> Interaction:
    """Take every credential out of *interaction*; a changed body's stated length follows."""
    asked, answer = interaction.asked, interaction.answer
    body = scrubbed_body(answer.body, received=True) or b""
    return Interaction(
        _scrubbed_asked(asked),
        with_body(replace(answer, headers=scrubbed_headers(answer.headers)), body),
    )


def with_body(answer: Answer, body: bytes) -> Answer:
    """Put *body* in place of the answer's own, and its length into the headers that state one."""
    if body == answer.body:
        return answer
    return replace(answer, body=body, headers=_with_length(answer.headers, body))


def scrubbed_headers(headers: Headers) -> Headers:
    """Redact what is secret by its name, whole, and by its looks elsewhere."""
    return {
        name: [REDACTED] * len(values)
        if names.header(name)
        else [_cleaned(value, partial(spans.in_header, name)) for value in values]
        for name, values in headers.items()
    }


@lru_cache(maxsize=1024)
def scrubbed_uri(uri: str) -> str:
    """Redact a password before the host, secret query parameters, and shapes anywhere."""
    return _cleaned(uri, spans.in_uri)


def scrubbed_text(text: str) -> str:
    """Redact what looks like a credential in a text that is about to be shown."""
    return _cleaned(text, spans.in_body)


def scrubbed_body(body: bytes | None, *, received: bool = False) -> bytes | None:
    """Redact a body; one without credentials is returned as it is.

    Args:
        body: What was sent, or received.
        received: Whether it is an answer, where a field `token` is no credential.
    """
    if not body:
        return body
    if received and is_event_stream(body):
        return changed_payloads(body, partial(_without_secrets, received=True))
    if body.startswith(_GZIP) and not received:
        body = _unpacked(body)
    return _without_secrets(body, received=received)


def _without_secrets(body: bytes, *, received: bool) -> bytes:
    return spans.cleaned(body, partial(spans.in_body, received=received))


def _scrubbed_asked(asked: Asked) -> Asked:
    body, headers = scrubbed_body(asked.body), scrubbed_headers(asked.headers)
    if body != asked.body:
        headers = _with_length(headers, body or b"")
        if (asked.body or b"").startswith(_GZIP):
            headers = {n: v for n, v in headers.items() if n.lower() != "content-encoding"}
    return Asked(method=asked.method, uri=scrubbed_uri(asked.uri), body=body, headers=headers)


def _with_length(headers: Headers, body: bytes) -> Headers:
    return {
        name: [str(len(body))] if name.lower() == "content-length" else values
        for name, values in headers.items()
    }


def _unpacked(body: bytes) -> bytes:
    """Undo gzip; what is none, or would grow beyond all measure, stays as it is."""
    engine = zlib.decompressobj(32 + zlib.MAX_WBITS)
    try:
        plain = engine.decompress(body, _LARGEST)
    except zlib.error:
        return body
    return plain if engine.eof and not engine.unused_data else body


def _cleaned(text: str, find: Callable[[bytes], Sequence[spans.Span]]) -> str:
    raw = text.encode("utf-8", "surrogatepass")
    made = spans.cleaned(raw, find)
    return text if made is raw else made.decode("utf-8", "surrogatepass")
