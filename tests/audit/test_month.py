"""What a month costs, by the last days of a history."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pytest_specbudget.audit.drift import Priced
from pytest_specbudget.audit.month import Month, last_month
from pytest_specbudget.core.money import Money

DAY = date(2026, 11, 2)


def priced(day: date) -> Priced:
    return Priced(model="a", day=day, calls=1, recorded=Money.parse("1"), repriced=Money.parse("2"))


@pytest.mark.parametrize(
    ("days", "today", "since", "covered"),
    [
        pytest.param([1, 21], 22, date(2026, 10, 23), 21, id="a day that is over is the last"),
        pytest.param([1, 22], 22, date(2026, 10, 3), 1, id="today is not over"),
        pytest.param([1, 9], 22, date(2026, 10, 11), 9, id="an older history ends on its own day"),
    ],
)
def test_the_last_days_that_are_over_stand_for_a_month(
    days: list[int], today: int, since: date, covered: int
) -> None:
    groups = [priced(date(2026, 11, day)) for day in days]

    month = last_month(groups, date(2026, 11, today))

    assert month is not None
    assert (month.since, month.covered) == (since, covered)


def test_a_month_has_thirty_days() -> None:
    groups = [priced(DAY + timedelta(days=day)) for day in range(40)]

    month = last_month(groups, DAY + timedelta(days=40))

    assert month == Month(
        since=DAY + timedelta(days=10),
        until=DAY + timedelta(days=40),
        covered=30,
        used=30,
        recorded=Money.parse(30),
        repriced=Money.parse(60),
    )
    assert month.forecast == (Money.parse(30), Money.parse(60))


def test_an_old_record_makes_a_month_of_which_one_day_was_used() -> None:
    month = last_month([priced(DAY - timedelta(days=400)), priced(DAY)], DAY + timedelta(days=1))

    assert month is not None
    assert (month.covered, month.used, month.recorded) == (30, 1, Money.parse(1))
    assert month.forecast == (Money.parse(1), Money.parse(2))


@pytest.mark.parametrize(
    ("days", "forecast"),
    [
        pytest.param(6, None, id="six days tell nothing"),
        pytest.param(7, ("30", "60"), id="a week goes on as it did"),
        pytest.param(20, ("30", "60"), id="so do three"),
    ],
)
def test_a_young_history_is_scaled_to_a_month(days: int, forecast: tuple[str, str] | None) -> None:
    groups = [priced(DAY + timedelta(days=day)) for day in range(days)]

    month = last_month(groups, DAY + timedelta(days=days))

    assert month is not None
    assert month.forecast == (forecast and tuple(map(Money.parse, forecast)))


@pytest.mark.parametrize(("later", "ended"), [(31, False), (32, True)])
def test_usage_that_ended_a_month_ago_says_so(later: int, *, ended: bool) -> None:
    month = last_month([priced(DAY)], DAY + timedelta(days=later))

    assert month is not None
    assert month.ended is ended


def test_a_history_of_today_alone_says_nothing_of_a_month() -> None:
    assert last_month([priced(DAY)], DAY) is None
