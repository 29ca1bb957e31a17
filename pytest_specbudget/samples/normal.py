"""The normal distribution: tails that stay exact far out, and quantiles."""

from __future__ import annotations

from math import erfc, sqrt
from statistics import NormalDist

__all__ = ["quantile", "upper_tail"]

_STANDARD = NormalDist()


def upper_tail(z: float) -> float:
    """Return the probability of more than *z* standard deviations above the mean."""
    return erfc(z / sqrt(2)) / 2


def quantile(share: float) -> float:
    """Return below how many standard deviations *share* of all values lie, 0 < *share* < 1."""
    return _STANDARD.inv_cdf(share)
