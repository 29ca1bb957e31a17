"""What was spent on each day, by SPEC, model and tier: billed cost, from the records of a history.

A replayed call is billed nothing and is no spending; a failed one is a call that cost nothing.  A
call whose cost is unknown or only known in part is counted as such, beside what is known of it; so
is one whose first part is not told, since that is the one which says what was paid.

Why records are summed up in two ways: where there are few, in a plain loop, which needs nothing; of
months of usage by the engine, which reads only the columns that it needs.  Both give equal cells.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value
from pytest_specbudget.core.wording import calls_of, dollars

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    Told = Mapping[str, Any]

__all__ = [
    "Ahead",
    "Cell",
    "Spent",
    "cells",
    "cells_of",
    "cells_sql",
    "corrected",
    "doubted",
    "headless",
    "may_have_cost",
]

_KEYS = ("day", "spec", "model", "tier")

_Key = tuple[Any, ...]


@value
class Cell:
    """What one SPEC spent on one day, on one model, in one tier.

    Attributes:
        day: UTC.
        spec: The SPEC, or `(unassigned)`; None where the record does not tell.
        model: The one that was charged.
        tier: The task tier, or None.
        calls: How many calls were made, failed ones included.
        unknown: How many of them may have cost more than is known.
        billed: What is known to be billed for them.
    """

    day: date
    spec: str | None
    model: str
    tier: str | None
    calls: int
    unknown: int
    billed: Money


@value
class Ahead:
    """What a place dates so far ahead that nobody can tell when it was spent.

    Attributes:
        place: Where it is kept, for people.
        first: The first day of it.
        last: The last.
        calls: How many calls it is.
        unknown: How many of them may have cost more than is known.
        billed: What is known to be billed for them.
    """

    place: str
    first: date
    last: date
    calls: int
    unknown: int
    billed: Money

    @classmethod
    def of(cls, place: str, cells: Sequence[Cell]) -> Ahead:
        """Sum *cells* up, of which there is one at least."""
        days = [cell.day for cell in cells]
        return cls(
            place=place,
            first=min(days),
            last=max(days),
            calls=sum(cell.calls for cell in cells),
            unknown=sum(cell.unknown for cell in cells),
            billed=Money.total(cell.billed for cell in cells),
        )

    def __str__(self) -> str:
        until = "" if self.first == self.last else f" to {self.last}"
        cost = f"{dollars(self.billed, 2)}{' + ?' if self.unknown else ''}"
        return f"{self.place}: {calls_of(self.calls)}, {cost}, dated {self.first}{until}"


@value
class Spent:
    """What is known to have been spent.

    Attributes:
        cells: Sorted; each key once.
        problems: What could not be read, one sentence each.
        ahead: What is dated too far ahead, by the place that tells it; it is in no cell.
        contradictions: What two places tell differently, one sentence each; the dearer is in.
        sources: Where all this was read, as people know it.
    """

    cells: tuple[Cell, ...] = ()
    problems: tuple[str, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    contradictions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def as_of(self, day: date, *, today: date) -> Spent:
        """Return how this stood on *day*: without what came later.

        What is known on *today* stays, also what a clock that is ahead dates tomorrow.
        """
        if day >= today:
            return self
        return replace(self, cells=tuple(cell for cell in self.cells if cell.day <= day))

    def daily(self) -> dict[date, Money]:
        """Return what was billed on each day that has a call."""
        days: defaultdict[date, Money] = defaultdict(Money)
        for cell in self.cells:
            days[cell.day] += cell.billed
        return dict(days)

    def unknown(self) -> dict[date, int]:
        """Return how many calls of unknown cost there were, for each day that has one."""
        days: Counter[date] = Counter()
        for cell in self.cells:
            if cell.unknown:
                days[cell.day] += cell.unknown
        return dict(days)


def cells_of(records: Iterable[Told], *, without: Collection[str] = ()) -> tuple[Cell, ...]:
    """Sum *records*, values by the names of columns, but for those of the runs *without*."""
    counted = [one for one in records if one["source"] != "replay" and one["run"] not in without]
    least = headless(counted)
    sums: defaultdict[_Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for told in counted:
        sums_of_key = sums[tuple(map(told.get, _KEYS))]
        for place, added in enumerate(_figures(told, least.get(told["id"], 0))):
            sums_of_key[place] += added
    return cells((*key, *figures) for key, figures in sums.items())


def corrected(
    found: Iterable[Cell], *, plus: Iterable[Told] = (), less: Iterable[Told] = ()
) -> tuple[Cell, ...]:
    """Return the cells that were *found* with the records *plus* and without the records *less*."""
    sums: defaultdict[_Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for sign, several in ((1, found), (1, cells_of(plus)), (-1, cells_of(less))):
        for cell in several:
            sums_of_key = sums[tuple(getattr(cell, name) for name in _KEYS)]
            for place, added in enumerate((cell.calls, cell.unknown, cell.billed.atto)):
                sums_of_key[place] += sign * added
    return cells((*key, *figures) for key, figures in sums.items() if any(figures))


def doubted(told: Told) -> bool:
    """Tell whether the call that a record tells of may have cost more than it says."""
    if told["free"]:
        return False
    if told["outcome"] == "answered":
        return told["billed_cost"] is None or told["usage_state"] == "partial"
    return bool(told["outcome"] == "unknown")


def cells(rows: Iterable[tuple[Any, ...]]) -> tuple[Cell, ...]:
    """Make cells of what `cells_sql` selects, in order."""
    made = (
        Cell(
            day=day,
            spec=spec,
            model=model,
            tier=tier,
            calls=int(calls),
            unknown=int(unknown),
            billed=Money(int(billed)),
        )
        for day, spec, model, tier, calls, unknown, billed in rows
    )
    return tuple(
        sorted(made, key=lambda cell: (cell.day, cell.spec or "", cell.model, cell.tier or ""))
    )


def cells_sql(runs: int) -> str:
    """Return the statement that sums `usage_t` up; it takes *runs* names of runs to leave out."""
    places = ", ".join("?" * runs)
    but = f"(run is null or run not in ({places}))" if runs else "true"
    return _SUMMED.format(but=but, keys=", ".join(_KEYS))


_SUMMED = """\
with counted as not materialized (select * from usage_t where source <> 'replay' and {but}),
further as (select id, min(part) as part from counted where part > 0 group by id),
headed as (select id from counted where part = 0 and id in (select id from further)),
headless as (select id, part from further where id not in (select id from headed))
select {keys}, sum(calls), sum(unknown), sum(billed) from (
    select {keys}, count(*) filter (part = 0) as calls, count(*) filter (
        part = 0 and not free and (
            outcome = 'unknown'
            or outcome = 'answered' and (billed_cost is null or usage_state = 'partial')
        )
    ) as unknown, coalesce(sum(billed_cost), 0) as billed
    from counted group by {keys}
    union all
    select {keys}, count(*), count(*) filter (not free and outcome <> 'failed'), 0
    from counted where (id, part) in (select id, part from headless) group by {keys}
) group by {keys}"""
"""Calls are counted by the part that says what they cost; those that lack it are added."""


def headless(records: Iterable[Told]) -> dict[str, int]:
    """Return the calls whose first part is not told, each with the least part that is."""
    heads: set[str] = set()
    further: dict[str, int] = {}
    for told in records:
        if told["part"]:
            further[told["id"]] = min(told["part"], further.get(told["id"], told["part"]))
        else:
            heads.add(told["id"])
    return {call: part for call, part in further.items() if call not in heads}


def _figures(told: Told, least: int) -> tuple[int, int, int]:
    """Return what a record adds, of a call whose *least* known part is this."""
    first = told["part"] == least
    unknown = first and (may_have_cost(told) if least else doubted(told))
    return int(first), int(unknown), told["billed_cost"] or 0


def may_have_cost(told: Told) -> bool:
    """Tell whether a call may have cost something of which no more is told than a further part."""
    return not told["free"] and told["outcome"] != "failed"
