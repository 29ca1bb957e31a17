"""Many journals into one, each line once.

Combining is idempotent and does not depend on the order of the files: combined again, alone or with
the journals that it came from, a combined journal stays what it is, byte for byte.  Calls are
joined by id.  Other lines are joined by their text: a line that one process wrote twice is kept
twice, and one that two machines wrote, once.  A start whose charge lies in another file is
answered by it.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money
from pytest_specbudget.journal.lines import SCHEMA
from pytest_specbudget.journal.reader import decoded, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    _Line = tuple[str, dict[str, Any]]

__all__ = ["combined_lines", "names_of", "write_combined"]

_CALLS = ("start", "charge")
_NAMES = ("run", "commit", "shard")
_JOINT = "+"


def combined_lines(files: Iterable[Path], damage: Iterable[str] = ()) -> Iterator[str]:
    """Yield the lines of one journal that holds what *files* hold together.

    Args:
        files: The journals.
        damage: What is wrong with them, a sentence each, as `read_journal` tells; it is kept as
            events, in the place of the lines that make no sense, which are left out.
    """
    told = Counter(dict.fromkeys(map(_damage, damage), 1))
    parts = _Parts()
    for file in files:
        parts.add(_sound(file) if told else _lines(file))
    parts.events |= told
    yield _encode(parts.header())
    yield from parts.lines()
    yield _encode(parts.footer())


def write_combined(files: Iterable[Path], target: Path, damage: Iterable[str] = ()) -> None:
    """Write one journal at *target*; a reader sees the old file or the whole new one.

    What is no file, such as `/dev/stdout` or a pipe, is written to and never replaced.

    Raises:
        OSError: If it cannot be written.
    """
    lines = combined_lines(files, damage)
    if target.exists() and not target.is_file():
        _write(target, lines)
        return
    target = target.resolve()  # of a link, what it leads to is replaced
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        _write(partial, lines)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{line}\n" for line in lines)


def names_of(joint: str) -> set[str]:
    """Return the runs, or shards, that the header of a combined journal names together."""
    return {name for name in joint.split(_JOINT) if name}


@dataclass(slots=True)
class _Parts:
    """The lines of several journals, joined."""

    named: dict[str, set[str]] = field(default_factory=lambda: {key: set() for key in _NAMES})
    calls: dict[str, dict[str, tuple[str, str]]] = field(
        default_factory=lambda: {kind: {} for kind in _CALLS}
    )
    costs: dict[str, Money] = field(default_factory=dict)
    events: Counter[str] = field(default_factory=Counter)

    def add(self, lines: Iterable[_Line]) -> None:
        """Add the *lines* of one journal."""
        events: Counter[str] = Counter()
        for line, values in lines:
            kind = values["kind"]
            if kind == "header":
                self._name(values)
            elif kind in _CALLS:
                self._keep(kind, line, values)
            elif kind == "event":
                events[line] += 1
        self.events |= events

    def _name(self, header: dict[str, Any]) -> None:
        for key, names in self.named.items():
            names.update(names_of(str(header.get(key) or "")))

    def _keep(self, kind: str, line: str, values: dict[str, Any]) -> None:
        calls, call = self.calls[kind], str(values.get("id"))
        kept = (str(values.get("at", "")), line)
        if call in calls and calls[call] <= kept:
            return
        calls[call] = kept
        if kind == "charge":
            self.costs[call] = Money.parse(values.get("list_cost") or 0)

    def header(self) -> dict[str, Any]:
        joint = {key: _JOINT.join(sorted(names)) for key, names in self.named.items()}
        named = {key: text for key, text in joint.items() if text or key == "run"}
        return {"kind": "header", "schema": SCHEMA, "worker": "combined", **named}

    def lines(self) -> Iterator[str]:
        """Yield events, calls in order of time, and last what is wrong."""
        events = sorted(self.events.elements())
        yield from (line for line in events if not line.startswith(_DAMAGED))
        calls = chain.from_iterable(each.values() for each in self.calls.values())
        yield from (line for _, line in sorted(calls))
        yield from (line for line in events if line.startswith(_DAMAGED))

    def footer(self) -> dict[str, Any]:
        total = Money.total(self.costs.values())
        count, events = len(self.costs), self.events.total()
        return {"kind": "footer", "count": count, "list_cost": str(total), "events": events}


def _sound(file: Path) -> Iterator[_Line]:
    """Yield the lines that make sense; each is checked, which takes its time."""
    for line, values in _lines(file):
        if not read_lines(file.name, [line]).damage:
            yield line, values


def _lines(file: Path) -> Iterator[_Line]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                values = decoded(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(values, dict) and "kind" in values:
                yield line.rstrip("\n"), values


def _damage(sentence: str) -> str:
    return _encode({"kind": "event", "event": "damage", "values": {"sentence": sentence}})


def _encode(values: dict[str, Any]) -> str:
    return json.dumps(values, separators=(",", ":"))


_DAMAGED = _damage("").partition('"values"')[0]
