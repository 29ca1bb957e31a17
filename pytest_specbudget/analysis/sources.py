"""Which files hold usage, and of what shape they are.

Below a folder these are journals and other JSON lines, Parquet files, and the cost summaries and
telemetry of evidence, by their names; a file that is named itself may be called anything.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["PATTERNS", "QUARANTINE", "Shape", "Source", "sources_below"]

Shape = Literal["journal", "records", "parquet", "document"]
"""A journal of ours; JSON lines with the names of columns as keys; Parquet; one JSON object."""

QUARANTINE = "quarantine"
"""The folder within a history that keeps what was refused; nothing is read from there."""

PATTERNS = ("*.jsonl", "*.ndjson", "*.parquet", "*_cost_summary.json", "*_telemetry.json")

_LOOKED_AT = 5


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

    Raises:
        JournalError: If there is no such path, or it holds nothing of the kind.
    """
    if not path.exists():
        raise JournalError(f"{path}: there is no such file or folder")
    files = [path] if path.is_file() else sorted(set(_below(path, history.resolve())))
    if not files:
        raise JournalError(f"{path}: holds no usage ({', '.join(PATTERNS)})")
    yield from map(_source, files)


def _below(folder: Path, history: Path) -> Iterator[Path]:
    for pattern in PATTERNS:
        for file in folder.rglob(pattern):
            apart = QUARANTINE in file.relative_to(folder).parts
            if not apart and file.is_file() and history not in file.resolve().parents:
                yield file


def _source(path: Path) -> Source:
    if path.suffix == ".parquet":
        return Source(path, "parquet")
    if path.suffix == ".json":
        return Source(path, "document")
    first = _first_objects(path)
    header = next((one for one in first if "kind" in one), None)
    if header is None:
        return Source(path, "records")
    return Source(path, "journal", str(header.get("run") or path))


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
