"""Some records of a history, and whether re-pricing says of them what a plain loop says."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.pricing.quoting import quote_of
from pytest_specbudget.analysis.pricing.repricing import reprice

if TYPE_CHECKING:
    from history_loops import Told

    from pytest_specbudget.analysis.engine import Engine
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["FEW", "MANY", "same_as_the_loop", "sample"]

FEW, MANY = 2_000, 20_000

_NAMES = tuple(column.name for column in COLUMNS)


def sample(engine: Engine, count: int) -> list[Told]:
    """Return *count* records of the history in *engine*, the same ones every time."""
    names = ", ".join(f"u.{name}" for name in _NAMES)
    rows = engine.run(f"select {names} from {_drawn(count)} u")  # noqa: S608 - our own names
    return [dict(zip(_NAMES, row, strict=True)) for row in rows]


def _drawn(count: int) -> str:
    return f"(select s.* from usage_t s order by hash(s.id), s.id limit {count})"  # noqa: S608 - a number


def same_as_the_loop(engine: Engine, catalogue: Catalogue) -> int:
    """Price a sample both ways, and say how many records it has; exit if one differs."""
    repriced = reprice(engine, catalogue, "recorded", by=("id",), usage=_drawn(MANY))
    costs = {group.key[0]: group.repriced for group in repriced.groups}
    for told in sample(engine, MANY):
        quote = quote_of(told, catalogue, None)
        if costs[told["id"]] != quote.list_cost:
            sys.exit(f"{told['id']}: {costs[told['id']]}, and by the loop {quote.list_cost}")
    return len(costs)
