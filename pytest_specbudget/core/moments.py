"""Instants: as text, and in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

__all__ = ["in_utc", "stamp", "stamp_of"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def in_utc(moment: datetime) -> datetime:
    """Return the aware *moment* in UTC.

    Raises:
        ValueError: If that is before the year 1 or after 9999, which no `datetime` can hold.
    """
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{moment.isoformat()} is no time of the years 1 to 9999 in UTC") from None


def stamp(moment: datetime) -> str:
    """Write the aware *moment* as RFC 3339 in UTC, to the microsecond."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat("T", "microseconds")[:-6] + "Z"


def stamp_of(nanoseconds: int) -> str:
    """Write an instant, counted from the start of 1970 as `time.time_ns` counts, as `stamp` does.

    It is a third of the work, because the second is written out once for all that falls into it.
    """
    second, rest = divmod(nanoseconds, 1_000_000_000)
    return f"{_second(second)}.{rest // 1_000:06d}Z"


@lru_cache(maxsize=8)
def _second(second: int) -> str:
    return (_EPOCH + timedelta(seconds=second)).isoformat("T", "seconds")[:-6]
