"""What recorded usage cost, and costs at other prices, summed up by group.

Journals need no extra and are priced by a plain loop; a history is priced by DuckDB, and usage in a
warehouse there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.analysis.store.changing import steadily
from pytest_specbudget.analysis.store.sources import QUARANTINE, sources_below
from pytest_specbudget.audit.shift import monday
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.histories.drifting import instant_of
from pytest_specbudget.histories.looped_costs import looped_costs
from pytest_specbudget.histories.places import held, journals_of, place_of
from pytest_specbudget.histories.spent import journaled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from pytest_specbudget.analysis.pricing.summing import Repriced
    from pytest_specbudget.histories.places import Kept, Place
    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.settings.settings import Settings

__all__ = ["PERIODS", "Costs", "costs_of"]

PERIODS: Mapping[str, Callable[[date], str]] = {
    "month": lambda day: f"{day:%Y-%m}",
    "week": lambda day: monday(day).isoformat(),
}
"""What days are put together by; a week is told by its Monday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What usage costs, by group.

    Attributes:
        usage: Where it lies, for people.
        at: The instant whose prices count, aware, UTC; or for each call that of the prices that it
            was charged.
        sums: The groups, and why records have no price.
        catalogue: Digest of the prices.
        problems: What could not be read, a sentence each.
    """

    usage: str
    at: datetime | Literal["recorded"]
    sums: Repriced
    catalogue: str
    problems: tuple[str, ...] = ()


def costs_of(
    where: Path | Kept | Place, settings: Settings, now: datetime, *, by: Sequence[str]
) -> Costs:
    """Price usage, and sum it up.

    Args:
        where: A history, or journals; all that a project keeps; or a place whose engine is to do
            it.  What is journals alone needs none.
        settings: Which prices count.
        now: This instant; aware, UTC.
        by: The columns that the records of a group share; `month` and `week` are such, too.

    Raises:
        JournalError: If there is nothing, or it cannot be read.
        CatalogueError: If the prices cannot be read or contradict each other.
        ValueError: If there is no such column.
    """
    desk = PriceDesk(settings)
    catalogue = desk.catalogue  # what makes no sense is said before anything is read
    recorded = settings.price_at.kind == "recorded"
    at: datetime | Literal["recorded"] = "recorded" if recorded else instant_of(settings, desk, now)
    journals = journals_of(where)
    if journals:
        sums, problems = _looped(journals, catalogue, at, now.date(), by)
    else:
        place = place_of(where)
        sums, problems = steadily(lambda: _asked(place, catalogue, at, now.date(), by))
    return Costs(usage=str(where), at=at, sums=sums, catalogue=catalogue.sha256, problems=problems)


_Priced = tuple["Repriced", tuple[str, ...]]
"""The sums, and what could not be read."""


def _looped(
    journals: Sequence[Path],
    catalogue: Catalogue,
    at: datetime | Literal["recorded"],
    today: date,
    by: Sequence[str],
) -> _Priced:
    found = journaled(*journals, today=today)
    records, then = [*found.records], None if at == "recorded" else at
    for place in () if records else journals:
        any(sources_below(place, place / QUARANTINE))  # where there is no usage at all it says so
    sums = _by_periods(by, lambda columns: looped_costs(records, catalogue, then, columns))
    return sums, found.problems


def _asked(
    place: Place,
    catalogue: Catalogue,
    at: datetime | Literal["recorded"],
    today: date,
    by: Sequence[str],
) -> _Priced:
    from pytest_specbudget.analysis.pricing.repricing import reprice  # noqa: PLC0415 - needs an engine
    from pytest_specbudget.analysis.stored_drift import dated  # noqa: PLC0415 - likewise

    with held(place, today) as found:
        usage = dated(found.usage) if at == "recorded" else found.usage
        sums = _by_periods(
            by, lambda columns: reprice(found.engine, catalogue, at, by=columns, usage=usage)
        )
    return sums, found.problems


def _by_periods(by: Sequence[str], priced: Callable[[Sequence[str]], Repriced]) -> Repriced:
    """Sum up by columns, of which one may be a period: the days of the history, put together.

    Raises:
        ValueError: If there are two such, or the days themselves are asked for beside one.
    """
    periods = [name for name in by if name in PERIODS]
    if not periods:
        return priced(by)
    if len(periods) > 1 or "day" in by:
        raise ValueError(f"{periods[0]} and another stretch of days cannot both be grouped by")
    (period,) = periods
    sums = priced(["day" if name == period else name for name in by])
    return sums.regrouped(period, "day", PERIODS[period])
