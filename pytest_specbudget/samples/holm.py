"""Holm's correction: many questions at once, and still few false alarms in all.

Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
Statistics 6 (1979).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["holm"]


def holm(found: Mapping[str, float]) -> dict[str, float]:
    """Adjust probabilities so that each may be compared with the level for all of them together.

    Args:
        found: The probability that each question found on its own.

    Returns:
        The adjusted ones, at most 1, in the same order.
    """
    adjusted: dict[str, float] = {}
    worst = 0.0
    for tried, question in enumerate(sorted(found, key=found.__getitem__)):
        worst = max(worst, min(1.0, found[question] * (len(found) - tried)))
        adjusted[question] = worst
    return {question: adjusted[question] for question in found}
