"""ClickHouse in this process (chDB) as an engine; Ibis has none for it.

One process holds one chDB; what it keeps is in a folder that goes away with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.engines.arrow import Files, rows_of
from pytest_specbudget.analysis.engines.dialects import loaded, translated
from pytest_specbudget.analysis.store.embedded import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pytest_specbudget.analysis.engine import Table

__all__ = ["ClickHouseInProcess"]

_SETTINGS = "SETTINGS session_timezone = 'UTC', max_threads = 2"


class ClickHouseInProcess:
    """A database of chDB.

    Raises:
        JournalError: If chDB is not installed.
    """

    def __init__(self) -> None:
        self._session = loaded("chdb.session").Session()
        self._session.query("CREATE DATABASE IF NOT EXISTS specbudget ENGINE = Atomic")
        self._session.query("USE specbudget")
        self._files = Files()

    def run(self, sql: str) -> Sequence[Sequence[Any]]:
        """Return what *sql* selects."""
        query = f"{translated(sql, 'clickhouse')} {_SETTINGS}"
        return rows_of(self._session.query(query, "ArrowTable"))

    def load(self, tables: Iterable[Table]) -> None:
        """Make *tables* known, in place of those of these names."""
        for table in tables:
            self.read(table.name, self._files.write(table))

    def read(self, name: str, path: Path) -> None:
        """Let *name* stand for what is in Parquet files; *path* may have wildcards."""
        files = f"file({quoted(path.as_posix())}, Parquet)"
        self._session.query(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {files}")  # noqa: S608 - quoted

    def close(self) -> None:
        """Close it, and remove what was written."""
        self._session.close()
        self._files.close()
