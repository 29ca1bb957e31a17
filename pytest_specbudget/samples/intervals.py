"""What an effect may be, as far as samples tell: an estimate with the bounds around it.

Here is the interval for paired differences.  Whatever else is estimated (a share of passes, a
difference of two shares) gets a function here that returns an `Interval`, so that all are judged
alike by `verdicts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from pytest_specbudget.samples.wilcoxon import critical_rank

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Interval", "hodges_lehmann"]

_HALVINGS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate and its bounds.

    Attributes:
        estimate: The most plausible value.
        low: The lower bound.
        high: The upper bound.
        confidence: How often such bounds hold the truth, 0 to 1.
    """

    estimate: float
    low: float
    high: float
    confidence: float


def hodges_lehmann(differences: Sequence[float], confidence: float) -> Interval | None:
    """Estimate where *differences* are centred: the median of the means of all their pairs.

    The bounds are those centres that the signed-rank test would not refuse.

    Returns:
        The estimate; None where there are too few differences for bounds of such *confidence*.

    Source: Hodges and Lehmann, "Estimates of location based on rank tests", Annals of Mathematical
    Statistics 34 (1963).
    """
    ordered = sorted(differences)
    outside = critical_rank(len(ordered), (1 - confidence) / 2)
    if outside == 0:
        return None
    pairs = len(ordered) * (len(ordered) + 1) // 2
    middle = ((pairs + 1) // 2, pairs // 2 + 1)
    return Interval(
        estimate=fsum(_mean_of_pair(ordered, rank) for rank in middle) / 2,
        low=_mean_of_pair(ordered, outside),
        high=_mean_of_pair(ordered, pairs + 1 - outside),
        confidence=confidence,
    )


def _mean_of_pair(ordered: Sequence[float], rank: int) -> float:
    """Return the mean of two that is the *rank*-th smallest, by halving, without listing them."""
    low, high = 2 * ordered[0], 2 * ordered[-1]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if _pairs_up_to(ordered, middle) < rank:
            low = middle
        else:
            high = middle
    return high / 2


def _pairs_up_to(ordered: Sequence[float], most: float) -> int:
    """Count the pairs, each with itself too, whose sum is at most *most*."""
    count, end = 0, len(ordered)
    for start, least in enumerate(ordered):
        while end > start and least + ordered[end - 1] > most:
            end -= 1
        if end <= start:
            break
        count += end - start
    return count
