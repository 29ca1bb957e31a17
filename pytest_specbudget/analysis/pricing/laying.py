"""The prices that a history asks for, laid beside it as tables."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.pricing.asked import NO_DAYS, answered_sql
from pytest_specbudget.analysis.pricing.cells import Cells
from pytest_specbudget.analysis.pricing.hours import Hours
from pytest_specbudget.analysis.pricing.tariff import tariff_of

if TYPE_CHECKING:
    from datetime import date

    from pytest_specbudget.analysis.engine import Engine
    from pytest_specbudget.analysis.pricing.asked import Profile, Span
    from pytest_specbudget.analysis.pricing.hours import Followed, Name
    from pytest_specbudget.analysis.pricing.tariff import Tariff
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["lay_beside"]


def lay_beside(
    engine: Engine, usage: str, profile: Profile, catalogue: Catalogue, now: datetime | None
) -> Tariff:
    """Make `catalogue_t` and `hours_t`, and say what statements have to mind about them.

    Args:
        engine: Where the records are.
        usage: The relation with the records.
        profile: What they ask for.
        catalogue: The prices.
        now: The instant whose prices count, aware, UTC; None for that of each record.
    """
    cells = Cells(catalogue, *((now, now) if now else _span(profile)))
    followed: defaultdict[Name, list[Followed]] = defaultdict(list)
    for place in profile.most:
        followed[place.name] += cells.followed(place)
    days = _days(*_answered(engine, usage, profile)) if any(followed.values()) else ()
    hours = Hours(followed, days)
    tariff = tariff_of(
        (cell for place in profile.most for cell in cells.of(place, hours)),
        profile,
        hours,
        terms=bool(catalogue.contracts or catalogue.discounts),
    )
    engine.load([tariff.table, hours.table()])
    return tariff


def _span(profile: Profile) -> tuple[datetime, datetime]:
    """Return the first and the last instant of the days of the records."""
    first, last = (datetime.combine(day, time(), UTC) for day in profile.asked)
    return first, last + timedelta(days=1, microseconds=-1)


def _answered(engine: Engine, usage: str, profile: Profile) -> Span:
    if profile.answered != NO_DAYS:
        return profile.answered
    ((first, last),) = engine.run(answered_sql(usage))
    return first, last


def _days(first: date, last: date) -> list[date]:
    """Return all days from *first* to *last*."""
    return [first + timedelta(days=day) for day in range((last - first).days + 1)]
