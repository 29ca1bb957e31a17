"""What a reading costs: a pure function of the reading, a catalogue and an instant.

A price is exact or it is unknown, with the reason.  Nothing falls back on something similar: not
a model on its sibling, not a tier on the default tier, not a bucket on its neighbour's rate.

Amounts are whole attodollars.  Two roundings exist, each half to even and once a charge: a rate
an hour over seconds, and the user's discount.
"""

from __future__ import annotations

from dataclasses import field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import quick_value
from pytest_specbudget.prices.buckets import split
from pytest_specbudget.prices.costing import cost_of
from pytest_specbudget.prices.names import short_name

if TYPE_CHECKING:
    from datetime import datetime
    from fractions import Fraction

    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.core.usage import Usage
    from pytest_specbudget.prices.buckets import Counts
    from pytest_specbudget.prices.catalogue import Catalogue, Offer, Row

__all__ = ["Ask", "Quote", "asks_of", "price", "row_for", "terms_of"]

_STANDARD_TIERS = {None: "default", "": "default", "standard": "default", "on_demand": "default"}


@quick_value
class Quote:
    """What a reading costs, or why that is unknown.

    Attributes:
        list_cost: At the published price, or None if unknown.
        contracted_cost: At the user's own rates; the list cost where there are none.
        price_id: The price row, `openai/o3/default/from-2025-06-10`; several joined by ` + `;
            `free` for what the user declared to cost nothing.
        reason: Why the cost is unknown, or None.
        priced_at: The instant whose prices it has, or None if it has none.
    """

    list_cost: Money | None = None
    contracted_cost: Money | None = None
    price_id: str | None = None
    reason: str | None = None
    priced_at: datetime | None = field(default=None, compare=False)


@quick_value
class Ask:
    """One model's use, where and when, as the catalogue names things."""

    provider: str
    model: str
    usage: Usage
    tier: str
    region: str
    at: datetime
    clock: datetime


_ZERO = Money()


def price(
    reading: Reading, catalogue: Catalogue, at: datetime, *, clock: datetime | None = None
) -> Quote:
    """Price a reading at the rates in force at *at*.

    Counts are inclusive and are taken apart first (`buckets`).  The length of the whole input
    selects the context tier, for the whole request.  Cache writes of unknown lifetime take the
    five-minute price.  Reasoning above 0 selects a thinking rate where the model has one.

    Args:
        reading: What was consumed; with parts, each part is priced at its own model.
        catalogue: The prices.
        at: The instant whose prices count; aware, UTC.
        clock: The instant whose hour and weekday count for time-of-day rates; default *at*.

    Returns:
        The exact cost; or no cost and a reason if the model, its service tier, its region or a
        unit that it used has no price, or if no counts were reported.
    """
    if reading.free:
        return _free(at)
    if not reading.parts:
        return _quote(_ask(reading, reading.model, reading.usage, at, clock), catalogue)
    return _sum([_quote(ask, catalogue) for ask in asks_of(reading, at, clock)])


def asks_of(reading: Reading, at: datetime, clock: datetime | None) -> list[Ask]:
    """Return what has to be priced of *reading*: its parts, or else the whole of it."""
    if not reading.parts:
        return [_ask(reading, reading.model, reading.usage, at, clock)]
    return [_ask(reading, part.model, part.usage, at, clock) for part in reading.parts]


def _ask(reading: Reading, model: str, usage: Usage, at: datetime, clock: datetime | None) -> Ask:
    stated = reading.service_tier
    tier = _STANDARD_TIERS.get(stated) or stated or ""
    return Ask(
        short_name(reading.provider), model, usage, tier, reading.region or "", at, clock or at
    )


def _sum(quotes: list[Quote]) -> Quote:
    reasons = [quote.reason for quote in quotes if quote.reason]
    if reasons:
        return Quote(reason="; ".join(dict.fromkeys(reasons)))
    return Quote(
        list_cost=Money.total(quote.list_cost or _ZERO for quote in quotes),
        contracted_cost=Money.total(quote.contracted_cost or _ZERO for quote in quotes),
        price_id=" + ".join(dict.fromkeys(quote.price_id or "" for quote in quotes)),
        priced_at=quotes[0].priced_at,
    )


def _free(at: datetime) -> Quote:
    return Quote(list_cost=_ZERO, contracted_cost=_ZERO, price_id="free", priced_at=at)


def _quote(ask: Ask, catalogue: Catalogue) -> Quote:
    held = row_for(ask, catalogue)
    if isinstance(held, Quote):
        return held
    row, counts, price_id = held
    cost = cost_of(ask.usage, counts, row.rates)
    if isinstance(cost, str):
        return Quote(reason=f"no {cost} price for {_what(ask)} ({row.label})")
    terms = catalogue.contracts or catalogue.discounts
    contracted = _contracted(cost, row, ask, catalogue) if terms else cost
    return Quote(cost, contracted, price_id, None, ask.at)


def row_for(ask: Ask, catalogue: Catalogue) -> tuple[Row, Counts, str] | Quote:
    """Find the row that prices *ask*; a quote if it is free, or if nothing prices it."""
    if catalogue.free and _is_free(ask, catalogue):
        return _free(ask.at)
    offer = catalogue.offer(ask.provider, ask.model, ask.tier, ask.region)
    if offer is None:
        return Quote(reason=_no_offer(ask, catalogue))
    counts, length = split(ask.usage)
    row = offer.row_for(length, ask.at, ask.clock)
    if row is None:
        return Quote(reason=_no_row(ask, offer))
    if not counts and not ask.usage.reported():
        return Quote(reason=f"no counts were reported for {_what(ask)}")
    return row, counts, f"{offer.name}/{row.label}"


def _is_free(ask: Ask, catalogue: Catalogue) -> bool:
    return any(
        free.provider == ask.provider and fnmatchcase(ask.model, free.match)
        for free in catalogue.free
    )


def _contracted(cost: Money, row: Row, ask: Ask, catalogue: Catalogue) -> Money:
    agreed, pays = terms_of(ask, catalogue)
    if agreed is not None:
        paid = cost_of(ask.usage, split(ask.usage)[0], {**row.rates, **agreed.rates})
        return paid if isinstance(paid, Money) else cost
    return cost if pays is None else Money(round(cost.atto * pays))


def terms_of(ask: Ask, catalogue: Catalogue) -> tuple[Row | None, Fraction | None]:
    """Find what the user agreed on: a contract, or else a discount, as the part that is paid.

    Rates that a contract does not name are as published.
    """
    agreed = _agreed(ask, catalogue) if catalogue.contracts else None
    return agreed, None if agreed is not None else _pays(ask, catalogue)


def _agreed(ask: Ask, catalogue: Catalogue) -> Row | None:
    seller = catalogue.contracts.get(ask.provider)
    found = seller.find(seller.bare(ask.model), catalogue.as_of.date()) if seller else None
    if seller is None or found is None:
        return None
    offer = seller.offer(found, ask.tier, ask.region)
    return offer.row_for(split(ask.usage)[1], ask.at, ask.clock)


def _pays(ask: Ask, catalogue: Catalogue) -> Fraction | None:
    for discount in reversed(catalogue.discounts):
        if discount.covers(ask.provider, ask.model, ask.at):
            return discount.pays
    return None


def _what(ask: Ask) -> str:
    return f'"{ask.model}" of {ask.provider}'


def _no_offer(ask: Ask, catalogue: Catalogue) -> str:
    if catalogue.find(ask.provider, ask.model) is not None:
        return f'no price for {_what(ask)} in region "{ask.region}"'
    if ask.provider not in catalogue.providers:
        return f'no price for {_what(ask)}: the catalogue has no provider "{ask.provider}"'
    return f"no price for {_what(ask)}"


def _no_row(ask: Ask, offer: Offer) -> str:
    if not offer.rows:
        where = f' in region "{ask.region}"' if offer.homes and ask.region else ""
        return f"no {ask.tier} price for {_what(ask)}{where}"
    return f"no {ask.tier} price for {_what(ask)} at {ask.at:%Y-%m-%dT%H:%M:%SZ}"
