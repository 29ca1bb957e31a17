"""Which price counts: the catalogue, loaded when the first call has to be priced, and the instant.

A verdict does not change with the calendar: a replayed call is priced at the catalogue's `as_of`
(or the setting `prices_as_of`), with the hour and weekday at which it was recorded; a live one
when it was made.  What a recording does not tell, the clock does not stand in for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.moments import stamp
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.pricing import Quote, price
from pytest_specbudget.prices.staleness import stale_prices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_specbudget.core.exchange import Exchange
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.prices.staleness import Stale
    from pytest_specbudget.settings.settings import Settings

__all__ = ["PriceDesk", "dated"]


_LIVE = ("live", "record")


@dataclass
class PriceDesk:
    """Quotes what a reading costs.

    Attributes:
        settings: Where the prices and the instant come from.
        opened: Called once with the facts of the catalogue, when it is first needed.
    """

    settings: Settings
    opened: Callable[[dict[str, Any]], None] = lambda _facts: None
    _catalogue: Catalogue | None = field(default=None, init=False)
    _used: dict[str, datetime] = field(default_factory=dict, init=False)

    @property
    def catalogue(self) -> Catalogue:
        """The shipped prices with the user's laid over them.

        Raises:
            CatalogueError: If they cannot be read or contradict each other.
        """
        if self._catalogue is None:
            self._catalogue = load_catalogue(self.settings.prices)
            self.opened(self.facts())
        return self._catalogue

    @cached_property
    def as_of(self) -> datetime:
        """The instant at which replayed calls are priced."""
        return self.settings.prices_as_of or self.catalogue.as_of

    def facts(self) -> dict[str, Any]:
        """Return what a report says about the prices; keys as in `CatalogueFacts`."""
        catalogue = self.catalogue
        return {
            "sha256": catalogue.sha256,
            "as_of": _stamp(self.as_of),
            "source": catalogue.source,
            "overlays": list(catalogue.overlays),
        }

    def quote(self, reading: Reading, exchange: Exchange) -> Quote:
        """Price *reading* at the instant that counts for *exchange*.

        The hour and the weekday of time-of-day rates are those at which the answer was made, or
        for a replayed one that does not tell, those of the instant.
        """
        at = self.instant(exchange)
        made = exchange.sent_at if exchange.source in _LIVE else exchange.answered_at
        quote = price(reading, self._catalogue or self.catalogue, at, clock=made)
        if quote.price_id is not None:
            self._used[quote.price_id] = at
        return quote

    def stale(self) -> Iterator[Stale]:
        """Find the prices that had been checked too long before the instant of their last use."""
        for price_id, at in self._used.items():
            yield from stale_prices(self.catalogue, [price_id], at)

    def instant(self, exchange: Exchange) -> datetime:
        """Return the instant whose prices count for *exchange*, aware UTC."""
        asked = self.settings.price_at
        if asked.time is not None:
            return asked.time
        if asked.kind == "now" or exchange.source in _LIVE:
            return exchange.sent_at
        return (exchange.answered_at if asked.kind == "recorded" else None) or self.as_of


def dated(quote: Quote, exchange: Exchange) -> str | None:
    """Return the instant whose prices *exchange* has, RFC 3339.

    None if it was sent then, or has no price.
    """
    at = quote.priced_at
    return None if at is None or at is exchange.sent_at else _stamp_of(at)


_stamp_of = lru_cache(maxsize=64)(stamp)  # a replayed suite has one instant


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
