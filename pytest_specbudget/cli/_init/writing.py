"""How settings come into a file: behind what stands there, which keeps every byte.

A table of ours that exists already is never changed; what would be added is shown as a diff.  A
comment that waits there to be completed is not added again.
"""

from __future__ import annotations

import difflib
import re
import tempfile
import textwrap
import tomllib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.core.reasons import reason_of, toml_problem
from pytest_specbudget.errors import SettingError
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.cli._init.line import Line

__all__ = ["Draft", "draft", "write"]

_PYPROJECT, _OWN = "pyproject.toml", "specbudget.toml"
_HEADER = "[tool.specbudget]"
_ANY_HEADER = re.compile(r"\s*\[")
_OURS = re.compile(r"\s*\[\s*tool\s*\.\s*specbudget\s*\]")
_COMMENT = re.compile(r"^[ \t]*#[ \t]*(.+)", re.MULTILINE)
_QUOTED = re.compile(r'"[^"]*"')
_OPEN = '"?"'
_WIDTH = 100
_TITLE = (
    "# Proposed by `specbudget init` from what it found; docs/configuration.md has every setting."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file of settings as it is, and as it would be.

    Attributes:
        path: The file.
        exists: Whether it holds settings of ours already, so that it stays as it is.
        lines: The settings that would be added.
        waiting: Those that stand there as comments already, to be completed.
        added: The text that would be added, with the file's own line ends.
        diff: The change as a unified diff; empty where nothing is added, or where the table that
            exists is written so that it takes no plain lines.
    """

    path: Path
    exists: bool
    lines: tuple[Line, ...]
    waiting: tuple[Line, ...]
    added: str
    diff: str


def draft(rootdir: Path, lines: Iterable[Line]) -> Draft:
    """Lay *lines* out for the file of settings in *rootdir*.

    Raises:
        SettingError: If that file cannot be read, or would not be valid with them.
    """
    path = _file(rootdir)
    before = _text(path)
    own = path.name == _OWN
    exists = bool(before.strip()) if own else _has_table(before, path.name)
    lines, waiting = _apart(lines, before)
    laid = partial(Draft, path=path, exists=exists, lines=lines, waiting=waiting)
    if not lines:
        return laid(added="", diff="")
    body = "".join(map(_laid_out, lines)).lstrip("\n")
    added = body if exists else f"{_title(own=own)}\n\n{body}"
    end = "\r\n" if "\r\n" in before else "\n"
    joint = "" if not before or exists else ("\n" if before.endswith("\n") else "\n\n")
    added = (joint + added).replace("\n", end)
    if not exists:
        after = before + added
        _check(path.name, after)
        return laid(added=added, diff=_diff(path.name, before, after))
    after = _inserted(before, added, end, own=own)
    diff = _diff(path.name, before, after) if _is_sound(path.name, after) else ""
    return laid(added=added, diff=diff)


def write(plan: Draft) -> None:
    """Append what is added; what stood there is not touched.

    Raises:
        SettingError: If the file cannot be written.
    """
    try:
        with plan.path.open("ab") as file:
            file.write(plan.added.encode())
    except OSError as problem:
        told = f"{plan.path.name} cannot be written: {reason_of(problem)}; nothing was changed"
        raise SettingError([told]) from problem


def _apart(lines: Iterable[Line], before: str) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Tell the lines that are new from those that wait in *before* to be completed."""
    comments = _COMMENT.findall(before)
    new: list[Line] = []
    waiting: list[Line] = []
    for line in lines:
        (waiting if not line.active and _waits(line, comments) else new).append(line)
    return tuple(new), tuple(waiting)


def _waits(line: Line, comments: Iterable[str]) -> bool:
    """Tell whether a comment sets the same, and names all that *line* names."""
    key, _, setting = line.toml.partition(" = ")
    named = [word for word in _QUOTED.findall(setting) if word != _OPEN]
    return any(
        comment.startswith(f"{key} =") and all(word in comment for word in named)
        for comment in comments
    )


def _file(rootdir: Path) -> Path:
    """Choose the file: our own where it exists, else `pyproject.toml` where that exists."""
    own, pyproject = rootdir / _OWN, rootdir / _PYPROJECT
    return pyproject if pyproject.is_file() and not own.exists() else own


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingError([f"{path.name} cannot be read: {reason_of(problem)}"]) from problem


def _has_table(text: str, name: str) -> bool:
    try:
        tool = tomllib.loads(text.removeprefix("\ufeff")).get("tool", {})
    except (ValueError, RecursionError) as problem:
        told = f"{toml_problem(name, problem)}; mend it, and ask again"
        raise SettingError([told]) from problem
    return isinstance(tool, dict) and "specbudget" in tool


def _title(*, own: bool) -> str:
    return _TITLE if own else f"{_HEADER}\n{_TITLE}"


def _laid_out(line: Line) -> str:
    """Write a setting below its comment; one without a comment goes on with what is above it."""
    comment = textwrap.wrap(line.why, _WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    above = "".join(f"# {part}\n" for part in comment)
    gap = "\n" if line.why else ""
    return f"{gap}{above}{line.toml if line.active else f'# {line.toml}'}\n"


def _inserted(before: str, added: str, end: str, *, own: bool) -> str:
    """Put *added* at the end of our table, or before the first table of our own file."""
    lines = before.splitlines(keepends=True)
    start = 0
    if not own:
        ours = (place for place, line in enumerate(lines) if _OURS.match(line))
        start = next(ours, -1) + 1
        if not start:  # only tables below ours, such as [tool.specbudget.hosts]
            return f"{before}{end}{_HEADER}{end}{added}"
    later = (place for place, line in enumerate(lines[start:], start) if _ANY_HEADER.match(line))
    stop = next(later, len(lines))
    while stop > start and not lines[stop - 1].strip():
        stop -= 1
    if stop and not lines[stop - 1].endswith("\n"):
        lines[stop - 1] += end
    return "".join([*lines[:stop], end, added, *lines[stop:]])


def _check(name: str, text: str) -> None:
    """Read *text* as a run would, so that nothing is written that stops the next one."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(text.encode())
        read_settings(options={}, environment={}, rootdir=Path(folder))


def _is_sound(name: str, text: str) -> bool:
    try:
        _check(name, text)
    except SettingError:
        return False
    return True


def _diff(name: str, before: str, after: str) -> str:
    changed = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm=""
    )
    return "\n".join(changed)
