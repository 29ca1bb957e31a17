"""Why records have no price, in the words of `prices.pricing.price`.

A statement tells which cell they lie in and which rate they lack.  What is asked here is the price
of the least that lies in the same cell and lacks the same, so the words are its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.analysis.pricing.quoting import UNANSWERED, UNTOLD
from pytest_specbudget.analysis.pricing.statement import NO_ANSWER, NO_COUNTS, NO_ROW, NO_USAGE
from pytest_specbudget.analysis.pricing.tariff import UNITS
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_specbudget.analysis.pricing.cells import Cell
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["reason_of"]

_WHOLE_INPUT = {
    "input": "input_tokens",
    "cache_read": "cache_read_input_tokens",
    "cache_write_5m": "cache_write_input_tokens",
    "cache_write_1h": "cache_write_1h_input_tokens",
}
"""The meters that a whole input can be made of, and how it is told."""

_PART_OF_INPUT = ("input_audio", "input_image")
_PART_OF_OUTPUT = ("output_audio", "output_image")


def reason_of(lacks: str, cell: Cell, catalogue: Catalogue, at: datetime) -> str:
    """Say why a record has no price.

    Args:
        lacks: What it lacks, as `Statements.unpriced` tells it.
        cell: Where it lies.
        catalogue: The prices.
        at: The instant whose prices count for it; aware, UTC.
    """
    if lacks == NO_ANSWER:
        return UNANSWERED
    if lacks == NO_COUNTS:
        return UNTOLD
    least = Usage(**_least(lacks, cell))
    return price(cell.place.reading(least), catalogue, at, clock=cell.clock).reason or ""


def _least(lacks: str, cell: Cell) -> dict[str, int]:
    """Return the least counts that lie in *cell* and lack the same."""
    if lacks == NO_USAGE:
        return {}
    length = cell.over + 1
    some = max(length, 1)
    if lacks in _WHOLE_INPUT:
        return {_WHOLE_INPUT[lacks]: some}
    if lacks in _PART_OF_INPUT:
        return {"input_tokens": some, UNITS[lacks][0]: some}
    beside = {} if lacks == NO_ROW else {UNITS[lacks][0]: 1}
    if lacks in _PART_OF_OUTPUT:
        beside["output_tokens"] = 1
    return {_priced_input(cell): length, **beside}


def _priced_input(cell: Cell) -> str:
    """Return how an input is told that has a price; without one nothing is lacked but input."""
    priced = (count for meter, count in _WHOLE_INPUT.items() if meter in (cell.rates or {}))
    return next(priced, "input_tokens")
