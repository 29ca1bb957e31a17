"""Instants as text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from pytest_specbudget.core.moments import in_utc, stamp, stamp_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENTS = [
    pytest.param(_EPOCH, id="the first instant"),
    pytest.param(_EPOCH + timedelta(microseconds=1), id="a microsecond after it"),
    pytest.param(datetime(2026, 11, 22, 15, 4, 5, 60, tzinfo=UTC), id="leading zeros"),
    pytest.param(datetime(2028, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC), id="a leap day's end"),
    pytest.param(datetime(2100, 1, 1, tzinfo=UTC), id="a whole second"),
]


@pytest.mark.parametrize("moment", _MOMENTS)
def test_counted_and_written_moments_read_the_same(moment: datetime) -> None:
    nanoseconds = (moment - _EPOCH) // timedelta(microseconds=1) * 1_000

    assert stamp_of(nanoseconds) == stamp(moment)


def test_what_is_less_than_a_microsecond_is_cut_off() -> None:
    assert stamp_of(1_999) == "1970-01-01T00:00:00.000001Z"


def test_a_moment_of_another_zone_is_written_in_utc() -> None:
    there = datetime(2026, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))

    assert stamp(there) == "2025-12-31T23:30:00.000000Z"


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_what_utc_cannot_hold_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"{text} is no time of the years 1 to 9999")):
        in_utc(datetime.fromisoformat(text))


def test_a_moment_elsewhere_is_the_same_in_utc() -> None:
    moment = in_utc(datetime.fromisoformat("2026-11-23T01:00:00+02:00"))

    assert moment.isoformat() == "2026-11-22T23:00:00+00:00"
