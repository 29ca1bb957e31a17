"""DuckDB in this process as an engine."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.store.embedded import SQL_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from duckdb import DuckDBPyConnection

    from pytest_specbudget.analysis.engine import Table
    from pytest_specbudget.analysis.store.history import History

__all__ = ["Duck", "opened"]


@contextmanager
def opened(history: History) -> Iterator[Duck]:
    """Open *history* in a database of its own, which goes away at the end.

    Raises:
        JournalError: If DuckDB is not installed, and for what it cannot read while this is open.
    """
    with (
        TemporaryDirectory(prefix="specbudget-") as spill,
        history.opened(Path(spill)) as connection,
    ):
        yield Duck(connection)


class Duck:
    """A connection to DuckDB as an engine; whoever opened it closes it.

    Args:
        connection: One on which `usage_t` is a view or a table.
    """

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        connection.execute("set preserve_insertion_order = false")  # nobody asks for an order

    def run(self, sql: str) -> Sequence[Sequence[Any]]:
        """Return what *sql* selects."""
        return self._connection.execute(sql).fetchall()

    def load(self, tables: Iterable[Table]) -> None:
        """Make *tables* known in place of those of their names."""
        for table in tables:
            types = [SQL_TYPES[column.kind] for column in table.columns]
            names = ", ".join(
                f'"{one.name}" {sql}' for one, sql in zip(table.columns, types, strict=True)
            )
            self._connection.execute(f"create or replace temp table {table.name} ({names})")
            if table.rows:
                lists = ", ".join(f"unnest(?::{sql}[])" for sql in types)
                values = [list(column) for column in zip(*table.rows, strict=True)]
                self._connection.execute(f"insert into {table.name} select {lists}", values)
