"""The signed-rank test: do paired differences lean to one side?

It compares ranks, so that one wild difference weighs no more than its rank, and asks nothing of
their distribution but that it is symmetric where nothing changed.  Probabilities are exact up to
`EXACT_UP_TO` pairs, ties included; differences of zero tell nothing and are left out.

Source: Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945), as
scipy 1.17.1 computes it (`scipy.stats.wilcoxon`, `zero_method="wilcox"`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from math import floor, gcd, sqrt
from typing import TYPE_CHECKING

from pytest_specbudget.samples.normal import quantile, upper_tail

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["EXACT_UP_TO", "SignedRank", "critical_rank", "signed_rank"]

EXACT_UP_TO = 100
"""How many pairs are counted out; beyond it, the normal distribution is as good."""

_BYTE = 8


@dataclass(frozen=True, slots=True)
class SignedRank:
    """What the test says.

    Attributes:
        n: How many differences are not zero.
        statistic: The sum of the ranks of those above zero.
        p: The probability of a sum so large or larger if each could as well have had the other
            sign.
    """

    n: int
    statistic: float
    p: float


def signed_rank(differences: Iterable[float]) -> SignedRank:
    """Test whether *differences* lie above zero, one-sided; equal sizes share their mean rank."""
    sizes = sorted((abs(each), each > 0) for each in differences if each)
    ranks = _doubled_ranks([size for size, _ in sizes])
    doubled = sum(rank for rank, (_, above) in zip(ranks, sizes, strict=True) if above)
    tail = _exact_tail if len(ranks) <= EXACT_UP_TO else _normal_tail
    return SignedRank(len(ranks), doubled / 2, tail(ranks, doubled))


@lru_cache(maxsize=256)
def critical_rank(n: int, tail: float) -> int:
    """Return the largest k for which a sum of ranks below k has a probability of at most *tail*.

    Returns:
        How many of the *n* (*n* + 1) / 2 means of pairs lie outside a confidence bound, plus one;
        0 if even a sum of 0 is more probable than that.
    """
    if n > EXACT_UP_TO:
        mean, variance = n * (n + 1) / 4, n * (n + 1) * (2 * n + 1) / 24
        return floor(mean - quantile(1 - tail) * sqrt(variance))
    step = _width(n) // _BYTE
    ways = _ways(range(1, n + 1)).to_bytes(step * (n * (n + 1) // 2 + 1), "little")
    below = 0
    for k in range(n * (n + 1) // 2 + 1):
        below += int.from_bytes(ways[k * step : (k + 1) * step], "little")
        if below > tail * 2**n:
            return k
    return 0


def _doubled_ranks(sizes: Sequence[float]) -> list[int]:
    """Rank sorted *sizes* from 1; twice the rank, so that a shared one is a whole number."""
    ranks: list[int] = []
    for _, same in groupby(sizes):
        count = len(list(same))
        ranks += [2 * len(ranks) + count + 1] * count
    return ranks


def _exact_tail(ranks: Sequence[int], doubled: int) -> float:
    """Count the choices of signs whose sum is at least *doubled*.

    The counts are digits of a number to the base 2**width, of which all together are fewer than
    the base less one: so the remainder by that is the sum of the digits.
    """
    unit = gcd(*ranks) or 1
    width = _width(len(ranks))
    ways = _ways(rank // unit for rank in ranks)
    reached = (ways >> doubled // unit * width) % ((1 << width) - 1)
    return reached / (1 << len(ranks))


def _ways(ranks: Iterable[int]) -> int:
    """Write in how many ways each sum of some of *ranks* comes about, `_width` bits each.

    One shift and one addition a rank do what a table of sums would do entry by entry.
    """
    ranks = list(ranks)
    width, ways = _width(len(ranks)), 1
    for rank in ranks:
        ways += ways << rank * width
    return ways


def _width(count: int) -> int:
    """Return how many bits hold 2**count and more, in whole bytes."""
    return (count + 2 + _BYTE - 1) // _BYTE * _BYTE


def _normal_tail(ranks: Sequence[int], doubled: int) -> float:
    """Approximate the tail, with the correction for continuity; shared ranks correct themselves."""
    mean, variance = sum(ranks) / 2, sum(rank * rank for rank in ranks) / 4
    return upper_tail((doubled - 1 - mean) / sqrt(variance))
