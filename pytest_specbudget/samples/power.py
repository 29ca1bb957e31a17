"""How likely samples are to show an effect that is there, and how many would be enough.

By formula, for effects that scatter normally: good to a few hundredths, which is what planning
needs.

Sources: Hollander and Wolfe, "Nonparametric Statistical Methods" (2nd edition, 1999), section 3.1,
for the mean and variance of the signed-rank statistic under an effect; Abramowitz and Stegun,
26.7.10, for the noncentral t.  Values checked with scipy 1.17.1.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, exp, fsum, isinf, sqrt
from operator import mul

from pytest_specbudget.samples import normal, student
from pytest_specbudget.samples.wilcoxon import critical_rank

__all__ = ["mean_power", "mean_runs", "signed_rank_cases", "signed_rank_power"]

_MOST_CASES = 1_000_000
_NO_VARIANCE = 1e-9
_GRID = [step / 5 for step in range(-30, 31)]
_WEIGHTS = [exp(-z * z / 2) for z in _GRID]
"""The normal density at steps of a fifth of a deviation; sums over it are exact to nine places."""


def signed_rank_power(n: int, effect: float, level: float) -> float:
    """Return the probability that *n* differences show *effect* by the one-sided signed-rank test.

    Args:
        n: How many differences there are.
        effect: Their centre, in standard deviations of one difference.
        level: The probability up to which the test says that it is shown.
    """
    refused = critical_rank(n, level)
    if refused == 0:  # even if all of them are above zero, that may be chance
        return 0.0
    needed = n * (n + 1) / 2 - refused + 0.5
    mean, variance = _signed_ranks(n, effect)
    return normal.upper_tail((needed - mean) / sqrt(max(variance, _NO_VARIANCE)))


def signed_rank_cases(effect: float, level: float, power: float) -> int | None:
    """Return how many differences show *effect* with *power*.

    Returns:
        None if there is no effect, or one so small that it would take more than a million.
    """
    if effect <= 0 or signed_rank_power(_MOST_CASES, effect, level) < power:
        return None
    low, high = 0, _MOST_CASES
    while high - low > 1:
        middle = (low + high) // 2
        if signed_rank_power(middle, effect, level) < power:
            low = middle
        else:
            high = middle
    return high


def _signed_ranks(n: int, effect: float) -> tuple[float, float]:
    """Return mean and variance of the sum of the ranks above zero."""
    one = normal.upper_tail(-effect)
    two = normal.upper_tail(-sqrt(2) * effect)
    pairs = n * (n - 1) / 2
    mean = n * one + pairs * two
    variance = n * one * (1 - one)
    variance += pairs * (2 * (one - two) ** 2 + 3 * two * (1 - two))
    variance += 2 * pairs * (n - 2) * (_three(effect) - two**2)
    return mean, variance


@lru_cache(maxsize=64)
def _three(effect: float) -> float:
    """Return how probable it is that a difference has sums above zero with each of two others."""
    above = (normal.upper_tail(-z - 2 * effect) ** 2 for z in _GRID)
    return fsum(map(mul, _WEIGHTS, above)) / fsum(_WEIGHTS)


def mean_power(shift: float, error: float, freedom: float, level: float) -> float:
    """Return the probability that a one-sided t test shows a difference of two means.

    Args:
        shift: The difference.
        error: Its standard error.
        freedom: The degrees of freedom of that error.
        level: The probability below which the test says that it is shown.
    """
    needed, wider = _reach(freedom, level)
    return normal.upper_tail((needed - shift / error) / wider)


def mean_runs(shift: float, variance: float, freedom: float, level: float, power: float) -> int:
    """Return how many runs each side needs for a t test to show *shift*, above 0, with *power*.

    Args:
        shift: The difference of the means.
        variance: That of one run.
        freedom: The degrees of freedom of that variance; more runs would bring some more.
        level: The probability below which the test says that it is shown.
        power: How probable that shall be.
    """
    needed, wider = _reach(freedom, level)
    errors = needed + wider * normal.quantile(power)
    return max(1, ceil(2 * variance * (errors / shift) ** 2))


def _reach(freedom: float, level: float) -> tuple[float, float]:
    """Return how many errors a difference takes to be shown, and how far its t scatters there."""
    needed = student.quantile(1 - level, freedom)
    return needed, 1.0 if isinf(freedom) else sqrt(1 + needed**2 / (2 * freedom))
