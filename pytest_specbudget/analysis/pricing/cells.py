"""The prices that a history asks for, cut into cells: inside of one, nothing changes.

For one place, every instant, length of input and hour of the week lies in exactly one cell.  So a
record meets one row and never two or none, whether it has a price or not, and a cell is priced by
asking for any record inside of it.  The rules of that are `prices.pricing`'s; nothing is repeated
here but where they may change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.pricing.hours import EARLIEST, LATEST, Followed
from pytest_specbudget.analysis.pricing.terms import agreed, paid_rates, published, turns
from pytest_specbudget.prices.catalogue import ANY_LENGTH
from pytest_specbudget.prices.pricing import Quote, row_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pytest_specbudget.analysis.pricing.asked import Place
    from pytest_specbudget.analysis.pricing.hours import Hours
    from pytest_specbudget.prices.catalogue import Catalogue, Row, Schedule
    from pytest_specbudget.prices.pricing import Ask

__all__ = ["Cell", "Cells"]

_FIRST, _LAST = EARLIEST.replace(tzinfo=UTC), LATEST.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What records of one place cost a unit, for a stretch of time and a range of lengths.

    Attributes:
        place: Whose.
        start: The first instant; aware, UTC.
        end: The first instant that is no more inside.
        over: The input is longer than this, in tokens.
        up_to: The input is at most so long.
        clock: A moment whose hour and weekday are inside; aware, UTC.
        slot: Which schedules such a moment is inside of, as `hours` tells it.
        rates: Attodollars a unit, by meter; None if nothing has a price.
        paid: The same at the user's own terms; None if these cannot be said as rates.
        free: Whether the user declared it to cost nothing.
    """

    place: Place
    start: datetime
    end: datetime
    over: int
    up_to: int
    clock: datetime
    slot: int
    rates: Mapping[str, int] | None = None
    paid: Mapping[str, int] | None = None
    free: bool = False


class Cells:
    """The cells of the places of a history, at the prices of a catalogue.

    Args:
        catalogue: The prices.
        first: The first instant whose prices count; aware, UTC.
        last: The last one; there are no cells that begin later.
    """

    def __init__(self, catalogue: Catalogue, first: datetime, last: datetime) -> None:
        self._catalogue = catalogue
        self._first = first
        self._last = last

    def followed(self, place: Place) -> list[Followed]:
        """Return the schedules that the prices of *place* follow, and for how long they do."""
        return [
            Followed(schedule, row.valid_from, row.valid_to)
            for row, schedule in self._rows(place)
            if schedule is not None
        ]

    def of(self, place: Place, hours: Hours) -> Iterator[Cell]:
        """Yield the cells of *place*.

        Args:
            place: Whose.
            hours: The slots that occur.
        """
        rows = [row for row, _ in self._rows(place)]
        for start, end in self._stretches(place, rows, hours):
            now = max(start, self._first)
            for over, up_to in _bands(rows, now):
                for slot, clock in hours.slots(place.name, now).items():
                    yield Cell(
                        place=place,
                        start=start,
                        end=end,
                        over=over,
                        up_to=up_to,
                        clock=clock,
                        slot=slot,
                        **self._priced(place.ask(over + 1, now, clock)),
                    )

    def _priced(self, ask: Ask) -> dict[str, Any]:
        held = row_for(ask, self._catalogue)
        if isinstance(held, Quote):
            return {"free": held.list_cost is not None}
        rates = held[0].rates
        return {"rates": rates, "paid": paid_rates(rates, ask, self._catalogue)}

    def _stretches(
        self, place: Place, rows: list[Row], hours: Hours
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield the stretches of time in which the same rows hold, all time together."""
        cuts = {cut for row in rows for cut in (row.valid_from, row.valid_to)}
        cuts.update(hours.turns(place.name))
        cuts.update(turns(place.ask(0, self._first, self._first), self._catalogue))
        counting = {cut for cut in cuts if self._first < cut <= self._last}
        return pairwise(sorted({_FIRST, _LAST, *counting}))

    def _rows(self, place: Place) -> Iterator[tuple[Row, Schedule | None]]:
        """Yield the rows that hold at some time that counts, each with what it follows."""
        ask = place.ask(0, self._first, self._first)
        for offer in (published(ask, self._catalogue), agreed(ask, self._catalogue)):
            for row in offer.rows:
                if row.valid_from <= self._last and self._first < row.valid_to:
                    yield row, offer.schedule_of(row)


def _bands(rows: list[Row], now: datetime) -> Iterator[tuple[int, int]]:
    """Yield the ranges of input lengths in which the same rows hold at *now*."""
    holding = [row for row in rows if row.valid_from <= now < row.valid_to]
    cuts = {cut for row in holding for cut in (row.over, row.up_to)}
    return pairwise(sorted({-1, ANY_LENGTH, *cuts}))
