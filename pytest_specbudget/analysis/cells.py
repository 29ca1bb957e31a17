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

from pytest_specbudget.analysis.hours import EARLIEST, LATEST
from pytest_specbudget.analysis.terms import agreed, paid_rates, published, turns
from pytest_specbudget.prices.catalogue import ANY_LENGTH
from pytest_specbudget.prices.pricing import Quote, row_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pytest_specbudget.analysis.asked import Place
    from pytest_specbudget.analysis.hours import Timetable
    from pytest_specbudget.analysis.terms import Offer
    from pytest_specbudget.prices.catalogue import Catalogue, Row
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
        at: The instant whose prices count, aware, UTC; None for that of each record.
    """

    def __init__(self, catalogue: Catalogue, at: datetime | None) -> None:
        self._catalogue = catalogue
        self._at = at

    def timetable(self, place: Place) -> Timetable:
        """Return the schedules that the prices of *place* follow, each once."""
        followed = (one for offer in self._offers(place) for one in offer.followed())
        return tuple(dict.fromkeys(followed))

    def of(self, place: Place, slots: Mapping[int, datetime]) -> Iterator[Cell]:
        """Yield the cells of *place*.

        Args:
            place: Whose.
            slots: All that occur, each with a moment inside of it.
        """
        for start, end in self._stretches(place):
            now = self._at or start
            for over, up_to in self._bands(place, now):
                for slot, clock in slots.items():
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

    def _stretches(self, place: Place) -> Iterator[tuple[datetime, datetime]]:
        """Yield the stretches of time in which the same rows hold."""
        cuts = {_FIRST, _LAST}
        if self._at is None:
            cuts.update(turns(place.ask(0, _FIRST, _FIRST), self._catalogue))
            for row in self._rows(place):
                cuts |= {row.valid_from, row.valid_to}
        return pairwise(sorted(cut for cut in cuts if _FIRST <= cut <= _LAST))

    def _bands(self, place: Place, now: datetime) -> Iterator[tuple[int, int]]:
        """Yield the ranges of input lengths in which the same rows hold at *now*."""
        cuts = {-1, ANY_LENGTH}
        for row in self._rows(place):
            if row.valid_from <= now < row.valid_to:
                cuts |= {row.over, row.up_to}
        return pairwise(sorted(cuts))

    def _rows(self, place: Place) -> Iterator[Row]:
        return (row for offer in self._offers(place) for row in offer.rows)

    def _offers(self, place: Place) -> tuple[Offer, Offer]:
        ask = place.ask(0, _FIRST, _FIRST)
        return published(ask, self._catalogue), agreed(ask, self._catalogue)
