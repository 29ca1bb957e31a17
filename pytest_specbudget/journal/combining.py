"""Many journals into one, each line once.

Combining is idempotent and does not depend on the order of the files: calls are joined by id,
everything else by its text.  A start whose charge lies in another file is answered by it.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money
from pytest_specbudget.journal.lines import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["combined_lines", "write_combined"]

_KEPT = ("start", "charge", "event")


def combined_lines(files: Iterable[Path], damage: Iterable[str] = ()) -> Iterator[str]:
    """Yield the lines of one journal that holds what *files* hold together.

    Args:
        files: The journals.
        damage: What is wrong with them, a sentence each, as `read_journal` tells; it is kept as
            events, in the place of the lines that make no sense.
    """
    seen: set[tuple[str, str]] = set()
    runs: set[str] = set()
    kept: list[tuple[str, str]] = []
    costs: list[Money] = []
    for line, values in _lines(files):
        kind = values["kind"]
        if kind == "header":
            runs.add(str(values.get("run", "")))
        key = (kind, str(values.get("id", line)))
        if kind in _KEPT and key not in seen:
            seen.add(key)
            kept.append((str(values.get("at", "")), line))
            if kind == "charge":
                costs.append(Money.parse(values.get("list_cost") or 0))
    yield _encode(_header(runs))
    yield from (line for _, line in sorted(kept))
    for sentence in damage:
        yield _encode({"kind": "event", "event": "damage", "values": {"sentence": sentence}})
    yield _encode({"kind": "footer", "count": len(costs), "list_cost": str(Money.total(costs))})


def write_combined(files: Iterable[Path], target: Path, damage: Iterable[str] = ()) -> None:
    """Write one journal at *target*; a reader sees the old file or the whole new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    with partial.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{line}\n" for line in combined_lines(files, damage))
    partial.replace(target)


def _lines(files: Iterable[Path]) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in files:
        with file.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    values = json.loads(line)
                except ValueError:
                    continue
                if isinstance(values, dict) and "kind" in values:
                    yield line.rstrip("\n"), values


def _header(runs: set[str]) -> dict[str, Any]:
    return {"kind": "header", "schema": SCHEMA, "run": "+".join(sorted(runs)), "worker": "combined"}


def _encode(values: dict[str, Any]) -> str:
    return json.dumps(values, separators=(",", ":"))
