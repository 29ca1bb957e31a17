"""The three values, and how figures are written beside them.

Every question that samples answer is one of two: may it have risen beyond a limit (`at_most`), or
does it reach a threshold (`at_least`)?  Both fail only where that is shown and pass only where the
opposite is ruled out; in between nobody knows, and more samples would tell.

What is written never contradicts what is said: bounds are rounded away from the estimate.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from math import exp
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Result
    from pytest_specbudget.samples.intervals import Interval

__all__ = ["Figures", "at_least", "at_most", "difference", "figure", "ratio"]

_PLACES = Decimal("0.0001")
_MEANT = 12
"""Places of a float that mean something; what follows is how it is stored."""

_WIDE = Context(prec=400)
_LARGEST = 700.0
"""The largest power of e that we write; a float holds little more."""


class Figures(TypedDict):
    """The fields of a `Claim` that an interval fills."""

    estimate: str
    interval: tuple[str, str]
    confidence: str


def at_most(limit: float, interval: Interval, *, shown: bool) -> Result:
    """Say whether a rise beyond *limit* is shown or ruled out.

    Args:
        limit: What is still allowed, on the scale of *interval*.
        interval: What the effect may be.
        shown: Whether the test that was chosen beforehand shows the rise, and how large it is.
    """
    if shown:
        return "fail"
    return "pass" if interval.high <= limit else "inconclusive"


def at_least(threshold: float, interval: Interval) -> Result:
    """Say whether *threshold* is reached: by the whole interval, by none of it, or who knows."""
    if interval.high < threshold:
        return "fail"
    return "pass" if interval.low >= threshold else "inconclusive"


def difference(interval: Interval) -> Figures:
    """Write an interval of a share or a difference."""
    return _figures(interval.estimate, interval.low, interval.high, interval.confidence)


def ratio(interval: Interval) -> Figures:
    """Write an interval of logarithms as one of ratios."""
    known = (interval.estimate, interval.low, interval.high)
    estimate, low, high = (exp(min(each, _LARGEST)) for each in known)
    return _figures(estimate, low, high, interval.confidence)


def figure(value: float) -> str:
    """Write *value* with four decimals: `1.2500`."""
    return _rounded(value, ROUND_HALF_EVEN)


def _figures(estimate: float, low: float, high: float, confidence: float) -> Figures:
    return Figures(
        estimate=figure(estimate),
        interval=(_rounded(low, ROUND_FLOOR), _rounded(high, ROUND_CEILING)),
        confidence=str(confidence),
    )


def _rounded(value: float, rounding: str) -> str:
    exact = Decimal(repr(round(value, _MEANT)))
    return f"{exact.quantize(_PLACES, rounding=rounding, context=_WIDE):f}"
