"""Histories whose calls cost what the catalogue says they cost when they were made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from support.journals import call

from pytest_specbudget.analysis.records import named, records_of
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["overlay", "past", "shipped", "told"]


_READING = ("service_tier", "region", "parts")


def overlay(rate: str, model: str = "gpt-4o", since: str = "", output: str = "10") -> str:
    """Write an overlay that states other prices, in USD a million, from a day on."""
    return (
        f'[[price]]\nprovider = "openai"\nmodel = "{model}"\nsource = "https://example.org/prices"\n'
        f'rates = {{ input = "{rate}", output = "{output}", cache_read = "1.25" }}\n'
        + (f"valid_from = {since}\n" if since else "")
    )


@cache
def shipped() -> Catalogue:
    """Load the shipped prices, once."""
    return load_catalogue()


def past(
    model: str = "gpt-4o",
    at: str = "2026-11-02T10:00:00Z",
    tokens: tuple[int, int] = (1_000_000, 0),
    **others: Any,
) -> Charge:
    """Make a live call that cost what it cost then; *others* are as those of `call`, and more.

    A replayed one was billed nothing.
    """
    usage = Usage(input_tokens=tokens[0], output_tokens=tokens[1])
    read = {name: others.pop(name) for name in _READING if name in others}
    made = call(None, **{"model": model, "at": at, "usage": usage, **others})
    made = replace(made, reading=replace(made.reading, **read))
    quote = price(made.reading, shipped(), datetime.fromisoformat(at).astimezone(UTC))
    cost = others.get("list_cost", quote.list_cost)
    billed = Money() if made.source == "replay" else cost
    return replace(
        made, list_cost=cost, contracted_cost=cost, billed_cost=billed, price_id=quote.price_id
    )


def told(*charges: Charge) -> list[dict[str, Any]]:
    """Make the records of *charges*, by the names of their columns."""
    return [named(record) for charge in charges for record in records_of(charge, "r")]
