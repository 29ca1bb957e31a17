"""What a month will have cost at its end.

Two answers, of unlike worth.  The *run rate* takes every day to cost the same: it can be worked out
on paper, and is a third off on the fifth of a month whose weekends are quiet.  The *expected* cost
knows the days of the week: what is left of the month costs as much more than the last two weeks
did as its days weigh more than theirs, and a weekday weighs what it cost in the last six weeks,
drawn towards the mean of all days as if that had been seen once more.  It takes two weeks of
history, and seven days in it that cost anything.

How wrong such a forecast tends to be is measured on the history itself: made again for each day of
the past months, over just as many days, and held against what those cost.  Errors of overlapping
spans say less than their number, so their spread counts as if it came from two measurements for
each span that fits in, by Student's t.

The day called today counts as over for the sum, and not yet for the weights.  Days without a charge
cost $0, from the first day that has one.

Source: months drawn by `tests/budgets/test_projection.py`, where both answers and the interval are
measured; on them four intervals in five hold.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import exp, lcm, log, sqrt
from statistics import fmean
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value
from pytest_specbudget.samples import student

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

__all__ = ["NOMINAL", "Projection", "project", "spent_in_month"]

NOMINAL = Fraction(80, 100)
"""How often what a month will have cost lies within what is likely."""

_WEIGHED = 42
_RECENT = 14
_ORIGINS = 90
_WEEK = 7
_SCALE = lcm(*range(1, _WEIGHED // _WEEK + 2))
_DAY = timedelta(days=1)
_OLDEST = timedelta(days=_WEIGHED + _ORIGINS + 31)
_FARTHEST = 20  # a forecast that is wrong by more than e**20 says nothing


@value
class Projection:
    """What a month will have cost.

    Attributes:
        spent: What it cost so far, today included.
        run_rate: That, as if every day cost the same.
        expected: What it will cost by its weekdays; None where the history tells too little.
        likely: Between which two amounts that lies four times in five; None where the history is
            too short to tell.
    """

    spent: Money
    run_rate: Money
    expected: Money | None = None
    likely: tuple[Money, Money] | None = None

    @property
    def best(self) -> Money:
        """The better of the two answers that there is."""
        return self.run_rate if self.expected is None else self.expected


def spent_in_month(daily: Mapping[date, Money], today: date) -> Money:
    """Add up what the month of *today* cost, up to that day."""
    month = (today.year, today.month)
    return Money.total(
        cost for day, cost in daily.items() if (day.year, day.month) == month and day <= today
    )


def project(daily: Mapping[date, Money], today: date) -> Projection:
    """Project what the month of *today* will have cost.

    Args:
        daily: What each day cost; what lies more than six months back is not looked at.
        today: A day of the month; what comes after it is not looked at.
    """
    spent = spent_in_month(daily, today)
    days = monthrange(today.year, today.month)[1]
    run_rate = _money(Fraction(spent.atto * days, today.day))
    left = days - today.day
    if not left:
        return Projection(spent=spent, run_rate=run_rate, expected=spent, likely=(spent, spent))
    past = _Past.of(daily, today)
    if not past.tells_weekdays:
        return Projection(spent=spent, run_rate=run_rate)
    ahead = past.forecast(len(past.costs), left, skipped=1)
    return Projection(
        spent=spent,
        run_rate=run_rate,
        expected=spent + _money(ahead),
        likely=_likely(spent, ahead, past, left),
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """What each day cost, in attodollars, from the first one that cost anything to yesterday."""

    first: int  # its day of the week
    costs: tuple[int, ...]

    @classmethod
    def of(cls, daily: Mapping[date, Money], today: date) -> _Past:
        known = [day for day, cost in daily.items() if cost and today - _OLDEST <= day < today]
        if not known:
            return cls(0, ())
        first = min(known)
        days = (first + _DAY * number for number in range((today - first).days))
        return cls(first.weekday(), tuple(daily.get(day, Money()).atto for day in days))

    @property
    def tells_weekdays(self) -> bool:
        """Whether there are days enough that cost anything."""
        charged = sum(1 for cost in self.costs[-_WEIGHED:] if cost)
        return len(self.costs) >= _RECENT and charged >= _WEEK

    def forecast(self, origin: int, days: int, *, skipped: int = 0) -> Fraction:
        """Foretell what *days* days cost from *origin* on, *skipped* later, by those before it."""
        weights = self._weights(range(max(0, origin - _WEIGHED), origin))
        recent = range(max(0, origin - _RECENT), origin)
        weight = sum(weights[self._weekday(day)] for day in recent)
        start = origin + skipped
        ahead = sum(weights[self._weekday(day)] for day in range(start, start + days))
        return Fraction(sum(self.costs[day] for day in recent) * ahead, weight or 1)

    def errors(self, days: int) -> Iterator[float]:
        """Yield by how much forecasts of *days* days were wrong, as logarithms."""
        last = len(self.costs) - days
        for origin in range(max(_RECENT, last - _ORIGINS + 1), last + 1):
            told, cost = self.forecast(origin, days), sum(self.costs[origin : origin + days])
            if told and cost:
                yield log(cost) - log(told)

    def _weights(self, days: range) -> list[int]:
        """Return what each day of the week weighs; only the ratios mean anything."""
        count, total = len(days), sum(self.costs[day] for day in days)
        seen, cost = Counter(map(self._weekday, days)), Counter[int]()
        for day in days:
            cost[self._weekday(day)] += self.costs[day]
        return [
            (total + count * cost[each]) * (_SCALE // (1 + seen[each])) for each in range(_WEEK)
        ]

    def _weekday(self, day: int) -> int:
        return (self.first + day) % _WEEK


def _likely(spent: Money, ahead: Fraction, past: _Past, left: int) -> tuple[Money, Money] | None:
    """Return the interval around *ahead*, or None where too few forecasts can be checked."""
    errors = [*past.errors(left)]
    if len(errors) < _WEEK:
        return None
    freedom = max(1.0, 2 * len(errors) / left)
    spread = sqrt(fmean(error * error for error in errors))
    reach = student.quantile(float(1 - (1 - NOMINAL) / 2), freedom) * spread
    if reach > _FARTHEST:
        return None
    low, high = (spent + _money(ahead * Fraction(exp(end))) for end in (-reach, reach))
    return low, high


def _money(atto: Fraction) -> Money:
    return Money(round(atto))
