"""How a call is booked that another request's recording answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from pytest_specbudget.core.staleness import Staleness
from pytest_specbudget.providers.restated import restated, uncached

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.core.exchange import Exchange, Mismatch, Request
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.prices.pricing import Quote
    from pytest_specbudget.providers import Listener

__all__ = ["Restater", "restate"]


class Restater(Protocol):
    """What is needed of the books."""

    def recognise(self, request: Request) -> Listener | None:
        """Return who reads answers to *request*."""

    def lists(self, exchange: Exchange) -> bool:
        """Tell whether the file of known staleness lists *exchange*."""


def restate(
    exchange: Exchange,
    mismatch: Mismatch,
    reading: Reading,
    books: Restater,
    quote: Callable[[Exchange, Reading], Quote],
) -> tuple[Reading, Staleness]:
    """Return what the call would consume, and what its recording did at the same prices.

    Args:
        exchange: The call.
        mismatch: What its recording was asked.
        reading: What the recorded answer says, heard by whoever reads answers to the call.
        books: Who knows providers and the known staleness.
        quote: Prices a reading.
    """
    listener = books.recognise(mismatch.asked)
    model = None if listener is None else listener.request_model
    moved = model != reading.request_model
    recorded = replace(
        reading, request_model=model, real_model=None if moved else reading.real_model
    )
    staleness = Staleness(
        places=mismatch.places,
        foreign=mismatch.foreign,
        excused=mismatch.excused,
        listed=books.lists(exchange),
        model=recorded.model,
        input_tokens=reading.usage.input_tokens,
        list_cost=quote(exchange, recorded).list_cost,
    )
    now = restated(reading, exchange.request, mismatch.asked, model)
    if moved and quote(exchange, now).list_cost is None:
        now = uncached(now)
    return now, staleness
