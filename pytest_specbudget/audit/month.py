"""What a month of recorded usage costs at other prices, as far as the last days can stand for it.

The last `MONTH` days that are over stand for a month.  A younger history is taken to go on as it
did, so that its sums are scaled to a month; of less than a week nobody can tell, and nothing is
foretold.  Usage that ended more than a month ago says what such a month would cost, and nothing of
the one to come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from pytest_specbudget.audit.drift import Priced

__all__ = ["LEAST", "MONTH", "Month", "last_month"]

MONTH = 30
"""Days that stand for a month."""

LEAST = 7
"""Days that a history must have before they stand for a month: weekdays differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The last days that are over, at most `MONTH` of them.

    Attributes:
        since: The day `MONTH` days before the end.
        until: The day after the last.
        covered: How many days the history has of it, with usage or without, from its first on.
        used: On how many of these something was used.
        recorded: What those cost as recorded.
        repriced: What they would cost.
        unknown: How many calls are in neither sum.
        ended: Whether nothing was used for a month since.
    """

    since: date
    until: date
    covered: int
    used: int
    recorded: Money
    repriced: Money
    unknown: int = 0
    ended: bool = False

    @property
    def forecast(self) -> tuple[Money, Money] | None:
        """A month like these days, as recorded and at the other prices; None of too few days."""
        if self.covered < LEAST:
            return None
        return self._scaled(self.recorded), self._scaled(self.repriced)

    def _scaled(self, cost: Money) -> Money:
        return Money(round(Fraction(cost.atto * MONTH, self.covered)))


def last_month(groups: Iterable[Priced], today: date) -> Month | None:
    """Sum the last `MONTH` days up that are over; None if no day of the history is.

    Args:
        groups: What was recorded, in any order.
        today: The day that is not over yet; of a history that ended before, its own last day is.
    """
    over = [group for group in groups if group.day < today]
    if not over:
        return None
    days = {group.day for group in over}
    until = max(days) + timedelta(days=1)
    since = until - timedelta(days=MONTH)
    counted = [group for group in over if group.day >= since]
    return Month(
        since=since,
        until=until,
        covered=min(MONTH, (until - min(days)).days),
        used=sum(day >= since for day in days),
        recorded=Money.total(group.recorded for group in counted),
        repriced=Money.total(group.repriced for group in counted),
        unknown=sum(group.unknown for group in counted),
        ended=(today - until).days > MONTH,
    )
