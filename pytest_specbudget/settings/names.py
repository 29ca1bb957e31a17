"""What a mistyped name was probably meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["nearest"]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* that *name* was probably meant to be, or None."""
    from difflib import get_close_matches  # noqa: PLC0415  only a mistake pays for it

    matches = get_close_matches(name, known, n=1)
    return matches[0] if matches else None
