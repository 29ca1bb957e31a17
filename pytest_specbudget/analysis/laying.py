"""The prices that a history asks for, laid beside it as tables."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.cells import Cells
from pytest_specbudget.analysis.hours import Hours
from pytest_specbudget.analysis.tariff import tariff_of

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_specbudget.analysis.asked import Profile
    from pytest_specbudget.analysis.engine import Engine
    from pytest_specbudget.analysis.hours import Followed, Name
    from pytest_specbudget.analysis.tariff import Tariff
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["lay_beside"]


def lay_beside(
    engine: Engine, profile: Profile, catalogue: Catalogue, now: datetime | None
) -> Tariff:
    """Make `catalogue_t` and `hours_t`, and say what statements have to mind about them.

    Args:
        engine: Where the records are.
        profile: What its records ask for.
        catalogue: The prices.
        now: The instant whose prices count, aware, UTC; None for that of each record.
    """
    span = (now, now) if now else (profile.first, profile.last)
    cells = Cells(catalogue, *span)
    followed: defaultdict[Name, list[Followed]] = defaultdict(list)
    for place in profile.most:
        followed[place.name] += cells.followed(place)
    hours = Hours(followed, profile.days())
    tariff = tariff_of(
        (cell for place in profile.most for cell in cells.of(place, hours)),
        profile,
        hours,
        terms=bool(catalogue.contracts or catalogue.discounts),
    )
    engine.load([tariff.table, hours.table()])
    return tariff
