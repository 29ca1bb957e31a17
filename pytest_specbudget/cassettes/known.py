"""The file of known staleness: what an old suite is allowed to be wrong about, and no more.

    [[paths]]
    path = "$.store"
    reason = "openai 3.2 sends a new default"

    [[calls]]
    cassette = "tests/cassettes/test_plan/test_cheap.yaml"
    interaction = 0
    request = "5d41402abc4b2a76b9719d911017c592"

A path does not count for any recording; a call is known only with just that request, so that a
prompt that changes once more is news.  `specbudget cassettes accept` writes the file; entries that
are not needed any more may be taken out by hand.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.json_paths import JsonPath
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["FILE_NAME", "Known", "KnownCall", "KnownPath", "load", "save"]

FILE_NAME = "specbudget-stale.toml"
"""Its name, beside the settings."""

_HEAD = """\
# Recordings that answer other requests than their own, and are accepted as they are.
# `specbudget cassettes accept` adds to it; take an entry out to have it judged again.
"""
_CALL = ("cassette", "interaction", "request")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPath:
    """A place in requests that does not count."""

    path: JsonPath
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCall:
    """A recording that is known to answer just one other request.

    Attributes:
        cassette: Its file, relative to the file of known staleness, with `/` between the parts.
        interaction: Its place there, from 0.
        request: The fingerprint of the request that it answers.
    """

    cassette: str
    interaction: int
    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known to be stale."""

    paths: tuple[KnownPath, ...] = ()
    calls: frozenset[KnownCall] = field(default_factory=frozenset)

    @property
    def volatile(self) -> tuple[JsonPath, ...]:
        """The places in requests that do not count."""
        return tuple(known.path for known in self.paths)

    def lists(self, cassette: str | None, interaction: int | None, request: str | None) -> bool:
        """Tell whether just this staleness is known; *cassette* may be an absolute path."""
        if not self.calls or cassette is None:
            return False
        file = cassette.replace("\\", "/")
        return any(
            call.request == request and call.interaction == interaction
            for call in self.calls
            if file == call.cassette or file.endswith(f"/{call.cassette}")
        )

    def also(self, paths: Iterable[KnownPath] = (), calls: Iterable[KnownCall] = ()) -> Known:
        """Return this and *paths* and *calls* together; a path's newer reason holds."""
        by_text = {known.path.text: known for known in (*self.paths, *paths)}
        return Known(paths=tuple(by_text.values()), calls=self.calls | frozenset(calls))


def load(path: Path) -> Known:
    """Read the file at *path*; one that does not exist knows nothing.

    Raises:
        RecordingError: If it makes no sense, with the entry and the reason.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return Known()
    except (OSError, ValueError, RecursionError) as problem:
        raise RecordingError(f"{path}: cannot be read: {reason_of(problem)}") from problem
    strangers = document.keys() - {"paths", "calls"}
    if strangers:
        raise RecordingError(
            f'{path}: there is no "{min(strangers)}"; write [[paths]] or [[calls]]'
        )
    paths = tuple(_path(entry, where) for entry, where in _entries(document, "paths", path))
    calls = frozenset(_call(entry, where) for entry, where in _entries(document, "calls", path))
    return Known(paths=paths, calls=calls)


def save(path: Path, known: Known) -> None:
    """Write *known* to *path*, sorted.

    Raises:
        RecordingError: If it cannot be written.
    """
    calls = sorted(known.calls, key=lambda call: (call.cassette, call.interaction, call.request))
    blocks = [*map(_path_block, known.paths), *map(_call_block, calls)]
    try:
        path.write_text("\n".join((_HEAD, *blocks)), encoding="utf-8", newline="\n")
    except OSError as problem:
        raise RecordingError(f"{path}: cannot be written: {reason_of(problem)}") from problem


def _entries(
    document: dict[str, Any], name: str, path: Path
) -> Iterator[tuple[dict[str, Any], str]]:
    entries = document.get(name, [])
    if not isinstance(entries, list):
        raise RecordingError(f"{path}: {name} is no list; write [[{name}]] before each entry")
    for number, entry in enumerate(entries, 1):
        where = f"{path}, [[{name}]] number {number}"
        if not isinstance(entry, dict):
            raise RecordingError(f"{where}: is no table")
        yield entry, where


def _path(entry: dict[str, Any], where: str) -> KnownPath:
    text, reason = entry.get("path"), entry.get("reason", "")
    if not isinstance(text, str) or not isinstance(reason, str):
        raise RecordingError(f'{where}: lacks a path; write path = "$.store"')
    try:
        return KnownPath(path=JsonPath.parse(text), reason=reason)
    except ValueError as problem:
        raise RecordingError(f"{where}: {problem}") from None


def _call(entry: dict[str, Any], where: str) -> KnownCall:
    cassette, interaction, request = (entry.get(name) for name in _CALL)
    if isinstance(cassette, str) and isinstance(request, str) and isinstance(interaction, int):
        return KnownCall(cassette=cassette, interaction=interaction, request=request)
    raise RecordingError(f"{where}: needs {', '.join(_CALL)}: a text, a number and a text")


def _path_block(known: KnownPath) -> str:
    return _block("paths", path=known.path.text, reason=known.reason)


def _call_block(call: KnownCall) -> str:
    return _block(
        "calls", cassette=call.cassette, interaction=call.interaction, request=call.request
    )


def _block(name: str, **values: object) -> str:
    lines = (f"{key} = {_toml(value)}" for key, value in values.items() if value != "")
    return "\n".join((f"[[{name}]]", *lines, ""))


def _toml(value: object) -> str:
    """Write a text or a whole number as TOML; JSON writes texts in a way that TOML reads."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
