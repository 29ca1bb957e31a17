"""By how much a mean moved between two groups of measurements, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import fmean
from typing import TYPE_CHECKING

from pytest_specbudget.samples import student
from pytest_specbudget.samples.intervals import Interval
from pytest_specbudget.samples.power import mean_power, mean_runs
from pytest_specbudget.samples.spread import Spread, spread_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Shift"]

_EXACT = 12


@dataclass(frozen=True, slots=True)
class Shift:
    """The difference of two means.

    Attributes:
        size: How much higher the second mean is.
        spread: The variance within the groups.
        runs: How many measurements each group has.
    """

    size: float
    spread: Spread
    runs: tuple[int, int]

    @classmethod
    def between(cls, before: Sequence[float], after: Sequence[float]) -> Shift:
        """Measure it; differences that are no more than rounding are none."""
        size = round(fmean(after) - fmean(before), _EXACT)
        return cls(size, spread_of(before, after), (len(before), len(after)))

    @property
    def error(self) -> float:
        """The standard error of its size."""
        before, after = self.runs
        return sqrt(self.spread.variance * (1 / before + 1 / after))

    @property
    def p(self) -> float:
        """The probability of such a rise or a greater one if nothing had changed."""
        return student.upper_tail(self.size / self.error, self.spread.freedom)

    def interval(self, confidence: float) -> Interval:
        """Return the bounds of its size."""
        reach = student.quantile((1 + confidence) / 2, self.spread.freedom) * self.error
        return Interval(
            estimate=self.size,
            low=self.size - reach,
            high=self.size + reach,
            confidence=confidence,
        )

    def power(self, size: float, level: float) -> float:
        """Return how probable it is that a rise of *size* is shown with as many runs."""
        return mean_power(size, self.error, self.spread.freedom, level)

    def runs_to_show(self, size: float, level: float, power: float) -> int | None:
        """Return how many runs each group needs to show a rise of *size*; None if it is none."""
        if size <= 0:
            return None
        return mean_runs(size, self.spread.variance, self.spread.freedom, level, power)
