"""What a reading costs: a pure function of the reading, a catalogue and an instant.

A price is exact or it is unknown, with the reason.  Nothing falls back on something similar: not
a model on its sibling, not a tier on the default tier, not a bucket on its neighbour's rate.

Amounts are whole attodollars.  Two roundings exist, each half to even and once a charge: a rate
an hour over seconds, and the user's discount.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value
from pytest_specbudget.prices.buckets import Counts, split
from pytest_specbudget.prices.names import short_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.core.usage import Usage
    from pytest_specbudget.prices.catalogue import Catalogue, ProviderPrices, Row

__all__ = ["Quote", "price"]

_SECONDS_PER_HOUR = 3600
_TRANSCRIBED = ("input_audio", "input", "output")
_STANDARD_TIERS = {"": "default", "standard": "default", "on_demand": "default"}


@value
class Quote:
    """What a reading costs, or why that is unknown.

    Attributes:
        list_cost: At the published price, or None if unknown.
        contracted_cost: At the user's own rates; the list cost where there are none.
        price_id: The price row, `openai/o3/default/from-2025-06-10`; several joined by ` + `;
            `free` for what the user declared to cost nothing.
        reason: Why the cost is unknown, or None.
    """

    list_cost: Money | None = None
    contracted_cost: Money | None = None
    price_id: str | None = None
    reason: str | None = None


class _Ask(NamedTuple):
    """One model's use, where and when, as the catalogue names things."""

    provider: str
    model: str
    usage: Usage
    tier: str
    region: str
    at: datetime
    clock: datetime


_FREE = Quote(list_cost=Money(), contracted_cost=Money(), price_id="free")


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
        return _FREE
    provider, region = short_name(reading.provider), reading.region or ""
    stated = reading.service_tier or ""
    tier, clock = _STANDARD_TIERS.get(stated, stated), clock or at
    if not reading.parts:
        ask = _Ask(provider, reading.model, reading.usage, tier, region, at, clock)
        return _quote(ask, catalogue)
    return _sum(
        [
            _quote(_Ask(provider, part.model, part.usage, tier, region, at, clock), catalogue)
            for part in reading.parts
        ]
    )


def _sum(quotes: list[Quote]) -> Quote:
    reasons = [quote.reason for quote in quotes if quote.reason]
    if reasons:
        return Quote(reason="; ".join(dict.fromkeys(reasons)))
    return Quote(
        list_cost=Money.total(quote.list_cost or Money() for quote in quotes),
        contracted_cost=Money.total(quote.contracted_cost or Money() for quote in quotes),
        price_id=" + ".join(dict.fromkeys(quote.price_id or "" for quote in quotes)),
    )


def _quote(ask: _Ask, catalogue: Catalogue) -> Quote:
    if catalogue.free and _is_free(ask, catalogue):
        return _FREE
    found = catalogue.find(ask.provider, ask.model)
    if found is None:
        return Quote(reason=_unknown_model(ask, catalogue))
    seller, model = found
    if ask.region and seller.regions and ask.region not in seller.regions:
        return Quote(reason=f'no price for {_what(ask)} in region "{ask.region}"')
    rows = model.rows_for(ask.tier, seller.regions.get(ask.region, ""))
    counts, length = split(ask.usage)
    row = _row_in_force(rows, length, ask, seller)
    if row is None:
        return Quote(reason=_no_row(ask, known=bool(rows)))
    return _at_row(row, counts, ask, catalogue, f"{seller.name}/{model.name}/{row.label}")


def _is_free(ask: _Ask, catalogue: Catalogue) -> bool:
    return any(
        free.provider == ask.provider and fnmatchcase(ask.model, free.match)
        for free in catalogue.free
    )


def _row_in_force(
    rows: tuple[Row, ...], length: int, ask: _Ask, seller: ProviderPrices
) -> Row | None:
    for row in rows:
        if (
            row.over < length <= row.up_to
            and row.valid_from <= ask.at < row.valid_to
            and (not row.schedule or seller.schedules[row.schedule].covers(ask.clock) is row.within)
        ):
            return row
    return None


def _at_row(row: Row, counts: Counts, ask: _Ask, catalogue: Catalogue, price_id: str) -> Quote:
    if not counts and not ask.usage.reported():
        return Quote(reason=f"no counts were reported for {_what(ask)}")
    cost = _cost(ask.usage, counts, row.rates)
    if isinstance(cost, str):
        return Quote(reason=f"no {cost} price for {_what(ask)} ({row.label})")
    terms = catalogue.contracts or catalogue.discounts
    contracted = _contracted(cost, row, ask, catalogue) if terms else cost
    return Quote(list_cost=cost, contracted_cost=contracted, price_id=price_id)


def _contracted(cost: Money, row: Row, ask: _Ask, catalogue: Catalogue) -> Money:
    """Price at what was agreed: a contract before a discount, what neither names as published."""
    agreed = _agreed(ask, catalogue) if catalogue.contracts else None
    if agreed is not None:
        paid = _cost(ask.usage, split(ask.usage)[0], {**row.rates, **agreed.rates})
        return paid if isinstance(paid, Money) else cost
    pays = _pays(ask, catalogue)
    return cost if pays is None else Money(round(cost.atto * pays))


def _agreed(ask: _Ask, catalogue: Catalogue) -> Row | None:
    seller = catalogue.contracts.get(ask.provider)
    found = seller.find(seller.bare(ask.model), catalogue.as_of.date()) if seller else None
    if seller is None or found is None:
        return None
    rows = found.rows_for(ask.tier, seller.regions.get(ask.region, ""))
    return _row_in_force(rows, split(ask.usage)[1], ask, seller)


def _cost(usage: Usage, counts: Counts, rates: Mapping[str, int]) -> Money | str:
    """Sum up what the buckets cost, or name the first one without a rate."""
    if usage.reasoning_output_tokens:
        _set_reasoning_apart(counts, usage.reasoning_output_tokens, rates)
    if usage.audio_seconds and "audio_hour" in rates:
        _leave_to_the_clock(counts, rates)
    if "request" in rates and counts:
        counts["request"] = 1
    atto = 0
    for meter, count in counts.items():
        rate = rates.get(meter)
        if rate is None:
            return meter.replace("_", " ")
        atto += count * rate
    return (
        _with_audio_time(atto, usage.audio_seconds, rates) if usage.audio_seconds else Money(atto)
    )


def _set_reasoning_apart(counts: Counts, reasoning: int, rates: Mapping[str, int]) -> None:
    output = counts.get("output", 0)
    if "output_thinking" in rates:
        meter, apart = "output_thinking", output
    elif "reasoning" in rates:
        meter, apart = "reasoning", min(reasoning, output)
    else:
        return
    if apart:
        counts |= {"output": output - apart, meter: apart}


def _leave_to_the_clock(counts: Counts, rates: Mapping[str, int]) -> None:
    """Take out the tokens that stand for audio which is priced by its length.

    Where nothing else has a rate, that is what was heard and what was written down; anything
    beside tokens, such as a search, stays and has no price.
    """
    for meter in _TRANSCRIBED if rates.keys() == {"audio_hour"} else ("input_audio",):
        counts.pop(meter, None)


def _with_audio_time(atto: int, seconds: int, rates: Mapping[str, int]) -> Money | str:
    rate = rates.get("audio_hour")
    if rate is None:
        return "audio time"
    return Money(atto + round(Fraction(seconds * rate, _SECONDS_PER_HOUR)))


def _pays(ask: _Ask, catalogue: Catalogue) -> Fraction | None:
    for discount in reversed(catalogue.discounts):
        if discount.covers(ask.provider, ask.model, ask.at):
            return discount.pays
    return None


def _what(ask: _Ask) -> str:
    return f'"{ask.model}" of {ask.provider}'


def _unknown_model(ask: _Ask, catalogue: Catalogue) -> str:
    if ask.provider not in catalogue.providers:
        return f'no price for {_what(ask)}: the catalogue has no provider "{ask.provider}"'
    return f"no price for {_what(ask)}"


def _no_row(ask: _Ask, *, known: bool) -> str:
    if not known:
        return f"no {ask.tier} price for {_what(ask)}"
    return f"no {ask.tier} price for {_what(ask)} at {ask.at:%Y-%m-%dT%H:%M:%SZ}"
