"""The prices that a history asks for, laid beside it as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.analysis.cells import Cells
from pytest_specbudget.analysis.hours import Hours
from pytest_specbudget.analysis.tariff import tariff_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from pytest_specbudget.analysis.asked import Place, Profile
    from pytest_specbudget.analysis.engine import Engine
    from pytest_specbudget.analysis.hours import Name, Timetable
    from pytest_specbudget.analysis.tariff import Tariff
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
    cells = Cells(catalogue, now)
    timetables = _timetables(profile.most, cells)
    hours = Hours(timetables, _days(engine, usage, timetables))
    tariff = tariff_of(
        (cell for place in profile.most for cell in cells.of(place, hours.slots(place.name))),
        profile,
        timed=now is None,
        terms=bool(catalogue.contracts or catalogue.discounts),
    )
    engine.load([tariff.table, hours.table()])
    return tariff


def _timetables(places: Iterable[Place], cells: Cells) -> dict[Name, Timetable]:
    """Return the schedules that each model follows, for any service tier and region."""
    timetables: dict[Name, Timetable] = {}
    for place in places:
        followed = (*timetables.get(place.name, ()), *cells.timetable(place))
        timetables[place.name] = tuple(dict.fromkeys(followed))
    return timetables


def _days(engine: Engine, usage: str, timetables: Mapping[Name, Timetable]) -> list[date]:
    """Return the days on which providers answered that have hours with prices of their own."""
    providers = {provider.replace("'", "''") for (provider, _), one in timetables.items() if one}
    if not providers:
        return []
    asked = " or ".join(f"u.provider = '{name}'" for name in sorted(providers))
    day = "cast(u.clock as date)"
    return [one for (one,) in engine.run(f"select distinct {day} from {usage} u where {asked}")]  # noqa: S608 - quoted
