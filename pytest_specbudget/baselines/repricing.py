"""Charges that were booked before, at other prices.

Who quotes, the caller knows: both sides of a comparison are priced by one catalogue at one instant,
so that a price change is never blamed on a change of code.  What a call cost when it was made is no
business of this module.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_specbudget.core.exchange import Exchange, Request
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import RETRIEVE, Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.pricing import Quote

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.recordings.valuation import Quoter

__all__ = ["exchange_of", "repriced", "requoted"]

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING = Quote(list_cost=Money(), contracted_cost=Money())
_UNKNOWN = Quote()


def repriced(charge: Charge, quote: Quoter) -> Charge:
    """Return *charge* as if it had been booked at the prices of *quote*; nothing is billed."""
    quoted = _quoted(charge, charge.reading, quote)
    return replace(
        charge,
        list_cost=quoted.list_cost,
        contracted_cost=quoted.contracted_cost,
        price_id=quoted.price_id,
        reason=quoted.reason,
    )


def requoted(charge: Charge, usage: Usage, quote: Quoter) -> Money | None:
    """Return what *charge* would cost if it had consumed *usage*, at the prices of *quote*.

    Where one answer bills several models, the difference is the one's that wrote the most.

    Returns:
        The exact list cost, or None if it is unknown.
    """
    reading = charge.reading
    if usage == reading.usage:
        return _quoted(charge, reading, quote).list_cost
    parts = _with_difference(reading, usage) if reading.parts else ()
    return _quoted(charge, replace(reading, usage=usage, parts=parts), quote).list_cost


def exchange_of(charge: Charge) -> Exchange:
    """Return what is known of the exchange that *charge* was made of, for whoever quotes."""
    return Exchange(
        request=Request("POST", charge.host, "/"),
        status=charge.status,
        source=charge.source,
        outcome=charge.outcome,
        end="complete",
        sent_at=_instant(charge.at) or _LONG_AGO,
        duration_s=charge.duration_s or 0.0,
        answered_at=_instant(charge.answered_at or ""),
    )


def _instant(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _quoted(charge: Charge, reading: Reading, quote: Quoter) -> Quote:
    """Quote *reading* by the rules that a call is booked by."""
    if charge.outcome == "failed" or _tells_nothing(reading):
        return _NOTHING
    if charge.outcome == "unknown" or charge.unreported:
        return _UNKNOWN
    return quote(reading, exchange_of(charge))


def _tells_nothing(reading: Reading) -> bool:
    """Tell whether what it consumed is counted elsewhere, or was nothing at all."""
    asks = reading.operation == RETRIEVE
    return (asks or not reading.counted) and not any(reading.usage.reported().values())


def _with_difference(reading: Reading, usage: Usage) -> tuple[Part, ...]:
    most = max(reading.parts, key=lambda part: part.usage.output_tokens or 0)
    then, now = reading.usage.reported(), usage.reported()
    counts = most.usage.reported()
    for name in then.keys() | now.keys():
        change = now.get(name, 0) - then.get(name, 0)
        if change:
            counts[name] = max(0, counts.get(name, 0) + change)
    changed = Part(model=most.model, usage=Usage(**counts))
    return tuple(changed if part is most else part for part in reading.parts)
