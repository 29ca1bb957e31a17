"""Records in a database, without a history on disk, and what a plain loop makes of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.engine import Table
from pytest_specbudget.analysis.engines.duck import Duck
from pytest_specbudget.analysis.pricing.quoting import UNANSWERED, UNTOLD
from pytest_specbudget.analysis.records import reading_of, record_of
from pytest_specbudget.analysis.store.embedded import connect
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duckdb import DuckDBPyConnection

    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.prices.pricing import Quote

__all__ = ["Looped", "a_told", "looped", "quoted_alone", "table_of", "usage_of"]

Told = dict[str, Any]

_ids = count(1)


def a_told(**told: Any) -> Told:
    """Make what an answered call of `gpt-5-mini` in November 2026 tells, but for what is *told*."""
    at = told.pop("at", datetime(2026, 11, 2, 10))  # noqa: DTZ001 - as records have it
    plain = {
        "id": f"r{next(_ids):06}",
        "part": 0,
        "day": at.date(),
        "at": at,
        "clock": at,
        "provider": "openai",
        "model": "gpt-5-mini",
        "operation": "chat",
        "source": "live",
        "outcome": "answered",
        "usage_state": "complete",
        "free": False,
    }
    return dict(zip((one.name for one in COLUMNS), record_of({**plain, **told}), strict=True))


def usage_of(connection: DuckDBPyConnection, records: Iterable[Told]) -> Duck:
    """Make an engine whose `usage_t` has *records*, and nothing else."""
    engine = Duck(connection)
    engine.load([Table("usage_t", COLUMNS, [tuple(told.values()) for told in records])])
    return engine


def table_of(*records: Told) -> Duck:
    """Make an engine with *records* in a database of its own."""
    return usage_of(connect(), records)


def quoted_alone(told: Told, catalogue: Catalogue, at: datetime | None) -> Quote | str | None:
    """Price one record by the rules of the books: a quote, None if it costs nothing, or why not."""
    if told["outcome"] == "failed":
        return None
    if told["outcome"] == "unknown":
        return UNANSWERED
    if told["usage_state"] in ("none", "unreadable") and not told["free"]:
        return UNTOLD
    clock = told["clock"].replace(tzinfo=UTC)
    quote = price(reading_of(told), catalogue, at or told["at"].replace(tzinfo=UTC), clock=clock)
    return quote.reason or quote


@dataclass
class Looped:
    """What a plain loop makes of records.

    Attributes:
        costs: List and contracted cost of each record in attodollars, by id; None without a price.
        reasons: How many records have no price, by model and by reason without its instant.
    """

    costs: dict[str, tuple[int, int] | None] = field(default_factory=dict)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)


def looped(records: Iterable[Told], catalogue: Catalogue, at: datetime | None) -> Looped:
    """Price *records* one after the other."""
    loop = Looped()
    for told in records:
        quote = quoted_alone(told, catalogue, at)
        if isinstance(quote, str):
            loop.costs[told["id"]] = None
            loop.reasons[told["model"], without_instant(quote)] += 1
        elif quote is None:
            loop.costs[told["id"]] = (0, 0)
        elif quote.list_cost is not None and quote.contracted_cost is not None:
            loop.costs[told["id"]] = (quote.list_cost.atto, quote.contracted_cost.atto)
    return loop


def without_instant(reason: str) -> str:
    """Return *reason* without the instant of the one record that it speaks of."""
    return reason.rpartition(" at 2")[0] if reason.endswith("Z") else reason
