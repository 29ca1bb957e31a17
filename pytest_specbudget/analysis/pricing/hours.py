"""Time-of-day rates as a table: which schedules a moment is inside of, day by day.

The databases differ in how they say weekday, hour and holiday; a table says it for all of them.
A *timetable* is all the schedules that the rows of one model follow; a *slot* tells which of them a
moment is inside of, one bit each; it is 0 for a model that follows none.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.analysis.columns import Column
from pytest_specbudget.analysis.engine import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_specbudget.prices.catalogue import Schedule

__all__ = ["EARLIEST", "LATEST", "Followed", "Hours", "Name"]

EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2299, 12, 31)  # noqa: DTZ001 - as records have them
"""What stands for ever in tables: every engine can hold it, and no record lies beyond."""

Name = tuple[str, str]
"""A provider and a model, as recorded."""

_Timetable = tuple["Schedule", ...]
_FIRST, _LAST = EARLIEST.replace(tzinfo=UTC), LATEST.replace(tzinfo=UTC)

_COLUMNS = (
    Column("provider", "text"),
    Column("model", "text"),
    Column("day", "date"),
    Column("starts", "instant"),
    Column("ends", "instant"),
    Column("slot", "count"),
)
_DAY = timedelta(days=1)


class Followed(NamedTuple):
    """A schedule that prices follow, from `start` until before `end`; both aware, UTC."""

    schedule: Schedule
    start: datetime
    end: datetime


class Hours:
    """When a history's models were inside of which of their schedules.

    Args:
        followed: What its models follow; one that follows nothing may be left out.
        days: The days on which these answered.

    Attributes:
        providers: Those of the models that follow any, sorted.
        start: When the first of these begins to follow one; aware, UTC.
        end: When none does any more.
    """

    def __init__(self, followed: Mapping[Name, Sequence[Followed]], days: Iterable[date]) -> None:
        every = [one for some in followed.values() for one in some]
        self.providers = tuple(
            sorted({provider for (provider, _), some in followed.items() if some})
        )
        self.start = max(min((one.start for one in every), default=_FIRST), _FIRST)
        self.end = min(max((one.end for one in every), default=_FIRST), _LAST)
        self._timetables = {
            name: tuple(dict.fromkeys(one.schedule for one in some))
            for name, some in followed.items()
            if some
        }
        self._days = sorted(days)

    def turns(self, name: Name) -> tuple[datetime, ...]:
        """Return when hours begin and end to count for a model, if they ever do."""
        return (self.start, self.end) if name in self._timetables else ()

    def slots(self, name: Name, at: datetime) -> dict[int, datetime]:
        """Return the slots of a model that occur at *at*, each with a moment inside of it."""
        timetable = self._timetables.get(name)
        if timetable is None or not self.start <= at < self.end:
            return {0: _FIRST}
        return {slot: starts for starts, _, slot in self._stretches(timetable)}

    def table(self) -> Table:
        """Return `hours_t`: for each model and day, the whole day without gaps or overlaps."""
        rows: list[tuple[object, ...]] = [
            (*name, starts.date(), _naive(starts), _naive(ends), slot)
            for name, timetable in self._timetables.items()
            for starts, ends, slot in self._stretches(timetable)
        ]
        return Table("hours_t", _COLUMNS, rows)

    def _stretches(self, timetable: _Timetable) -> Iterator[tuple[datetime, datetime, int]]:
        for day in self._days:
            cuts = sorted({_midnight(day), _midnight(day + _DAY), *_edges(timetable, day)})
            for starts, ends in pairwise(cuts):
                yield starts, ends, _slot(timetable, starts)


def _midnight(day: date) -> datetime:
    """Return the first moment of *day*, aware, UTC."""
    return datetime.combine(day, time(tzinfo=UTC))


def _edges(timetable: _Timetable, day: date) -> Iterator[datetime]:
    for schedule in timetable:
        for stretch in schedule.hours:
            yield from (datetime.combine(day, edge, tzinfo=UTC) for edge in stretch)


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def _slot(timetable: _Timetable, moment: datetime) -> int:
    """Tell which schedules the aware *moment* is inside of, one bit each."""
    return sum(one.covers(moment) << bit for bit, one in enumerate(timetable))
