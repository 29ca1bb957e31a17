"""The projection of a month: by hand where that can be done, and on months drawn by a seed."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import exp
from random import Random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.budgets.projection import NOMINAL, project, spent_in_month
from pytest_specbudget.core.money import Money

DAY = timedelta(days=1)
QUIET_WEEKENDS = (1.0, 1.1, 1.2, 1.1, 0.9, 0.1, 0.1)


def dollars(text: str) -> Money:
    return Money.parse(text)


def every_day(first: date, last: date, *by_weekday: str) -> dict[date, Money]:
    days = [first + DAY * number for number in range((last - first).days + 1)]
    return {day: dollars(by_weekday[day.weekday() % len(by_weekday)]) for day in days}


def test_the_run_rate_is_what_the_seeds_figures_make_on_paper() -> None:
    told = project({date(2025, 10, 7): dollars("145.67")}, date(2025, 10, 25))

    assert told.run_rate == dollars("180.6308")
    assert told.spent == dollars("145.67")


def test_quiet_weekends_are_foretold_closely() -> None:
    daily = every_day(date(2026, 8, 31), date(2026, 11, 30), "2", "2", "2", "2", "2", "0", "0")

    told = project(daily, date(2026, 11, 6))

    assert told.run_rate == dollars("50")
    assert told.expected is not None
    assert abs((told.expected - dollars("42")).atto) < dollars("1.5").atto


def test_what_costs_the_same_every_day_is_foretold_exactly_and_surely() -> None:
    daily = every_day(date(2026, 8, 1), date(2026, 11, 22), "3")

    told = project(daily, date(2026, 11, 22))

    assert told.run_rate == told.expected == dollars("90")
    assert told.likely == (dollars("90"), dollars("90"))


def test_a_rise_is_followed_within_two_weeks() -> None:
    daily = every_day(date(2026, 9, 1), date(2026, 10, 27), "1")
    daily |= every_day(date(2026, 10, 28), date(2026, 11, 10), "2")

    told = project(daily, date(2026, 11, 10))

    assert told.expected is not None
    assert told.expected > dollars("58")


@pytest.mark.parametrize(
    "daily",
    [
        pytest.param({}, id="nothing at all"),
        pytest.param({date(2026, 11, 30): dollars("7")}, id="only what lies in the future"),
        pytest.param({date(2025, 1, 1): dollars("7")}, id="only what is long past"),
    ],
)
def test_a_month_without_a_charge_is_projected_at_nothing(daily: dict[date, Money]) -> None:
    told = project(daily, date(2026, 11, 22))

    assert (told.spent, told.run_rate, told.best, told.likely) == (Money(), Money(), Money(), None)


def test_less_than_two_weeks_tell_only_the_run_rate() -> None:
    told = project(every_day(date(2026, 11, 9), date(2026, 11, 22), "1"), date(2026, 11, 22))
    longer = project(every_day(date(2026, 11, 8), date(2026, 11, 22), "1"), date(2026, 11, 22))

    assert (told.expected, told.best) == (None, told.run_rate)
    assert longer.expected == dollars("23")
    assert longer.likely is None


def test_what_is_spent_now_and_then_tells_only_the_run_rate() -> None:
    daily = {date(2026, 11, 1) - DAY * 7 * week: dollars("9") for week in range(20)}

    assert project(daily, date(2026, 11, 22)).expected is None


def test_the_last_day_of_a_month_leaves_nothing_to_foretell() -> None:
    told = project({date(2026, 11, 2): dollars("12")}, date(2026, 11, 30))

    assert told.best == told.run_rate == dollars("12")
    assert told.likely == (dollars("12"), dollars("12"))


def test_a_month_is_summed_up_to_its_day_alone() -> None:
    daily = {date(2026, month, day): Money(10**day) for month in (10, 11) for day in (1, 2, 3)}

    assert spent_in_month(daily, date(2026, 11, 2)) == Money(110)


@given(
    st.dictionaries(
        st.dates(date(2026, 5, 1), date(2026, 11, 30)), st.integers(0, 10**22).map(Money)
    ),
    st.dates(date(2026, 11, 1), date(2026, 11, 30)),
)
def test_a_projection_is_never_below_what_is_spent(daily: dict[date, Money], today: date) -> None:
    told = project(daily, today)

    assert told.spent <= told.run_rate
    assert told.spent <= told.best
    assert told.likely is None or told.spent <= told.likely[0] <= told.best <= told.likely[1]


@dataclass
class Measured:
    by_run_rate: list[float] = field(default_factory=list)
    by_weekday: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)


def measured(*, today: int, months: int = 100, noise: float = 0.4, trend: float = 0.0) -> Measured:
    """Project months that a seed draws, on their day *today*, with four months of history each."""
    random, found = Random(20261122), Measured()  # noqa: S311 - drawn, so that it can be repeated
    for _ in range(months):
        first = date(2026, random.randint(1, 12), 1)
        days = monthrange(first.year, first.month)[1]
        daily = {
            first + DAY * number: drawn(random, first + DAY * number, noise, trend * number / 30)
            for number in range(-120, days)
        }
        told = project(daily, first.replace(day=today))
        cost = spent_in_month(daily, first.replace(day=days))
        found.by_run_rate.append(error(told.run_rate, cost))
        found.by_weekday.append(error(told.best, cost))
        found.held.append(told.likely is not None and told.likely[0] <= cost <= told.likely[1])
    return found


def drawn(random: Random, day: date, noise: float, rise: float) -> Money:
    cost = QUIET_WEEKENDS[day.weekday()] * exp(random.gauss(0, noise) + rise)
    return Money(round(cost * 10**6) * 10**12)


def error(told: Money, cost: Money) -> float:
    return abs(told.atto - cost.atto) / cost.atto


@pytest.mark.parametrize(("today", "share"), [(5, 0.6), (10, 0.85), (20, 0.95)])
def test_weekdays_foretell_a_month_with_quiet_weekends_better_than_the_run_rate(
    today: int, share: float
) -> None:
    found = measured(today=today)

    assert fmean(found.by_weekday) < share * fmean(found.by_run_rate)
    assert fmean(found.by_weekday) < 0.13


@pytest.mark.parametrize("today", [5, 10, 20])
@pytest.mark.parametrize("trend", [pytest.param(0.0, id="steady"), pytest.param(0.26, id="rising")])
def test_four_of_five_intervals_hold(today: int, trend: float) -> None:
    found = measured(today=today, trend=trend)

    assert abs(fmean(found.held) - float(NOMINAL)) <= 0.1
