r"""The file format: YAML that vcrpy loads, and one line of JSON for each interaction.

    # recorded from an emulator
    version: 1
    interactions:
    - {"request": {"method": "POST", ...}, "response": {...}}

A line is appended as its interaction completes, so a file is whole up to its last line break, and
a diff shows what was added.  Text is kept readable; characters that a YAML reader refuses or
normalises are escaped as JSON escapes them.  A body that is no UTF-8 is a YAML `!!binary`.

A file that anything else wrote is read as vcrpy reads it, and cassetter's as cassetter means it.
This module touches no file.

Source: YAML 1.2.2, section 5.1 (printable characters) and example 5.13 (JSON's escapes).
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any

from pytest_specbudget.cassettes import cassetter
from pytest_specbudget.cassettes.collector import paused
from pytest_specbudget.cassettes.interaction import Interaction, interaction_from
from pytest_specbudget.errors import RecordingError

__all__ = ["Content", "header", "line", "parse"]

_START = "version: 1\ninteractions:\n"
_REFUSED_BY_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_MISSHAPEN = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a file held.

    Attributes:
        interactions: In file order.
        ours: Whether a line may be appended to it as it is.
        whole: The length of what is whole, in bytes; the rest is a line cut off as it was written.
        ends_open: Whether the last whole line lacks its line break.
        note: What was dropped, or None.
    """

    interactions: list[Interaction] = field(default_factory=list)
    ours: bool = True
    whole: int = 0
    ends_open: bool = False
    note: str | None = None


class _AnotherFormat(Exception):  # noqa: N818 - it is no error, the other reader takes over
    """The text is not line by line what this module writes."""


def header(note: str | None = None) -> str:
    """Begin a file, with *note* as comment lines above everything else."""
    return "".join(f"# {part}\n" for part in (note or "").splitlines()) + _START


def line(interaction: Interaction) -> str:
    """Write one interaction, with its line break."""
    asked, answer = interaction.asked, interaction.answer
    request = (
        f'"method": {_json(asked.method)}, "uri": {_json(asked.uri)}, '
        f'"body": {_body(asked.body)}, "headers": {_json(asked.headers)}'
    )
    response = (
        f'"status": {{"code": {answer.status}, "message": {_json(answer.reason)}}}, '
        f'"headers": {_json(answer.headers)}, "body": {{"string": {_body(answer.body)}}}'
    )
    return f'- {{"request": {{{request}}}, "response": {{{response}}}}}\n'


def parse(raw: bytes, name: str) -> Content:
    """Read a whole file.

    Args:
        raw: Its bytes.
        name: What to call it in errors.

    Raises:
        RecordingError: If it is no cassette, with the line as far as it is known.
    """
    try:
        with paused():
            return _parse_ours(raw)
    except _AnotherFormat:
        return Content(interactions=_parse_any(raw, name), ours=False, whole=len(raw))


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return _REFUSED_BY_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _body(body: bytes | None) -> str:
    try:
        return _json(body.decode() if body is not None else None)
    except UnicodeDecodeError:
        return f'!!binary "{base64.b64encode(body or b"").decode()}"'


def _parse_ours(raw: bytes) -> Content:
    *whole_lines, last = raw.split(b"\n")
    interactions = [_read(text) for text in _entries(whole_lines)]
    whole = len(raw) - len(last)
    if not last.strip():
        return Content(interactions=interactions, whole=whole)
    try:
        interactions.append(_read(last))
    except _AnotherFormat:
        note = f"the last line was cut off as it was written, so its {len(last)} bytes are dropped"
        return Content(interactions=interactions, whole=whole, note=note)
    return Content(interactions=interactions, whole=len(raw), ends_open=True)


def _entries(lines: list[bytes]) -> list[bytes]:
    """Return the lines below the header, without comments and empty ones."""
    spoken = [text for text in lines if text.strip() and not text.startswith(b"#")]
    if [text.rstrip() for text in spoken[:2]] != [b"version: 1", b"interactions:"]:
        raise _AnotherFormat
    return spoken[2:]


def _read(text: bytes) -> Interaction:
    if not text.startswith(b"- {"):
        raise _AnotherFormat
    try:
        return interaction_from(_document(text))
    except _MISSHAPEN:
        raise _AnotherFormat from None


def _document(text: bytes) -> Any:
    try:
        return json.loads(text[2:])
    except (ValueError, RecursionError):
        return _yaml_document(text[2:])


def _yaml_document(text: bytes) -> Any:
    import yaml  # noqa: PLC0415 - needed for binary bodies alone

    from pytest_specbudget.cassettes.bounds import check  # noqa: PLC0415 - imports yaml

    try:
        check(text)
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    except yaml.YAMLError as problem:
        raise ValueError(str(problem)) from None


def _parse_any(raw: bytes, name: str) -> list[Interaction]:
    document = _load(raw, name)
    entries = document.get("interactions") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise RecordingError(f'{name} is no cassette: it has no list "interactions"')
    return [_numbered(entry, number, name) for number, entry in enumerate(entries)]


def _numbered(entry: Any, number: int, name: str) -> Interaction:
    try:
        return interaction_from(cassetter.as_vcrpy(entry))
    except _MISSHAPEN as problem:
        raise _damaged(name, problem, place=f"interaction {number}: ") from None


def _load(raw: bytes, name: str) -> Any:
    import yaml  # noqa: PLC0415 - needed for files of other writers alone

    try:
        text = raw.decode()
        return _load_as_cassetter(raw) if _is_cassetters(raw) else _load_as_vcrpy(text)
    except (*_MISSHAPEN, yaml.YAMLError) as problem:
        raise _damaged(name, problem, raw) from None


def _damaged(name: str, problem: Exception, raw: bytes = b"", *, place: str = "") -> RecordingError:
    from pytest_specbudget.cassettes.damage import damaged, reason_of  # noqa: PLC0415 - imports yaml

    told = ValueError(f"{place}{reason_of(problem)}") if place else problem
    return damaged(name, told, raw)


def _load_as_vcrpy(text: str) -> Any:
    from vcr.serializers import yamlserializer  # type: ignore[import-untyped]  # noqa: PLC0415 - 250 ms

    from pytest_specbudget.cassettes.bounds import check  # noqa: PLC0415 - imports yaml

    check(text)
    return yamlserializer.deserialize(text)


def _is_cassetters(raw: bytes) -> bool:
    return cassetter.wrote(raw) or cassetter.is_toml(raw)


def _load_as_cassetter(raw: bytes) -> Any:
    from pytest_specbudget.cassettes.shapes import load  # noqa: PLC0415 - imports yaml

    document = load(raw)
    cassetter.refuse_other_protocols(document)
    return document
