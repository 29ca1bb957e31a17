"""What was used and spent, asked of a history by DuckDB; what no question needs stays unread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.records import fetched
from pytest_specbudget.analysis.spending import cells, cells_sql
from pytest_specbudget.analysis.store.days import NAMES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pytest_specbudget.analysis.spending import Cell
    from pytest_specbudget.analysis.store.history import History

__all__ = ["records_in", "several_in", "spent_in"]

_AT_ONCE = 10_000


def spent_in(history: History, *, without: Collection[str] = ()) -> tuple[Cell, ...]:
    """Sum up what *history* says was spent, but for the runs *without*.

    Raises:
        JournalError: If it cannot be read; names the file and the reason.
    """
    with history.opened() as connection:
        return cells(connection.execute(cells_sql(len(without)), [*without]).fetchall())


def records_in(history: History) -> Iterator[dict[str, Any]]:
    """Yield the records of *history*, values by the names of columns; a few are held at once.

    Raises:
        JournalError: If it cannot be read; names the file and the reason.
    """
    with history.opened() as connection:
        found = connection.execute(f"select {NAMES} from usage_t")  # noqa: S608 - names of ours
        while rows := found.fetchmany(_AT_ONCE):
            yield from map(fetched, rows)


def several_in(history: History) -> frozenset[str]:
    """Return the calls of which *history* tells a further part than the first.

    Raises:
        JournalError: If it cannot be read; names the file and the reason.
    """
    with history.opened() as connection:
        rows = connection.execute("select distinct id from usage_t where part > 0").fetchall()
    return frozenset(call for (call,) in rows)
