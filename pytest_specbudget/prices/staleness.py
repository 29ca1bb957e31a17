"""Which prices were read at their source too long before an instant.

Values in, values out: the instant is the caller's, so that a replayed run says the same every day.
A price is never called stale at an instant before the day on which it was checked.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from pytest_specbudget.prices.catalogue import Catalogue, Row

__all__ = ["FRESH", "Stale", "stale_prices", "stale_sources"]

FRESH = timedelta(days=92)
"""How long a checked price is taken to hold: a quarter of a year, which is 92 days at most."""


class Stale(NamedTuple):
    """Prices that were checked too long ago.

    Attributes:
        what: A price id, or a source.
        source: Where the rates stand published.
        checked: When they were last read there.
        days: Whole days from then until the instant.
    """

    what: str
    source: str
    checked: date
    days: int

    def __str__(self) -> str:
        """Say it: `openai/o3/default was checked 120 days before, on 2026-07-24 (https://...)`."""
        source = "" if self.source == self.what else f" ({self.source})"
        return f"{self.what} was checked {self.days} days before, on {self.checked}{source}"


def stale_prices(catalogue: Catalogue, price_ids: Iterable[str], at: datetime) -> Iterator[Stale]:
    """Find which of the prices that were used had not been checked for more than 92 days.

    Args:
        catalogue: What the prices came from.
        price_ids: As quotes have them; several in one are joined by ` + `.
        at: The instant whose prices counted; aware, UTC.
    """
    for price_id in sorted({part for one in price_ids for part in one.split(" + ")}):
        row = _row(catalogue, price_id)
        if row is not None:
            yield from _if_stale(price_id, row, at)


def stale_sources(catalogue: Catalogue, at: datetime) -> Iterator[Stale]:
    """Find the sources that had not been read for more than 92 days, of prices that hold then."""
    found = {
        stale
        for prices in catalogue.providers.values()
        for model in prices.models.values()
        for row in model.rows
        if row.valid_from <= at < row.valid_to
        for stale in _if_stale(row.source, row, at)
    }
    yield from sorted(found)


def _if_stale(what: str, row: Row, at: datetime) -> Iterator[Stale]:
    if row.checked is not None:
        age = at.date() - row.checked
        if age > FRESH:
            yield Stale(what, row.source, row.checked, age.days)


def _row(catalogue: Catalogue, price_id: str) -> Row | None:
    provider, _, rest = price_id.partition("/")
    prices = catalogue.providers.get(provider)
    if prices is None:
        return None
    steps = [place for place, letter in enumerate(rest) if letter == "/"]
    for step in steps:  # ids of models and labels of rows may both have slashes
        model = prices.models.get(rest[:step])
        for row in model.rows if model else ():
            if row.label == rest[step + 1 :]:
                return row
    return None
