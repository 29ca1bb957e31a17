"""What records cost by group, priced one by one: right for journals, which need no database.

The sums are those of `analysis.pricing.repricing`, to the attodollar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.analysis.pricing.alike import Alike
from pytest_specbudget.analysis.pricing.quoting import quote_of
from pytest_specbudget.analysis.pricing.summing import Sums
from pytest_specbudget.core.reading import BEGIN, RETRIEVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pytest_specbudget.analysis.pricing.summing import Repriced
    from pytest_specbudget.histories.telling import Told
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["looped_costs"]


def looped_costs(
    records: Iterable[Told], catalogue: Catalogue, at: datetime | None, by: Sequence[str]
) -> Repriced:
    """Price *records* and sum them up by the columns *by*.

    Args:
        records: Values by the names of columns, each (id, part) once.
        catalogue: The prices.
        at: The instant whose prices count, aware, UTC; None for the one whose prices each record
            was charged.
        by: The columns whose values a group shares.
    """
    sums = Sums()
    for told in records:
        alike = _alone(told)
        quote = quote_of(alike.told, catalogue, at)
        sums.add(tuple(told[name] for name in by), alike.sum(quote))
        if quote.list_cost is None:
            sums.add_problem(alike.problem(quote.reason or ""))
    return sums.told(tuple(by), tokens=True)


def _alone(told: Told) -> Alike:
    """Return one record as a group of its own, dated when its prices were those that it has."""
    first, cost = told["part"] == 0, told["list_cost"]
    return Alike(
        told={**told, "at": told["priced_at"] or told["at"]},
        records=1,
        calls=int(first and told["operation"] not in (RETRIEVE, BEGIN)),
        firsts=int(first),
        cost=cost,
        recorded=cost or 0,
    )
