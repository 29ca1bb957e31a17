"""DuckDB in this process: loaded when it is first needed, and what our columns are called there.

Each connection is its own database in memory.  It works in UTC, keeps within its memory, spills to
a folder that goes away with it, and never installs anything.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from pytest_specbudget.analysis.columns import Kind

__all__ = ["MISSING", "SQL_TYPES", "connect", "exact", "listed", "quoted", "typed_columns"]

SQL_TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "instant": "TIMESTAMP",
    "date": "DATE",
    "count": "BIGINT",
    "money": "DECIMAL(38,0)",
    "switch": "BOOLEAN",
}
"""The type of a column, by what it holds."""

MISSING = "a history needs DuckDB: pip install 'pytest-specbudget[history]'"
"""What is wrong where DuckDB is not installed."""

_Settings = dict[str, str | int | bool]

_SETTINGS: _Settings = {
    "memory_limit": "1GB",
    "threads": 2,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}

_SPILLING: _Settings = {"memory_limit": "512MB"}


def connect(spill: Path | None = None) -> DuckDBPyConnection:
    """Open a database in memory.

    Args:
        spill: Where it may put what memory does not hold, so that it needs half as much; None for
            nowhere of its own.

    Raises:
        JournalError: If DuckDB is not installed.
    """
    try:
        duckdb = import_module("duckdb")
    except ModuleNotFoundError as error:
        raise JournalError(MISSING) from error
    settings = (
        _SETTINGS if spill is None else _SETTINGS | _SPILLING | {"temp_directory": str(spill)}
    )
    connection: DuckDBPyConnection = duckdb.connect(config=settings)
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def quoted(text: str) -> str:
    """Write *text* as SQL."""
    return "'" + text.replace("'", "''") + "'"


def exact(path: Path) -> str:
    """Return the pattern that stands for *path* alone, whatever its name has in it."""
    return "".join(f"[{one}]" if one in "*?[" else one for one in path.as_posix())


def listed(paths: Iterable[Path]) -> str:
    """Write *paths* as a list in SQL."""
    return f"[{', '.join(quoted(exact(path)) for path in paths)}]"


def typed_columns() -> str:
    """Write the columns of a history as those of a table."""
    return ", ".join(f'"{column.name}" {SQL_TYPES[column.kind]}' for column in COLUMNS)
