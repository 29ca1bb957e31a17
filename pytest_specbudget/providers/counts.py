"""Counts out of a provider's JSON, with what was odd about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["HIGHEST", "Counts", "Path", "mapping", "mappings", "shown", "text"]

Path = tuple[str, ...]
"""Keys from the outside in."""

HIGHEST = 10**12
"""No answer consumes more than this; a higher count is damage."""

_SHOWN = 40
_NOTHING: Mapping[str, Any] = {}


class Counts:
    """Takes counts from one answer and remembers what was wrong with them.

    A count that is negative, no whole number or absurd is unknown, never a number to reckon with.

    Attributes:
        flags: What was odd, for people.
        damaged: Whether a total made no sense, so that the whole reading is worth nothing.
    """

    __slots__ = ("damaged", "flags")

    def __init__(self) -> None:
        self.flags: list[str] = []
        self.damaged = False

    def part(self, source: Any, *paths: Path) -> int | None:
        """Return the count at the first of *paths* that has one; None if none or nonsense."""
        path, value = _first(source, paths)
        return None if value is None else self.take(path, value)

    def take(self, path: Path, value: Any, *, total: bool = False) -> int | None:
        """Return *value*, which stood at *path*, as a count; None if it is nonsense.

        Nonsense for a *total*, a count that others are parts of, damages the whole reading.
        """
        whole = value if type(value) is int else _whole(value)
        if 0 <= whole <= HIGHEST:
            return whole
        self.flags.append(f"{'.'.join(path)} was {shown(value)}")
        self.damaged = self.damaged or total
        return None

    def total(self, source: Any, *paths: Path) -> int | None:
        """Return a count that others are parts of; nonsense damages the whole reading."""
        path, value = _first(source, paths)
        return None if value is None else self.take(path, value, total=True)

    def note(self, words: str, *, when: bool = True) -> None:
        """Remember *words* for people."""
        if when:
            self.flags.append(words)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return *value* if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects in *value* if it is a JSON array, else none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any) -> str | None:
    """Return *value* if it is text with something in it, else None."""
    return value if isinstance(value, str) and value else None


def _first(source: Any, paths: Iterable[Path]) -> tuple[Path, Any]:
    for path in paths:
        value = source
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            return path, value
    return (), None


def _whole(value: Any) -> int:
    """Return a whole number that is written as `7.0`; below 0 for anything else."""
    return int(value) if isinstance(value, float) and value.is_integer() else -1


def shown(value: Any) -> str:
    """Write *value* short.  No text is cut: half of a key is one that nobody would know."""
    written = repr(value)
    if len(written) <= _SHOWN:
        return written
    is_number = isinstance(value, int | float)
    return f"{written[:_SHOWN]}..." if is_number else f"something of {len(written):,} characters"
