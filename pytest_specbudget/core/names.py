"""What a mistyped name was probably meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["LIKELY", "SURE", "nearest"]

LIKELY = 0.6
"""How alike two names are at least where one of them must be a mistake."""

SURE = 0.85
"""How alike they are where a name that nobody knows may well be right."""


def nearest(name: str, known: Iterable[str], cutoff: float = LIKELY) -> str | None:
    """Return the one of *known* that *name* was probably meant to be, or None.

    Args:
        name: What was written; its case does not count.
        known: What could have been meant.
        cutoff: How alike the two are at least, from 0 to 1.
    """
    from difflib import get_close_matches  # noqa: PLC0415  only a mistake pays for it

    folded = {each.casefold(): each for each in known}
    matches = get_close_matches(name.casefold(), folded, n=1, cutoff=cutoff)
    return folded[matches[0]] if matches else None
