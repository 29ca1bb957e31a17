"""What was used and spent, asked of a history by DuckDB; what no question needs stays unread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.days import NAMES
from pytest_specbudget.analysis.embedded import connect
from pytest_specbudget.analysis.spending import cells, cells_sql

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pytest_specbudget.analysis.spending import Cell
    from pytest_specbudget.analysis.store import History

__all__ = ["records_in", "spent_in"]

_AT_ONCE = 10_000
_AMOUNTS = [column.name for column in COLUMNS if column.kind == "money"]


def spent_in(history: History, *, without: Collection[str] = ()) -> tuple[Cell, ...]:
    """Sum up what *history* says was spent, but for the runs *without*."""
    connection = connect()
    history.relation(connection)
    return cells(connection.execute(cells_sql(len(without)), [*without]).fetchall())


def records_in(history: History) -> Iterator[dict[str, Any]]:
    """Yield the records of *history*, values by the names of columns; a few are held at once."""
    connection = connect()
    history.relation(connection)
    names = [column.name for column in COLUMNS]
    found = connection.execute(f"select {NAMES} from usage_t")  # noqa: S608 - names of ours
    while rows := found.fetchmany(_AT_ONCE):
        for row in rows:
            told = dict(zip(names, row, strict=True))
            for name in _AMOUNTS:  # what has 38 digits comes as a decimal
                told[name] = None if told[name] is None else int(told[name])
            yield told
