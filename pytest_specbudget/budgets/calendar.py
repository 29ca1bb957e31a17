"""Ceilings of the calendar: how a month stands, and what days and months may cost.

They hold what is billed, so that a replayed call, which costs nobody anything, uses none of them
up; and they hold a run together with what all others spent.  Only what *is* spent fails, and a
ceiling is inclusive as all are.  A month whose projection lies above its ceiling is a warning: it
can still be helped.

The levels are the project's own three: of the ceiling, the larger of what is spent and what will
have been is less than 80 % (green), less than all of it (yellow), or all of it and more (red).
Where more may have been spent than is known, a month is red or nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.budgets.gate import (
    CRITICAL,
    WARNING,
    Ceiling,
    Spending,
    alert,
    breach,
    cost_of,
    level_of,
    measured,
    spread_of,
)
from pytest_specbudget.budgets.projection import NOMINAL, project
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.rises import adding_up
from pytest_specbudget.core.wording import (
    calls_of,
    dollars_beside,
    dollars_of,
    percent,
    places_beside,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_specbudget.budgets.projection import Projection
    from pytest_specbudget.core.ledger import Charge, Ledger

__all__ = [
    "SETTLE",
    "AlertLevel",
    "CalendarGate",
    "Period",
    "alert_level",
    "period_of",
    "project_month",
]

AlertLevel = Literal["green", "yellow", "red", "unknown"]

Period = Literal["day", "month"]

SETTLE = 'specbudget history settle CALL --usd 0.05 --reason "the bill of November"'
"""The command that says what a call of unknown cost counts as."""

_SHOWN = 3
_YELLOW = Fraction(80, 100)
_UNTOLD: Mapping[date, int] = {}


def alert_level(spent: Money, projected: Money, budget: Money, *, whole: bool = True) -> AlertLevel:
    """Tell how a budget stands; of a budget of $0, anything at all is red.

    Args:
        spent: What is known to be spent.
        projected: What will have been.
        budget: The ceiling.
        whole: Whether that is all; else no level is certain but the last.
    """
    known = _level_of(max(spent, projected), budget)
    return known if whole or known == "red" else "unknown"


def _level_of(worst: Money, budget: Money) -> AlertLevel:
    share = worst.share_of(budget)
    if share is None:
        return "red" if worst else "green"
    if share < _YELLOW:
        return "green"
    return "yellow" if share < 1 else "red"


def period_of(day: date, period: Period) -> str:
    """Name the day or month that *day* belongs to: `2026-11-22`, `2026-11`."""
    return day.isoformat() if period == "day" else f"{day:%Y-%m}"


def project_month(daily: Mapping[date, Money], today: date) -> Projection:
    """Project what the month of *today* will have cost.

    Args:
        daily: What each day cost.  What is dated after *today* and still in its month, since some
            clock was ahead, is spent all the same, and counts as if it had been today.
        today: A day of the month.
    """
    month = period_of(today, "month")
    later = (day for day in daily if day > today and period_of(day, "month") == month)
    spent = Money.total(daily[day] for day in (today, *later) if day in daily)
    return project({**daily, today: spent}, today)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarGate:
    """Breached by each day, or month, that a run falls into and that cost more than its ceiling.

    Attributes:
        period: What is summed up.
        ceiling: The most that it may cost.
        today: The day on which this is judged, UTC.
        before: What other runs were billed on each day.
        unknown: How many calls of unknown cost there were on each of those days.
        named: Those calls, a line each, by the day.
        warning: The share of the ceiling from which on a warning is shown.
        critical: The share from which on the warning is called critical.
    """

    period: Period
    ceiling: Ceiling
    today: date
    before: Mapping[date, Money]
    unknown: Mapping[date, int] = field(default_factory=dict)
    named: Mapping[date, Sequence[str]] = field(default_factory=dict)
    warning: Fraction = WARNING
    critical: Fraction = CRITICAL

    @property
    def scope(self) -> str:
        """What the subjects are, as `SpendGate` has it."""
        return self.period

    def spendings(self, ledger: Ledger) -> Iterator[Spending]:
        """Yield what the period of today cost, and each other one in which the run paid."""
        charged: dict[str, list[Charge]] = {self._name(self.today): []}
        for charge in ledger:
            if _costs(charge):
                charged.setdefault(self._name(_day(charge)), []).append(charge)
        for subject in sorted(charged):
            yield self._spending(subject, tuple(charged[subject]))

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield what is over a ceiling, close to it, or bound for it; and what cannot be told."""
        for spending in self.spendings(ledger):
            yield from self._judged(spending, ledger)
            unknown = self.unknown_before(spending.subject)
            if unknown and not spending.breached:
                yield self._uncertain(spending, unknown)

    def _judged(self, spending: Spending, ledger: Ledger) -> Iterator[Finding]:
        said = f"{self._title(spending)} {self._figures(spending)}"
        subject, ceiling = spending.subject, spending.ceiling
        certain = spending.spent > ceiling.amount
        if spending.breached:
            yield breach(said, subject, ceiling, self._parts(spending), certain=certain)
            return
        share = spending.upper.share_of(ceiling.amount)
        level = level_of(share, self.warning, self.critical)
        if level is not None:
            yield alert(said, subject, ceiling, level, self._parts(spending))
        if self.period == "month" and subject == self._name(self.today):
            yield from self._ahead(spending, ledger)

    def _ahead(self, spending: Spending, ledger: Ledger) -> Iterator[Finding]:
        projection = project_month(self._daily(ledger), self.today)
        if projection.best > self.ceiling.amount:
            projected, ceiling = dollars_beside(self.ceiling.amount, projection.best)
            share = projection.best.share_of(self.ceiling.amount)
            of = "" if share is None else f" ({percent(share)})"
            yield Finding(
                rule="budget-projected",
                subject=spending.subject,
                message=f"{self._title(spending)} is bound for {projected} of {ceiling}{of}",
                origin=self.ceiling.origin,
                details=(_basis(projection),),
                remedy="find out what grew before the month is over: `specbudget status` shows it",
                severity="warning",
            )

    def _uncertain(self, spending: Spending, unknown: int) -> Finding:
        return Finding(
            rule="budget-uncertain",
            subject=spending.subject,
            message=f"{self._title(spending)} {self._figures(spending)}, and "
            f"{calls_of(unknown)} in the history {'are' if unknown > 1 else 'is'} of unknown cost",
            origin=self.ceiling.origin,
            details=self._first_unknown(spending.subject, unknown),
            remedy="find out what they cost, as from the provider's bill, and say it:\n"
            f"    specbudget history show\n    {SETTLE}\n"
            "or accept it with --spec-on-inconclusive=warn",
            inconclusive=True,
        )

    def _spending(self, subject: str, charges: tuple[Charge, ...]) -> Spending:
        return Spending(
            scope=self.period,
            subject=subject,
            spent=self._earlier(subject)
            + Money.total(cost_of(charge, "billed") for charge in charges),
            spread=Money.total(spread_of(charge, "billed") for charge in charges),
            ceiling=self.ceiling,
            charges=charges,
        )

    def _earlier(self, subject: str) -> Money:
        days = self.before.items()
        return Money.total(cost for day, cost in days if self._name(day) == subject)

    def unknown_before(self, subject: str) -> int:
        """Count the calls of unknown cost that other runs made in the day or month *subject*."""
        return sum(calls for day, calls in self.unknown.items() if self._name(day) == subject)

    def _first_unknown(self, subject: str, count: int) -> tuple[str, ...]:
        """Name the first calls of unknown cost, of *count*, as far as they have names."""
        days = sorted(self.named.items())
        shown = [line for day, lines in days if self._name(day) == subject for line in lines]
        shown = shown[:_SHOWN]
        more = count - len(shown)
        return (*shown, f"and {calls_of(more, 'more call')}") if shown and more else (*shown,)

    def _daily(self, ledger: Ledger) -> dict[date, Money]:
        daily = dict(self.before)
        for charge in filter(_costs, ledger):
            day = _day(charge)
            daily[day] = daily.get(day, Money()) + cost_of(charge, "billed")
        return daily

    def _name(self, day: date) -> str:
        return period_of(day, self.period)

    def _title(self, spending: Spending) -> str:
        return f'{self.period} "{spending.subject}"'

    def _figures(self, spending: Spending) -> str:
        said = measured(spending.spent, self.ceiling.amount, "billed", spending.spread)
        return f"{said}, estimated" if spending.estimated else said

    def _parts(self, spending: Spending) -> tuple[str, ...]:
        """Say what of it this run cost, and what all others did."""
        earlier = self._earlier(spending.subject)
        places = places_beside(self.ceiling.amount, spending.spent, spending.upper)
        others, run = adding_up([earlier, spending.spent - earlier], places)
        return (f"{others} by other runs, {run} in this one",)


def _costs(charge: Charge) -> bool:
    return bool(cost_of(charge, "billed") or spread_of(charge, "billed"))


def _day(charge: Charge) -> date:
    return date.fromisoformat(charge.at[:10])


def _basis(projection: Projection) -> str:
    if projection.expected is None:
        return "as if every day cost the same: too few days are known to tell weekdays apart"
    if projection.likely is None:
        return "by what weekdays cost in the last six weeks"
    low, high = dollars_of(*projection.likely)
    return f"by what weekdays cost in the last six weeks; {NOMINAL * 100} % likely {low} to {high}"
