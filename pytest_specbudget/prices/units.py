"""What a rate is for, and how people write it.

Values in, values out.
"""

from __future__ import annotations

from decimal import Decimal

from pytest_specbudget.core.money import PLACES
from pytest_specbudget.prices.catalogue import LEAST_AUDIO

__all__ = ["EACH", "said", "usd"]

EACH = frozenset(
    {
        *("request", "web_search", "web_fetch", "search_unit", "tool_call", "page", "audio_hour"),
        LEAST_AUDIO,
    }
)
"""Meters that are priced for one; all others are priced for a million."""

_MILLION_PLACES = 6


def usd(meter: str, atto: int) -> str:
    """Write a rate of attodollars a unit as price lists do: USD for a million, or for one."""
    places = PLACES if meter in EACH else PLACES - _MILLION_PLACES
    text = f"{Decimal(atto).scaleb(-places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def said(meter: str) -> str:
    """Say what a written rate is for."""
    if meter == LEAST_AUDIO:
        return "seconds"
    return "USD each" if meter in EACH else "USD per million"
