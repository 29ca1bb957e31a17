"""What recordings are worth: their model calls, priced as a run that replays them is.

A run that replayed all of a recording once would book the same charges; nothing is replayed here.
What a price is, the caller knows: it hands in who quotes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from pytest_specbudget.core.attribution import Attribution
from pytest_specbudget.core.exchange import Exchange
from pytest_specbudget.core.ledger import Charge
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import RETRIEVE, Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.pricing import Quote
from pytest_specbudget.providers.deferred import tells
from pytest_specbudget.recordings.dating import date_of
from pytest_specbudget.recordings.hops import followed
from pytest_specbudget.recordings.library import request_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.cassettes.shapes import Interaction
    from pytest_specbudget.recordings.library import Recording

__all__ = ["Quoter", "charge_of", "charges_of"]

Quoter = Callable[[Reading, Exchange], Quote]
"""Prices a reading at the instant that counts for its exchange."""

_ZERO = Money()
_NOTHING = Quote(list_cost=_ZERO, contracted_cost=_ZERO)
_UNKNOWN = Quote()
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_UNTOLD = ("none", "unreadable")


def charges_of(recording: Recording, quote: Quoter) -> Iterator[Charge]:
    """Yield the charge of each model call in *recording*, in file order.

    `cassette_index` is its place in the file.  Work that several answers tell of counts once; what
    merely resembles a model call and tells no counts is no charge, and nor is a redirect that the
    client followed.
    """
    elsewhere, hops = recording.counted_elsewhere, followed(recording)
    for place in range(len(recording.interactions)):
        charge = None if place in hops else charge_of(recording, place, quote)
        if charge is not None:
            yield _without_counts(charge) if place in elsewhere else charge


def charge_of(recording: Recording, place: int, quote: Quoter) -> Charge | None:
    """Return the charge of one exchange by itself; None if it is no model call."""
    interaction, reading = recording.interactions[place], recording.readings[place]
    if reading is None or not _counts(reading):
        return None
    exchange = _exchange(interaction)
    quoted = _quoted(reading, exchange, quote)
    date = exchange.answered_at
    return Charge(
        id=f"{recording.path}#{place}",
        at="" if date is None else date.isoformat(),
        host=exchange.request.host,
        fingerprint=exchange.request.fingerprint(),
        reading=reading,
        attribution=Attribution(),
        source="replay",
        outcome=exchange.outcome,
        status=interaction.status,
        list_cost=quoted.list_cost,
        contracted_cost=quoted.contracted_cost,
        billed_cost=_ZERO,
        price_id=quoted.price_id,
        reason=quoted.reason,
        cassette=str(recording.path),
        cassette_index=place,
        verdict="hit",
    )


def _counts(reading: Reading) -> bool:
    if reading.operation == RETRIEVE:
        return tells(reading)
    return reading.certain or reading.usage_state not in _UNTOLD


def _exchange(interaction: Interaction) -> Exchange:
    """Make the exchange that a replay of *interaction* is."""
    date = date_of(interaction)
    failed = interaction.status >= HTTPStatus.MULTIPLE_CHOICES  # as in a run: it costs nothing
    return Exchange(
        request=request_of(interaction),
        status=interaction.status,
        source="replay",
        outcome="failed" if failed else "answered",
        end="complete",
        sent_at=date or _LONG_AGO,
        duration_s=0.0,
        answered_at=date,
    )


def _quoted(reading: Reading, exchange: Exchange, quote: Quoter) -> Quote:
    asks = reading.operation == RETRIEVE
    if exchange.outcome == "failed" or (asks and not any(reading.usage.reported().values())):
        return _NOTHING
    if reading.usage_state in _UNTOLD and reading.free is None:
        return _UNKNOWN
    return quote(reading, exchange)


def _without_counts(charge: Charge) -> Charge:
    """Return *charge* with nothing to count: another answer of the file tells it."""
    reading = replace(
        charge.reading, usage=Usage(), usage_state="complete", parts=(), provider_cost=None
    )
    return replace(
        charge,
        reading=replace(reading, counted=False),
        list_cost=_ZERO,
        contracted_cost=_ZERO,
        price_id=None,
        reason=None,
    )
