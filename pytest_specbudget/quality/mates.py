"""Who belongs to whom, each with one at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["mates"]


def mates(ranked: Iterable[tuple[object, int, int]]) -> dict[int, int]:
    """Marry the first of each row to the second, if neither is taken yet.

    Args:
        ranked: What they are ranked by, and two places; the best pair first.
    """
    married: dict[int, int] = {}
    taken: set[int] = set()
    for _, one, other in ranked:
        if one not in married and other not in taken:
            married[one] = other
            taken.add(other)
    return married
