"""Student's t distribution: what a mean is worth whose spread was itself estimated.

Its tail is a share of the beta distribution, computed by the continued fraction.  An exact bound
of a share of passes (Clopper and Pearson's) is a quantile of the same function, `beta_share`.

Source: Abramowitz and Stegun, 26.5.8 and 26.7.1; values checked with scipy 1.17.1.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, inf, isinf, lgamma, log, log1p

from pytest_specbudget.samples import normal

__all__ = ["beta_share", "quantile", "upper_tail"]

_TINY = 1e-300
_EXACT = 1e-15
_MOST_TERMS = 10_000
_NEAR = 1e-12


def upper_tail(t: float, freedom: float) -> float:
    """Return the probability of more than *t*.

    Args:
        t: How many standard errors lie between the means; may be infinite.
        freedom: The degrees of freedom, above 0; infinite for the normal distribution.
    """
    if isinf(freedom):
        return normal.upper_tail(t)
    tail = 0.0 if isinf(t) else beta_share(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
    return tail if t > 0 else 1 - tail


@lru_cache(maxsize=1024)
def quantile(share: float, freedom: float) -> float:
    """Return the t below which *share* of the distribution lies, 0.5 <= *share* < 1."""
    if isinf(freedom):
        return normal.quantile(share)
    low, high = 0.0, 1.0
    while upper_tail(high, freedom) > 1 - share:
        low, high = high, 2 * high
    while high - low > _NEAR * high:
        middle = (low + high) / 2
        if upper_tail(middle, freedom) > 1 - share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_share(x: float, a: float, b: float) -> float:
    """Return which share of the beta distribution lies below *x*, for *a* and *b* above 0."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    scale = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x > (a + 1) / (a + b + 2):  # where the fraction converges slowly, the other side is quick
        return 1 - scale * _fraction(1 - x, b, a) / b
    return scale * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    """Evaluate the continued fraction by Lentz's method."""
    value, c, d = 1.0, inf, 1.0
    for term in range(1, _MOST_TERMS):
        factor = _coefficient(term, x, a, b)
        d = 1 / (1 + factor * d or _TINY)
        c = 1 + factor / c or _TINY
        value, before = value * c * d, value
        if abs(value - before) <= _EXACT * abs(value):
            break
    return value


def _coefficient(term: int, x: float, a: float, b: float) -> float:
    half, odd = divmod(term, 2)
    if odd:
        return -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
    return half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
