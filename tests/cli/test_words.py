"""Days, times and amounts on the command line: what they mean, and what is told of others."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cli._words import amount, day, days, instant, moment
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("read", "words", "meaning"),
    [
        pytest.param(day, "2026-11-22", date(2026, 11, 22), id="a day"),
        pytest.param(days, "90", timedelta(90), id="days"),
        pytest.param(days, "0.5", timedelta(hours=12), id="half a day"),
        pytest.param(instant, "2026-11-21T12:00:00Z", NOON, id="a time in UTC"),
        pytest.param(instant, "2026-11-21T14:00:00+02:00", NOON, id="a time elsewhere"),
        pytest.param(moment, "2026-11-21T12:00:00", NOON, id="a time without an offset"),
        pytest.param(moment, "2026-11-21", NOON.replace(hour=0), id="the beginning of a day"),
        pytest.param(amount, "$0.05", Money.parse("0.05"), id="an amount"),
    ],
)
def test_what_words_mean(read: Callable[[str], object], words: str, meaning: object) -> None:
    assert read(words) == meaning


@pytest.mark.parametrize(
    ("read", "words", "told"),
    [
        pytest.param(day, "2026-02-30", "no day of the calendar; write one like", id="no day"),
        pytest.param(days, "-1", "no number of days; write one of 0 or more", id="below 0"),
        pytest.param(days, "nan", "no number of days", id="no number"),
        pytest.param(days, "1e99", "no number of days", id="more than time has"),
        pytest.param(instant, "soon", '"soon" is no time; write one like 2026', id="no time"),
        pytest.param(instant, "2026-11-21T12:00", "has no time zone; add Z", id="nowhere"),
        pytest.param(moment, "soon", '"soon" is no time; write one like 2026', id="no moment"),
        pytest.param(amount, "-1", "is not an amount; write a number like 2.00", id="a debt"),
    ],
)
def test_what_makes_no_sense_is_told_with_what_does(
    read: Callable[[str], object], words: str, told: str
) -> None:
    with pytest.raises(ArgumentTypeError, match=told.replace(".", r"\.")):
        read(words)
