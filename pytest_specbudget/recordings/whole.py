"""Recordings of every shape, kept whole: with the headers as they were written, and the comments.

`shapes` reads what readers of usage need; this is for what shows a recording or writes it anew.
Files in the form that we write are read line by line, without YAML; all others as `shapes` reads
them.  Nothing in a recording is executed.
"""

from __future__ import annotations

import gzip
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes import cassetter, shapes
from pytest_specbudget.cassettes.damage import reason_of
from pytest_specbudget.cassettes.interaction import Answer, Asked, Interaction, plain_headers
from pytest_specbudget.cassettes.lines import parse
from pytest_specbudget.cassettes.shapes import (
    body_in,
    load,
    pairs_in,
    status_in,
    times_in,
    unreadable,
)
from pytest_specbudget.cassettes.sizes import MAX_BYTES
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.recordings import httprr
from pytest_specbudget.recordings.body_files import fill
from pytest_specbudget.recordings.other_forms import regrouped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from pytest_specbudget.cassettes.interaction import Headers

__all__ = ["OURS", "Whole", "flat", "read_whole_recording", "whole_recording"]

OURS = "lines"
"""The form that we write."""

_GZIP = b"\x1f\x8b"
_OURS = re.compile(
    rb"(?:#[^\n]*\n|[ \t\r]*\n)*version: 1[ \t\r]*\ninteractions:[ \t\r]*\n(?:- \{|\Z)"
)
_PLACED = {"version", "interactions", "http_interactions", "recorded_with", "requests", "responses"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """All that a recording holds.

    Attributes:
        interactions: In file order.
        form: Who writes such files: `OURS`, `vcrpy`, `Ruby VCR`, ...
        comments: The comment lines at its top, without their marks.
        recorded: When each was recorded, aware UTC, where the file says so; empty if it never does.
        homeless: What the form that we write has no place for, such as `metadata`.
        note: What was dropped as it was read, or None.
        lines: How many lines the file has, where something was dropped.
    """

    interactions: list[Interaction]
    form: str = OURS
    comments: tuple[str, ...] = ()
    recorded: tuple[datetime | None, ...] = ()
    homeless: tuple[str, ...] = ()
    note: str | None = None
    lines: int = 1


def read_whole_recording(path: Path) -> Whole | None:
    """Read a recording; None if the file is well-formed and no recording.

    Raises:
        RecordingError: If it cannot be read, with its name and the reason.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise unreadable(path, problem, b"") from problem
    return whole_recording(data, path, at_hand=True)


def whole_recording(data: bytes, path: Path, *, at_hand: bool = False) -> Whole | None:
    """Read what a file holds; None if it is well-formed and no recording.

    Args:
        data: Its bytes; perhaps gzipped.
        path: What to call it in errors.
        at_hand: Whether it lies there, so that bodies that it keeps in files of their own can be
            read; those of a file of another revision cannot.

    Raises:
        RecordingError: If it makes no sense, with its name and the reason.
    """
    try:
        data = _plain(data)
        return _ours(data) or _of_others(data, path if at_hand else None)
    except Exception as problem:  # PyYAML's constructors raise whatever `int` and `dict` do
        raise unreadable(path, problem, data) from problem


def flat(interaction: Interaction, recorded_at: datetime | None = None) -> shapes.Interaction:
    """Bring *interaction* to what readers of usage take."""
    asked, answer = interaction.asked, interaction.answer
    return shapes.Interaction(
        method=asked.method.upper(),
        url=asked.uri,
        request_body=asked.body or b"",
        status=answer.status,
        headers=_joined(answer.headers),
        body=answer.body,
        request_headers=_joined(asked.headers),
        recorded_at=recorded_at,
    )


def _plain(data: bytes) -> bytes:
    """Take gzip off; never more than `MAX_BYTES`."""
    if data.startswith(_GZIP):
        with gzip.open(io.BytesIO(data)) as file:
            data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES >> 20} MiB")
    return data


def _joined(headers: Headers) -> dict[str, str]:
    return {name.lower(): ", ".join(values) for name, values in headers.items()}


def _ours(data: bytes) -> Whole | None:
    """Read the form that we write; None for what only begins like it."""
    if not _OURS.match(data):
        return None
    try:
        content = parse(data, "")
    except RecordingError:
        return None
    if not content.ours:
        return None
    return Whole(
        interactions=content.interactions,
        comments=tuple(_comments(data)),
        note=content.note,
        lines=data.count(b"\n") + 1 if content.note else 1,
    )


def _of_others(data: bytes, path: Path | None) -> Whole | None:
    form, document = _loaded(data)
    if path is not None:
        fill(document, path)
    cassetter.refuse_other_protocols(document)
    pairs = pairs_in(document)
    if pairs is None:
        return None
    return Whole(
        interactions=[*_numbered(pairs)],
        form=form or _form(document, pairs),
        comments=tuple(_comments(data)),
        recorded=tuple(times_in(document)),
        homeless=tuple(_homeless(document)),
    )


def _loaded(data: bytes) -> tuple[str | None, Any]:
    return ("httprr", httprr.load(data)) if httprr.wrote(data) else regrouped(load(data))


def _numbered(pairs: list[tuple[Any, Any]]) -> Iterator[Interaction]:
    for number, (request, response) in enumerate(pairs):
        try:
            yield _interaction(request, response)
        except Exception as problem:
            raise ValueError(f"interaction {number}: {reason_of(problem)}") from problem


def _interaction(request: Any, response: Any) -> Interaction:
    if not isinstance(request, dict) or not isinstance(response, dict):
        raise ValueError("a request or a response is no mapping")  # noqa: TRY004 - damage, too
    return Interaction(
        Asked(
            method=str(request.get("method", "")).upper(),
            uri=str(request.get("uri", request.get("url", ""))),
            body=body_in(request) or None,
            headers=plain_headers(_gathered(request.get("headers"))),
        ),
        Answer(
            status=status_in(response),
            reason=_phrase(response),
            body=body_in(response),
            headers=plain_headers(_gathered(response.get("headers"))),
        ),
    )


def _gathered(headers: Any) -> Mapping[Any, Any]:
    """Bring headers that are a list of pairs, some perhaps repeated, to a mapping."""
    if isinstance(headers, dict):
        return headers
    found: dict[Any, list[Any]] = {}
    for name, told in headers or ():
        found.setdefault(name, []).append(told)
    return found


def _phrase(response: Mapping[str, Any]) -> str | None:
    status = response.get("status")
    if isinstance(status, str):  # go-vcr
        return status.partition(" ")[2] or None
    phrase = status.get("message") if isinstance(status, dict) else None
    return None if phrase is None else str(phrase)


def _form(document: Mapping[str, Any], pairs: list[tuple[Any, Any]]) -> str:
    if "http_interactions" in document:
        return "Ruby VCR"
    if "interactions" not in document:
        return "lists of requests and responses"
    messages = [message for pair in pairs for message in pair]
    if any(cassetter.body_of(message) is not None for message in messages):
        return "cassetter"
    if any("parsed_body" in message for message in messages):
        return "vcrpy with parsed bodies"
    if any("code" in response for _, response in pairs):
        return "go-vcr"
    stub = any("content" in message for message in messages)
    return "vcrpy's former httpx stub" if stub else "vcrpy"


def _homeless(document: Mapping[str, Any]) -> Iterator[str]:
    for key, held in document.items():
        if key not in _PLACED and held:
            many = f"{len(held)} " if isinstance(held, list) else ""
            yield f"{many}{key}"


def _comments(data: bytes) -> Iterator[str]:
    for text in data.split(b"\n"):
        if not text.startswith(b"#"):
            return
        yield text[1:].decode("utf-8", "replace").strip()
