"""JSON that others wrote, taken apart: what is missing or of another type is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Json", "found", "joined", "listed", "named", "told"]

Json = dict[str, Any]


def found(value: Any, name: str) -> Json:
    """Return the object that *value* holds under *name*."""
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def listed(value: Any, name: str) -> list[Json]:
    """Return the objects in the list that *value* holds under *name*."""
    inner = value.get(name) if isinstance(value, dict) else None
    return [each for each in inner if isinstance(each, dict)] if isinstance(inner, list) else []


def told(value: Any, name: str) -> str:
    """Return the text that *value* holds under *name*."""
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, str) else ""


def named(value: Any, name: str) -> str | None:
    """Return the text that *value* holds under *name*, or None where it is empty."""
    return told(value, name) or None


def joined(blocks: Iterable[Json], kind: str, name: str = "text") -> str:
    """Return the texts under *name* of the blocks of type *kind*, together."""
    return "".join(told(block, name) for block in blocks if block.get("type") == kind)
