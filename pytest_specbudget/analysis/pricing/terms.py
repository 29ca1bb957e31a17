"""What a model costs somebody: the rows that are published for it, and the user's own terms.

`prices.pricing` prices one call at these; here they are looked at as a whole, for all calls that
ask the same.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.prices.buckets import split
from pytest_specbudget.prices.catalogue import LEAST_AUDIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pytest_specbudget.prices.catalogue import (
        Catalogue,
        ModelPrices,
        ProviderPrices,
        Row,
        Schedule,
    )
    from pytest_specbudget.prices.pricing import Ask

__all__ = ["Offer", "agreed", "paid_rates", "published", "turns"]


class Offer(NamedTuple):
    """Rows of one model for one service tier and region.

    Attributes:
        rows: In no particular order.
        schedules: Those that the rows may follow, by name.
    """

    rows: tuple[Row, ...] = ()
    schedules: Mapping[str, Schedule] = {}

    def schedule_of(self, row: Row) -> Schedule | None:
        """Return the schedule that one of the rows follows, or None."""
        return self.schedules[row.schedule] if row.schedule else None

    def in_force(self, ask: Ask) -> Row | None:
        """Return the row that holds for *ask*, or None."""
        _, length = split(ask.usage)
        for row in self.rows:
            timely = row.valid_from <= ask.at < row.valid_to and row.over < length <= row.up_to
            if timely and self._follows(row, ask.clock):
                return row
        return None

    def _follows(self, row: Row, clock: datetime) -> bool:
        schedule = self.schedule_of(row)
        return schedule is None or schedule.covers(clock) is row.within


def published(ask: Ask, catalogue: Catalogue) -> Offer:
    """Return what is published for the model of *ask*; nothing if it is unknown."""
    found = catalogue.find(ask.provider, ask.model)
    return _offer(*found, ask) if found else Offer()


def agreed(ask: Ask, catalogue: Catalogue) -> Offer:
    """Return the user's contract for the model of *ask*; nothing if there is none."""
    seller = catalogue.contracts.get(ask.provider)
    model = seller.find(seller.bare(ask.model), catalogue.as_of.date()) if seller else None
    return _offer(seller, model, ask) if seller and model else Offer()


def turns(ask: Ask, catalogue: Catalogue) -> Iterator[datetime]:
    """Yield the instants at which a discount of the provider begins or ends."""
    for discount in catalogue.discounts:
        if discount.provider == ask.provider:
            yield from (discount.valid_from, discount.valid_to)


def paid_rates(
    rates: Mapping[str, int], ask: Ask, catalogue: Catalogue
) -> Mapping[str, int] | None:
    """Return what is paid a unit where *rates* are published: a contract, else a discount.

    Returns:
        Attodollars by meter; None if a discount leaves no whole number of them, so that each call
        is rounded by itself.
    """
    contract = agreed(ask, catalogue).in_force(ask)
    if contract is not None:
        return {**rates, **contract.rates}
    pays = _pays(ask, catalogue)
    paid = {meter: rate if meter == LEAST_AUDIO else rate * pays for meter, rate in rates.items()}
    whole = all(rate.denominator == 1 for rate in paid.values())
    return {meter: int(rate) for meter, rate in paid.items()} if whole else None


def _pays(ask: Ask, catalogue: Catalogue) -> Fraction:
    holding = (
        discount.pays
        for discount in reversed(catalogue.discounts)
        if discount.covers(ask.provider, ask.model, ask.at)
    )
    return next(holding, Fraction(1))


def _offer(seller: ProviderPrices, model: ModelPrices, ask: Ask) -> Offer:
    rows = model.rows_for(ask.tier, seller.regions.get(ask.region, ""))
    return Offer(rows, seller.schedules)
