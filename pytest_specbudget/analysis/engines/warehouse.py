"""A database that Ibis connects to, as an engine.

Two ways to bring our small tables there: one in this process reads files (`LocalWarehouse`), a
server is sent them (`Warehouse`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.engines.arrow import Files, arrow_of, rows_of
from pytest_specbudget.analysis.engines.dialects import as_kept, translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pytest_specbudget.analysis.engine import Table

__all__ = ["LocalWarehouse", "Warehouse"]

_WITHOUT_TEMPORARY = frozenset({"clickhouse", "trino"})


class _Connected:
    """A database that Ibis is connected to.

    Args:
        backend: A connection, as `ibis.connect` returns it.
        dialect: What SQLGlot calls its SQL.
    """

    def __init__(self, backend: Any, dialect: str) -> None:
        self._backend = backend
        self._dialect = dialect

    def run(self, sql: str) -> Sequence[Sequence[Any]]:
        """Return what *sql* selects."""
        return rows_of(self._backend.sql(translated(sql, self._dialect)).to_pyarrow())


class Warehouse(_Connected):
    """A server; tables are temporary where it has such, and otherwise dropped on `close`."""

    def __init__(self, backend: Any, dialect: str) -> None:
        super().__init__(backend, dialect)
        self._left: dict[str, None] = {}

    def load(self, tables: Iterable[Table]) -> None:
        """Send *tables*, in place of those of these names."""
        for table in tables:
            name, content = as_kept(table.name, self._dialect), arrow_of(table)
            kept = [as_kept(column, self._dialect) for column in content.column_names]
            temporary = self._dialect not in _WITHOUT_TEMPORARY
            self._backend.create_table(
                name, content.rename_columns(kept), temp=temporary, overwrite=True
            )
            if not temporary:
                self._left[name] = None

    def close(self) -> None:
        """Drop what would be left, and disconnect."""
        for name in self._left:
            self._backend.drop_table(name, force=True)
        self._backend.disconnect()


class LocalWarehouse(_Connected):
    """A database in this process, or beside it: it reads our files."""

    def __init__(self, backend: Any, dialect: str) -> None:
        super().__init__(backend, dialect)
        self._files = Files()

    def load(self, tables: Iterable[Table]) -> None:
        """Make *tables* known, in place of those of these names."""
        for table in tables:
            self.read(table.name, self._files.write(table))

    def read(self, name: str, path: Path) -> None:
        """Let *name* stand for what is in Parquet files; *path* may have wildcards."""
        self._backend.read_parquet(path.as_posix(), table_name=name)

    def close(self) -> None:
        """Disconnect, and remove what was written."""
        self._backend.disconnect()
        self._files.close()
