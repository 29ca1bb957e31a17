"""As how long audio is billed: no request for less than the least that a row bills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.prices.costing import seconds_billed
from pytest_specbudget.prices.pricing import Quote, asks_of, row_for

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["audio_billed"]


def audio_billed(reading: Reading, catalogue: Catalogue, at: datetime) -> int:
    """Return the seconds of audio that *reading* is billed for; takes what `price` takes.

    They are at least those that it tells, and these where it is free or has no price.
    """
    billed = 0
    for ask in asks_of(reading, at, None):
        held = row_for(ask, catalogue)
        heard = ask.usage.audio_seconds or 0
        billed += heard if isinstance(held, Quote) else seconds_billed(heard, held[0].rates)
    return billed
