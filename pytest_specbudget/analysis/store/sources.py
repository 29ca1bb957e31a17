"""Which files hold usage, and of what shape they are.

Below a folder these are journals and other JSON lines, Parquet files, and the cost summaries and
telemetry of evidence, by their names; a file that is named itself may be called anything.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["PATTERNS", "QUARANTINE", "UNREAD", "Shape", "Source", "left_out", "sources_below"]

Shape = Literal["journal", "records", "parquet", "document", "quarantine"]
"""A journal of ours; JSON lines with the names of columns as keys; Parquet; one JSON object; JSON
lines that were set aside, which keep a record under `record`."""

QUARANTINE = "quarantine"
"""The folder within a history that keeps what was refused; nothing is read from there unless one
of its files, or the folder, is named itself."""

UNREAD = "unread"
"""The folder within a history that keeps what could not be read; nothing is read from there."""

PATTERNS = ("*.jsonl", "*.ndjson", "*.parquet", "*_cost_summary.json", "*_telemetry.json")

_LOOKED_AT = 5
_NAMED = 5


class Source(NamedTuple):
    """A file with usage.

    Attributes:
        path: Where it is.
        shape: What it is.
        run: Of a journal, the run as its header names it; else empty.
    """

    path: Path
    shape: Shape
    run: str = ""


def sources_below(path: Path, history: Path) -> Iterator[Source]:
    """Yield what is at *path*, a file or a folder, sorted; nothing of the *history* itself.

    The quarantine of the history is read if it is *path*.

    Raises:
        JournalError: If there is no such path, or it holds nothing of the kind.
    """
    if not path.exists():
        raise JournalError(f"{path}: there is no such file or folder")
    files = [path] if path.is_file() else sorted(set(_below(path, history.resolve())))
    if not files:
        raise JournalError(f"{path}: holds no usage ({', '.join(PATTERNS)})")
    yield from map(_source, files)


def left_out(folder: Path, history: Path) -> str | None:
    """Say which files below *folder* are no usage by their names, or empty; None if none are.

    Hidden files and folders are not looked at, and neither is what belongs to a history.
    """
    if not folder.is_dir():
        return None
    files = [file for file in _visible(folder, history.resolve()) if not _is_usage(file)]
    if not files:
        return None
    names = [file.relative_to(folder).as_posix() for file in files[:_NAMED]]
    return f"{folder}: no usage, and left out: {', '.join(names)}{_more(files[_NAMED:])}"


def _visible(folder: Path, history: Path) -> list[Path]:
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        home = Path(place)
        inside = home.resolve() == history or home.name in (QUARANTINE, UNREAD)
        folders[:] = [] if inside else sorted(one for one in folders if not one.startswith("."))
        found += [home / one for one in sorted(files) if not inside and not one.startswith(".")]
    return found


def _is_usage(file: Path) -> bool:
    try:
        return any(map(file.match, PATTERNS)) and file.stat().st_size > 0
    except OSError:  # as in `_may_be_file`
        return True


def _more(files: list[Path]) -> str:
    kinds = Counter(file.suffix or "no suffix" for file in files)
    told = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common(_NAMED))
    return f" and {len(files):,} more ({told})" if files else ""


def _below(folder: Path, history: Path) -> Iterator[Path]:
    asked_for = folder.resolve() == history / QUARANTINE
    for pattern in PATTERNS:
        for file in folder.rglob(pattern):
            apart = {QUARANTINE, UNREAD}.intersection(file.relative_to(folder).parts)
            inside = history in file.resolve().parents and not asked_for
            if not (apart or inside) and _may_be_file(file):
                yield file


def _may_be_file(path: Path) -> bool:
    """Tell whether *path* is a file; where nobody may look, whoever reads it is told so."""
    try:
        return path.is_file()
    except OSError:
        return True


def _source(path: Path) -> Source:
    if path.suffix == ".parquet":
        return Source(path, "parquet")
    if path.suffix == ".json":
        return Source(path, "document")
    first = _first_objects(path)
    header = next((one for one in first if "kind" in one), None)
    if header is not None:
        return Source(path, "journal", str(header.get("run") or path))
    return Source(path, "quarantine" if any(map(_was_set_aside, first)) else "records")


def _was_set_aside(told: dict[str, Any]) -> bool:
    return isinstance(told.get("record"), dict) and "reason" in told


def _first_objects(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            return list(_objects(islice(lines, _LOOKED_AT)))
    except OSError:  # whoever reads it next says so
        return []


def _objects(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict):
            yield told
