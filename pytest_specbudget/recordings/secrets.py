"""Credentials in recordings that others made, or that were made without us.

What is reported is what scrubbing would take out, less what somebody has scrubbed already.  A
secret is told by its kind, its place, its length and a few digits of its hash, which tell two
apart; it is never told itself.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes.bodies import header, opened, plain
from pytest_specbudget.cassettes.event_frames import is_event_stream, payloads
from pytest_specbudget.cassettes.secrets.names import is_weak
from pytest_specbudget.cassettes.secrets.placeholders import bare, is_placeholder
from pytest_specbudget.cassettes.secrets.runs import is_random
from pytest_specbudget.cassettes.secrets.spans import in_body, in_header, in_uri
from pytest_specbudget.cassettes.sizes import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pytest_specbudget.cassettes.interaction import Answer, Asked, Headers, Interaction
    from pytest_specbudget.cassettes.secrets.spans import Span
    from pytest_specbudget.recordings.whole import Whole

__all__ = ["Secret", "secrets_in_file", "secrets_in_recording"]

_HASHABLE = 16  # characters; what is shorter could be guessed from its hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One credential, as far as it may be told.

    Attributes:
        kind: What it is: `GitHub token`, `header "x-api-key"`.
        where: Its place in the recording: `interaction 0, request header "x-api-key"`.
        line: The first line of the file that holds it, from 1.
        length: In bytes.
        digest: The first digits of its SHA-256; empty for one that is short enough to be guessed.
        is_account: Whether it only names somebody, and opens nothing by itself.
        more: At how many other places of the file it stands, too.
    """

    kind: str
    where: str
    line: int
    length: int
    digest: str
    is_account: bool = False
    more: int = 0

    def __str__(self) -> str:
        """Say it: `a GitHub token of 40 characters (sha256 1a2b3c4d) in interaction 0, ...`."""
        hashed = f" (sha256 {self.digest})" if self.digest else ""
        again = f", and at {self.more} more places" if self.more > 1 else ""
        again = ", and at 1 more place" if self.more == 1 else again
        return f"{self.kind}, {self.length} characters{hashed}: {self.where}{again}"


@dataclass(frozen=True, slots=True)
class _Hit:
    """A credential in the open; it never leaves this module."""

    kind: str
    where: str
    value: bytes

    @property
    def is_account(self) -> bool:
        return self.kind in _ACCOUNTS


_ACCOUNTS = frozenset(
    (
        "account",
        "AWS account",
        "OpenAI organisation",
        "OpenAI project",
        "OpenAI user",
        "Twilio account",
    )
)


def secrets_in_recording(path: Path, whole: Whole) -> list[Secret]:
    """Find the credentials of a recording that could be read, each once, in file order."""
    hits = [hit for place, each in enumerate(whole.interactions) for hit in _hits(place, each)]
    raw = _raw(path)
    for comment in _COMMENT.finditer(raw):
        hits += _of_spans("a comment", comment[0], in_body(comment[0]))
    if whole.homeless or whole.note:
        hits += _of_spans("outside of its interactions", raw, in_body(raw))
    return _told(hits, raw)


def secrets_in_file(path: Path) -> list[Secret]:
    """Find the credentials of a file that is no recording, or could not be read as one."""
    raw = _raw(path)
    return _told(_of_spans("text", raw, in_body(raw)), raw)


_COMMENT = re.compile(rb"^[ \t]*#.*$", re.MULTILINE)


def _raw(path: Path) -> bytes:
    """Read a file as far as recordings are read, unpacked."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            return packed.read(MAX_BYTES + 1)
    except (OSError, EOFError):
        return data


def _hits(place: int, interaction: Interaction) -> Iterator[_Hit]:
    name = f"interaction {place}, "
    asked, answer = interaction.asked, interaction.answer
    uri = asked.uri.encode("utf-8", "surrogatepass")
    yield from _of_spans(f"{name}address", uri, in_uri(uri))
    yield from _of_headers(f"{name}request", asked.headers)
    yield from _of_body(f"{name}request", _asked_body(asked), received=False)
    yield from _of_headers(f"{name}answer", answer.headers)
    yield from _of_body(f"{name}answer", _answered_body(answer), received=True)


def _asked_body(asked: Asked) -> bytes:
    body = asked.body or b""
    return plain(body, header(asked.headers, "content-encoding")) or body


def _answered_body(answer: Answer) -> bytes:
    body = opened(answer).body
    if is_event_stream(body):
        return b"\n".join(payloads(body))
    return plain(body) or body


def _of_headers(side: str, headers: Headers) -> Iterator[_Hit]:
    for name, values in headers.items():
        for value in values:
            raw = value.encode("utf-8", "surrogatepass")
            for span in in_header(name, raw):
                if span.kind == "credential" and is_weak(name) and not _is_handle(raw):
                    continue
                kind = f'header "{name}"' if span.kind == "credential" else span.kind
                yield _Hit(kind, f'{side} header "{name}"', raw[span.start : span.end])


def _is_handle(value: bytes) -> bool:
    """Tell whether *value* is long and mixed enough to let somebody in."""
    return is_random(value) or re.fullmatch(rb"[0-9a-fA-F-]{32,}", value) is not None


def _of_body(side: str, body: bytes, *, received: bool) -> Iterator[_Hit]:
    found = in_body(body, received=received)
    if not found:
        return
    document = _document(body)
    for hit in _of_spans(f"{side} body", body, found):
        path = _path_to(hit.value, document)
        yield _Hit(hit.kind, f"{hit.where} {path}" if path else hit.where, hit.value)


def _of_spans(where: str, text: bytes, found: Iterable[Span]) -> list[_Hit]:
    return [_Hit(span.kind, where, text[span.start : span.end]) for span in found]


def _told(hits: Iterable[_Hit], raw: bytes) -> list[Secret]:
    """Gather the hits by their value, without those that somebody scrubbed."""
    found: dict[bytes, list[_Hit]] = {}
    for hit in hits:
        if not is_placeholder(hit.value):
            found.setdefault(bare(hit.value), []).append(hit)
    return [_secret(same, raw) for same in found.values()]


def _secret(same: list[_Hit], raw: bytes) -> Secret:
    first, value = same[0], bare(same[0].value)
    hashable = len(value) >= _HASHABLE and not first.is_account
    return Secret(
        kind=first.kind,
        where=first.where,
        line=_line_of(value, raw),
        length=len(value),
        digest=hashlib.sha256(value).hexdigest()[:8] if hashable else "",
        is_account=first.is_account,
        more=len(same) - 1,
    )


# --- where it stands


def _line_of(value: bytes, raw: bytes) -> int:
    """Find the line of *value*, which YAML and JSON may have escaped or folded."""
    for needle in (value, json.dumps(value.decode("latin-1"))[1:-1].encode(), value[:24]):
        place = raw.find(needle)
        if place >= 0:
            return raw.count(b"\n", 0, place) + 1
    return 1


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _path_to(value: bytes, document: Any) -> str:
    """Return the JSON path of the first text that holds *value*; empty if there is none."""
    wanted = value.decode("utf-8", "replace")
    left: list[tuple[str, Any]] = [("$", document)]
    while left:
        path, held = left.pop()
        if isinstance(held, dict):
            left += [(f"{path}.{key}", inner) for key, inner in reversed(held.items())]
        elif isinstance(held, list):
            left += [(f"{path}[{i}]", held[i]) for i in range(len(held) - 1, -1, -1)]
        elif isinstance(held, str) and wanted in held:
            return path
    return ""
