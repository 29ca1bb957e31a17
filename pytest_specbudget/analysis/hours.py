"""Time-of-day rates as a table: which schedules a moment is inside of, day by day.

The databases differ in how they say weekday, hour and holiday; a table says it for all of them.
A *timetable* is all the schedules that the rows of one model follow; a *slot* tells which of them a
moment is inside of, one bit each; it is 0 for a model that follows none.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.columns import Column
from pytest_specbudget.analysis.engine import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_specbudget.prices.catalogue import Schedule

__all__ = ["EARLIEST", "LATEST", "Hours", "Name", "Timetable"]

EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2299, 12, 31)  # noqa: DTZ001 - as records have them
"""What stands for ever in tables: every engine can hold it, and no record lies beyond."""

Name = tuple[str, str]
"""A provider and a model, as recorded."""

Timetable = tuple["Schedule", ...]

_COLUMNS = (
    Column("provider", "text"),
    Column("model", "text"),
    Column("day", "date"),
    Column("starts", "instant"),
    Column("ends", "instant"),
    Column("slot", "count"),
)
_DAY = timedelta(days=1)


class Hours:
    """When a history's models were inside of which of their schedules.

    Args:
        timetables: Those of its models, by provider and model; one that is empty may be left out.
        days: The days on which these answered.
    """

    def __init__(self, timetables: Mapping[Name, Timetable], days: Iterable[date]) -> None:
        self._timetables = {name: one for name, one in timetables.items() if one}
        self._days = sorted(days)

    def slots(self, name: Name) -> dict[int, datetime]:
        """Return the slots of a model that occur, each with a moment inside of it; aware, UTC."""
        timetable = self._timetables.get(name, ())
        if not timetable:
            return {0: EARLIEST.replace(tzinfo=UTC)}
        return {slot: starts for starts, _, slot in self._stretches(timetable)}

    def table(self) -> Table:
        """Return `hours_t`: for each model and day, the whole day without gaps or overlaps."""
        rows: list[tuple[object, ...]] = [
            (*name, starts.date(), _naive(starts), _naive(ends), slot)
            for name, timetable in self._timetables.items()
            for starts, ends, slot in self._stretches(timetable)
        ]
        return Table("hours_t", _COLUMNS, rows)

    def _stretches(self, timetable: Timetable) -> Iterator[tuple[datetime, datetime, int]]:
        for day in self._days:
            cuts = sorted({_midnight(day), _midnight(day + _DAY), *_edges(timetable, day)})
            for starts, ends in pairwise(cuts):
                yield starts, ends, _slot(timetable, starts)


def _midnight(day: date) -> datetime:
    """Return the first moment of *day*, aware, UTC."""
    return datetime.combine(day, time(tzinfo=UTC))


def _edges(timetable: Timetable, day: date) -> Iterator[datetime]:
    for schedule in timetable:
        for stretch in schedule.hours:
            yield from (datetime.combine(day, edge, tzinfo=UTC) for edge in stretch)


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def _slot(timetable: Timetable, moment: datetime) -> int:
    """Tell which schedules the aware *moment* is inside of, one bit each."""
    return sum(one.covers(moment) << bit for bit, one in enumerate(timetable))
