"""What a record costs, by itself: the rules of the books around `prices.pricing.price`.

A call that failed costs nothing.  One that was never answered, or that told no counts, has no cost,
whatever its model does.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.records import reading_of
from pytest_specbudget.core.money import Money
from pytest_specbudget.prices.pricing import Quote, price

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["UNANSWERED", "UNTOLD", "quote_of"]

UNANSWERED = "no answer was seen"
UNTOLD = "the answer told no counts"

_NOTHING = Quote(list_cost=Money(), contracted_cost=Money())
_NO_COUNTS = ("none", "unreadable")


def quote_of(told: Mapping[str, Any], catalogue: Catalogue, at: datetime | None) -> Quote:
    """Return what a record costs, or why that is unknown.

    Args:
        told: The values of a record, by the names of their columns; times are naive, in UTC.
        catalogue: The prices.
        at: The instant whose prices count, aware, UTC; None for the record's own.
    """
    if told["outcome"] == "failed":
        return _NOTHING
    if told["outcome"] != "answered":
        return Quote(reason=UNANSWERED)
    if told["usage_state"] in _NO_COUNTS and not told["free"]:
        return Quote(reason=UNTOLD)
    now = at or told["at"].replace(tzinfo=UTC)
    return price(reading_of(told), catalogue, now, clock=told["clock"].replace(tzinfo=UTC))
