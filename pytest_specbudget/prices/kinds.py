"""What a list cost is made of: the same pricing, told by kind of consumption.

A kind is what people know (`cache read`), a meter what a price list knows (`cache_write_1h`).
The kinds of a reading add up to its list cost exactly; where that is unknown, so are they.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money
from pytest_specbudget.prices.costing import costs_by_meter
from pytest_specbudget.prices.pricing import Quote, asks_of, row_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.prices.pricing import Ask

__all__ = ["KINDS", "costs_by_kind"]

KINDS = {
    "input": "input",
    "cache_read": "cache read",
    "cache_read_audio": "cache read",
    "cache_read_image": "cache read",
    "cache_write_5m": "cache write",
    "cache_write_1h": "cache write",
    "output": "output",
    "reasoning": "reasoning",
    "output_thinking": "output",
    "input_audio": "audio",
    "output_audio": "audio",
    "audio_hour": "audio",
    "input_image": "images",
    "output_image": "images",
    "web_search": "searches",
    "search_unit": "searches",
    "tool_call": "tools",
    "web_fetch": "fetches",
    "page": "pages",
    "request": "requests",
}
"""The kind of every meter, in the order in which people read them.

Reasoning that costs what other output costs is a kind of its own all the same.
"""

_ORDER = tuple(dict.fromkeys(KINDS.values()))


def costs_by_kind(
    reading: Reading, catalogue: Catalogue, at: datetime, *, clock: datetime | None = None
) -> Mapping[str, Money] | None:
    """Say what a reading costs, by kind; takes what `price` takes.

    Returns:
        What each kind costs that costs anything, in the order of `KINDS`; all together they are the
        list cost that `price` quotes, to the last attodollar.  None if there is none.
    """
    if reading.free:
        return {}
    atto: Counter[str] = Counter()
    for ask in asks_of(reading, at, clock):
        meters = _by_meter(ask, catalogue)
        if meters is None:
            return None
        for meter, cost in meters.items():
            atto[KINDS[meter]] += cost
    return {kind: Money(atto[kind]) for kind in _ORDER if atto[kind]}


def _by_meter(ask: Ask, catalogue: Catalogue) -> dict[str, int] | None:
    """Return attodollars by meter; nothing if it is free, None if it has no price."""
    held = row_for(ask, catalogue)
    if isinstance(held, Quote):
        return None if held.list_cost is None else {}
    row, counts, _ = held
    costs = costs_by_meter(ask.usage, counts, row.rates)
    if costs and "reasoning" not in costs:
        _tell_reasoning_apart(costs, ask.usage.reasoning_output_tokens or 0, row.rates)
    return costs


def _tell_reasoning_apart(costs: dict[str, int], tokens: int, rates: Mapping[str, int]) -> None:
    meter = "output_thinking" if "output_thinking" in costs else "output"
    if meter in costs:
        costs["reasoning"] = min(tokens * rates[meter], costs[meter])
        costs[meter] -= costs["reasoning"]
