"""How far repeated measurements scatter, where each case has only a few of them.

Three runs tell little of the spread of one test; forty tests together tell much of what spread is
usual.  So each case's own variance is drawn towards the usual one, the more so the more alike the
variances are; where they are not alike, each nearly keeps its own.

Source: Smyth, "Linear models and empirical Bayes methods for assessing differential expression in
microarray experiments", Statistical Applications in Genetics and Molecular Biology 3 (2004),
section 6.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, fsum, inf, isinf, log
from statistics import fmean, variance
from typing import TYPE_CHECKING

from pytest_specbudget.samples.gamma import digamma, trigamma, trigamma_inverse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Spread", "spread_of", "usual_spread"]

_LEAST = 1e-4
_TWO = 2


@dataclass(frozen=True, slots=True)
class Spread:
    """A variance, and how many degrees of freedom its estimate is worth, which may be infinite."""

    variance: float
    freedom: float

    def drawn_to(self, usual: Spread) -> Spread:
        """Combine a case's own variance with the *usual* one, by what each is worth."""
        if isinf(usual.freedom) or not self.freedom:
            return usual
        freedom = self.freedom + usual.freedom
        weighed = self.freedom * self.variance + usual.freedom * usual.variance
        return Spread(weighed / freedom, freedom)


def spread_of(*groups: Sequence[float]) -> Spread:
    """Estimate the variance within *groups*, each of which may have a mean of its own.

    It is at least `_LEAST`, 1 % of the cost on the scale of logarithms: what did not vary in a few
    runs may yet do so.
    """
    means = [fmean(group) for group in groups]
    squares = fsum(
        (each - mean) ** 2 for group, mean in zip(groups, means, strict=True) for each in group
    )
    freedom = sum(len(group) - 1 for group in groups)
    return Spread(max(_LEAST, squares / freedom) if freedom else _LEAST, freedom)


def usual_spread(found: Iterable[Spread]) -> Spread | None:
    """Estimate which variance is usual, and what that is worth, from the *found* ones.

    The logarithms of variances that differ by chance alone scatter by a known measure; what they
    scatter beyond it tells how unlike the cases are.

    Returns:
        None if no case was measured more often than once.
    """
    told = [each for each in found if each.freedom]
    if not told:
        return None
    logs = [_unbiased_log(each) for each in told]
    by_chance = fmean(trigamma(each.freedom / 2) for each in told)
    beyond = (variance(logs) if len(logs) >= _TWO else inf) - by_chance
    if beyond <= 0:
        return Spread(exp(fmean(logs)), inf)
    if isinf(beyond):
        return Spread(told[0].variance, 0)
    freedom = 2 * trigamma_inverse(beyond)
    return Spread(exp(fmean(logs) + _bias(freedom)), freedom)


def _unbiased_log(spread: Spread) -> float:
    return log(spread.variance) - _bias(spread.freedom)


def _bias(freedom: float) -> float:
    """Tell by how much the logarithm of an estimated variance is too low on average; negative."""
    return digamma(freedom / 2) - log(freedom / 2)
