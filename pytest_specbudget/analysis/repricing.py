"""Recorded usage at other prices, at any size: written once, run by any engine.

    with opened(history) as engine:
        repriced = reprice(engine, load_catalogue(), "recorded", by=("provider", "model"))

The engine says which models, service tiers and regions there are, and what was counted of each
(`asked`).  Their prices become two small tables (`cells`, `tariff`, `hours`).  One statement joins
them to the records and sums up (`statement`).  What SQL cannot say exactly, an hour's rate over
seconds or a discount that leaves no whole attodollar, is priced one by one.

The sums are those of a plain loop over `prices.pricing.price`, to the attodollar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pytest_specbudget.analysis.asked import profile_of, profile_sql
from pytest_specbudget.analysis.cells import Cells
from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.engine import USAGE
from pytest_specbudget.analysis.hours import Hours
from pytest_specbudget.analysis.quoting import quote_of
from pytest_specbudget.analysis.statement import TOLD, Statements
from pytest_specbudget.analysis.summing import Group, Problem, Repriced, Sum, Sums
from pytest_specbudget.analysis.tariff import tariff_of
from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from pytest_specbudget.analysis.asked import Profile
    from pytest_specbudget.analysis.engine import Engine
    from pytest_specbudget.analysis.hours import Name, Timetable
    from pytest_specbudget.analysis.tariff import Tariff
    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.prices.pricing import Quote

__all__ = ["BY", "Group", "Problem", "Repriced", "reprice"]

BY = ("spec", "stage", "model")

_Key = tuple[Any, ...]
Told = dict[str, Any]
"""The values of a record, by the names of their columns."""

_NAMES = frozenset(column.name for column in COLUMNS)


def reprice(
    engine: Engine,
    catalogue: Catalogue,
    at: datetime | Literal["recorded"],
    *,
    by: Sequence[str] = BY,
    usage: str = USAGE,
) -> Repriced:
    """Price every record of a history anew.

    Args:
        engine: Where the records are.
        catalogue: The prices.
        at: The instant whose prices count, aware; or that of each record.  The hour of the day is
            always the record's own.
        by: The columns whose values a group shares.
        usage: The relation with the records: `usage_t`, or a view of a part of it.

    Raises:
        JournalError: If the records changed meanwhile.
        ValueError: If there is no such column.
        Exception: What the engine raises if it cannot read them.
    """
    unknown = [name for name in by if name not in _NAMES]
    if unknown:
        raise ValueError(f"a history has no column {', '.join(map(repr, unknown))}")
    now = None if at == "recorded" else at
    profile = profile_of(engine.run(profile_sql(usage)))
    statements = Statements(usage, _tariff(engine, catalogue, now, profile, usage), tuple(by))
    sums = Sums()
    _add_groups(engine, statements, sums)
    if sums.unrecorded:
        _add_gained(engine, statements, sums)
    if sums.unpriced:
        _add_unpriced(engine, statements, sums, catalogue, now)
    for key, told, one in _one_by_one(engine, statements):
        _add_quoted(sums, key, told, one, quote_of(told, catalogue, now))
    if sums.records != profile.records:
        raise JournalError(
            f"{usage} had {profile.records:,} records, and then {sums.records:,}; "
            "ask again when nothing is being added"
        )
    return sums.told(statements.by)


def _add_groups(engine: Engine, statements: Statements, sums: Sums) -> None:
    """Add what one statement can sum up."""
    width, unit = len(statements.by), statements.tariff.unit
    for row in engine.run(statements.groups()):
        one = Sum(*map(_whole, row[width:]))
        one.repriced *= unit
        one.contracted *= unit
        sums.add(tuple(row[:width]), one)


def _add_gained(engine: Engine, statements: Statements, sums: Sums) -> None:
    for *key, gained in engine.run(statements.gained()):
        sums.add(tuple(key), Sum(gained=_whole(gained) * statements.tariff.unit))


def _add_unpriced(
    engine: Engine, statements: Statements, sums: Sums, catalogue: Catalogue, now: datetime | None
) -> None:
    """Find out why records have no price."""
    width, cells = len(statements.by), statements.tariff.cells
    for row in engine.run(statements.unpriced()):
        number, lacks, records, example, at, lost, given, made = row[width:]
        sums.add(tuple(row[:width]), Sum(lost=_whole(lost)))
        cell = cells[int(number)]
        reason = reason_of(lacks, cell, catalogue, now or at.replace(tzinfo=UTC))
        sums.add_problem(
            cell.place.name, reason, example, (_whole(records), _whole(given), _whole(made))
        )


def _one_by_one(engine: Engine, statements: Statements) -> Iterator[tuple[_Key, Told, Sum]]:
    """Yield a record for all that are like it, with the key of its group and their sums."""
    width = len(statements.by)
    rows = engine.run(statements.one_by_one()) if statements.has_slow else ()
    for row in rows:
        *values, has_cost, _, example, at, clock, records, calls, firsts, cost = row[width:]
        told = _named(values, example, at, clock)
        records = int(records)
        one = Sum(records, int(calls), int(firsts), records * int(has_cost), int(cost or 0))
        one.input_tokens = records * int(told["input_tokens"] or 0)
        one.output_tokens = records * int(told["output_tokens"] or 0)
        yield tuple(row[:width]), told, one


def _named(values: Iterable[Any], example: str, at: datetime, clock: datetime) -> Told:
    plain = {"id": example, "at": at, "clock": clock, "operation": None, "request_model": None}
    return {**plain, **dict(zip(TOLD, values, strict=True))}


def _add_quoted(sums: Sums, key: _Key, told: Told, one: Sum, quote: Quote) -> None:
    """Add records of which each costs what *quote* says."""
    if quote.list_cost is None or quote.contracted_cost is None:
        one.lost = one.recorded
        _add_problem(sums, told, quote, [one.records, one.input_tokens, one.output_tokens])
    else:
        one.priced = one.records
        one.repriced = quote.list_cost.atto * one.records
        one.contracted = quote.contracted_cost.atto * one.records
        one.gained = 0 if one.known else quote.list_cost.atto * one.firsts
    sums.add(key, one)


def _add_problem(sums: Sums, told: Told, quote: Quote, counts: list[int]) -> None:
    records, given, made = counts
    problem = Problem(
        provider=told["provider"],
        model=told["model"],
        reason=quote.reason or "",
        example=told["id"],
        records=records,
        input_tokens=given,
        output_tokens=made,
    )
    sums.add_problem(problem)


def _tariff(
    engine: Engine, catalogue: Catalogue, now: datetime | None, profile: Profile, usage: str
) -> Tariff:
    """Lay the prices that a history asks for beside it."""
    cells = Cells(catalogue, now)
    timetables: dict[Name, Timetable] = {}
    for place in profile.most:
        told = (*timetables.get(place.name, ()), *cells.timetable(place))
        timetables[place.name] = tuple(dict.fromkeys(told))
    hours = Hours(timetables, _days(engine, usage, timetables))
    tariff = tariff_of(
        (cell for place in profile.most for cell in cells.of(place, hours.slots(place.name))),
        profile,
        timed=now is None,
        terms=bool(catalogue.contracts or catalogue.discounts),
    )
    engine.load([tariff.table, hours.table()])
    return tariff


def _days(engine: Engine, usage: str, timetables: Mapping[Name, Timetable]) -> list[date]:
    """Return the days on which providers answered that have hours with prices of their own."""
    providers = {provider.replace("'", "''") for (provider, _), one in timetables.items() if one}
    if not providers:
        return []
    asked = " or ".join(f"u.provider = '{name}'" for name in sorted(providers))
    day = "cast(u.clock as date)"
    return [day for (day,) in engine.run(f"select distinct {day} from {usage} u where {asked}")]  # noqa: S608 - quoted
