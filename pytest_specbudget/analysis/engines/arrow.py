"""Tables of ours in Arrow's form, as every engine takes them, and what engines return as rows."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.engines.dialects import loaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.analysis.columns import Kind
    from pytest_specbudget.analysis.engine import Row, Table

__all__ = ["Files", "arrow_of", "rows_of"]

_TYPES: dict[Kind, Callable[[Any], Any]] = {
    "text": lambda arrow: arrow.string(),
    "instant": lambda arrow: arrow.timestamp("us"),
    "date": lambda arrow: arrow.date32(),
    "count": lambda arrow: arrow.int64(),
    "money": lambda arrow: arrow.decimal128(38, 0),
    "switch": lambda arrow: arrow.bool_(),
}


def arrow_of(table: Table) -> Any:
    """Return *table* as a `pyarrow.Table`; money is a decimal of 38 digits, none after the point.

    Raises:
        JournalError: If PyArrow is not installed.
    """
    arrow = loaded("pyarrow")
    fields = [(column.name, _TYPES[column.kind](arrow)) for column in table.columns]
    values = zip(*table.rows, strict=True) if table.rows else ([] for _ in fields)
    columns = [arrow.array(each, kind) for each, (_, kind) in zip(values, fields, strict=True)]
    return arrow.table(columns, schema=arrow.schema(fields))


class Files:
    """Tables as Parquet files, in a folder that goes away.

    No two have one name: ClickHouse and Spark remember what was in a file.
    """

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="specbudget-")
        self._numbers = count()

    def write(self, table: Table) -> Path:
        """Write *table*, and return where it is.

        Raises:
            JournalError: If PyArrow is not installed.
        """
        path = Path(self._folder.name) / f"{table.name}-{next(self._numbers)}.parquet"
        loaded("pyarrow.parquet").write_table(arrow_of(table), path)
        return path

    def close(self) -> None:
        """Remove them."""
        self._folder.cleanup()


def rows_of(table: Any) -> list[Row]:
    """Return the rows of a `pyarrow.Table`, instants without an offset as records have them."""
    columns = [column.to_pylist() for column in table.columns]
    return [tuple(map(_plain, row)) for row in zip(*columns, strict=True)]


def _plain(told: Any) -> Any:
    """Drop the offset of an instant: every engine works in UTC."""
    return told.replace(tzinfo=None) if isinstance(told, datetime) else told
