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

from collections import defaultdict
from datetime import UTC
from typing import TYPE_CHECKING, Any, Literal

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.engine import USAGE
from pytest_specbudget.analysis.pricing.alike import Alike
from pytest_specbudget.analysis.pricing.asked import profile_of, profile_sql
from pytest_specbudget.analysis.pricing.lacking import reason_of
from pytest_specbudget.analysis.pricing.laying import lay_beside
from pytest_specbudget.analysis.pricing.quoting import quote_of
from pytest_specbudget.analysis.pricing.statement import Statements
from pytest_specbudget.analysis.pricing.summing import Group, Problem, Repriced, Sum, Sums
from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pytest_specbudget.analysis.engine import Engine
    from pytest_specbudget.analysis.pricing.cells import Cell
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["BY", "Group", "Problem", "Repriced", "reprice"]

BY = ("spec", "stage", "model")

_Key = tuple[Any, ...]
_Lacking = tuple["datetime", str, int, int, int]
"""When one of some records was made, its id, how many they are, their input and output tokens."""

_NAMES = frozenset(column.name for column in COLUMNS)


def reprice(  # noqa: PLR0913 - four are options
    engine: Engine,
    catalogue: Catalogue,
    at: datetime | Literal["recorded"],
    *,
    by: Sequence[str] = BY,
    usage: str = USAGE,
    tokens: bool = True,
    moves: bool = False,
) -> Repriced:
    """Price every record of a history anew.

    Args:
        engine: Where the records are.
        catalogue: The prices.
        at: The instant whose prices count, aware; or that of each record.  The hour of the day is
            always the record's own.
        by: The columns whose values a group shares.
        usage: The relation with the records: `usage_t`, or a view or query of a part of it.
        tokens: Whether to sum up tokens, too; a tenth of the time goes into that.
        moves: Whether to sum up how far each record is from what was recorded, too.

    Raises:
        JournalError: If the records changed meanwhile.
        ValueError: If there is no such column.
        Exception: What the engine raises if it cannot read them.
    """
    unknown = [name for name in by if name not in _NAMES]
    if unknown:
        raise ValueError(f"a history has no column {', '.join(map(repr, unknown))}")
    now = None if at == "recorded" else at
    profile = profile_of(engine.run(profile_sql(usage, dated=now is None)))
    tariff = lay_beside(engine, usage, profile, catalogue, now)
    statements = Statements(usage, tariff, tuple(by), tokens, moves)
    return _Repricing(engine, statements, catalogue, now).done(profile.records)


class _Repricing:
    """One re-pricing, while the engine is asked one thing after the other."""

    def __init__(
        self, engine: Engine, statements: Statements, catalogue: Catalogue, now: datetime | None
    ) -> None:
        self._run = engine.run
        self._statements = statements
        self._catalogue = catalogue
        self._now = now
        self._sums = Sums()

    def done(self, records: int) -> Repriced:
        """Ask everything about so many *records*, and return what came of it."""
        self._add_groups()
        if self._sums.unrecorded:
            self._add_gained()
        if self._sums.unpriced:
            self._add_unpriced()
        if self._statements.has_slow:
            self._add_one_by_one()
        if self._sums.records != records:
            raise JournalError(
                f"the history had {records:,} records, and then {self._sums.records:,}; "
                "ask again when nothing is being added"
            )
        return self._sums.told(self._statements.by, tokens=self._statements.tokens)

    def _rows(self, sql: str) -> Iterator[tuple[_Key, Sequence[Any]]]:
        """Yield the rows of a statement, the key of the group apart."""
        width = len(self._statements.by)
        return ((tuple(row[:width]), row[width:]) for row in self._run(sql))

    def _add_groups(self) -> None:
        tariff = self._statements.tariff
        for key, row in self._rows(self._statements.groups()):
            one = Sum(*[int(count) if count else 0 for count in row])
            one.repriced *= tariff.unit
            one.contracted = one.contracted * tariff.unit if tariff.terms else one.repriced
            self._sums.add(key, one)

    def _add_gained(self) -> None:
        for key, (gained,) in self._rows(self._statements.gained()):
            self._sums.add(key, Sum(gained=_whole(gained) * self._statements.tariff.unit))

    def _add_unpriced(self) -> None:
        lacking: defaultdict[tuple[int, str], list[_Lacking]] = defaultdict(list)
        for key, row in self._rows(self._statements.unpriced()):
            cell, lacks, example, at, lost, *counts = row
            self._sums.add(key, Sum(lost=_whole(lost)))
            lacking[_whole(cell), lacks].append((at, example, *map(_whole, counts)))
        cells = self._statements.tariff.cells
        for (cell, lacks), rows in lacking.items():
            self._sums.add_problem(self._problem(cells[cell], lacks, rows))

    def _problem(self, cell: Cell, lacks: str, rows: list[_Lacking]) -> Problem:
        at, example, *_ = min(rows)
        _, _, records, given, made = zip(*rows, strict=True)
        now = self._now or at.replace(tzinfo=UTC)
        return Problem(
            *cell.place.name,
            reason_of(lacks, cell, self._catalogue, now),
            example,
            sum(records),
            sum(given),
            sum(made),
        )

    def _add_one_by_one(self) -> None:
        for key, row in self._rows(self._statements.one_by_one()):
            alike = Alike.of(row)
            quote = quote_of(alike.told, self._catalogue, self._now)
            self._sums.add(key, alike.sum(quote))
            if quote.list_cost is None:
                self._sums.add_problem(alike.problem(quote.reason or ""))


def _whole(number: Any) -> int:
    return int(number or 0)
