"""What runs the statements: DuckDB in the process, or the database where the usage already lies.

An engine has a relation `usage_t` with the columns of `columns.COLUMNS`.  The two small tables that
are laid beside it are `catalogue_t` and `hours_t` (`cells`).  Statements are plain SQL that reads
the same everywhere: equality and range joins inside, `case`, `coalesce`, `greatest`, `least`,
`row_number`, and sums of `decimal(38,0)`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_specbudget.analysis.columns import Column

__all__ = ["USAGE", "Engine", "Row", "Table", "relation"]

USAGE = "usage_t"
"""What queries call the records."""

Row = tuple[Any, ...]

_RELATION = re.compile(r"[a-z_]\w*(\.[a-z_]\w*){0,2}", re.ASCII | re.IGNORECASE)


class Table(NamedTuple):
    """A small table of ours: hundreds of rows, some thousands at most.

    Attributes:
        name: What statements call it.
        columns: Any of them may hold nulls.
        rows: Values as in records: text, naive `datetime`s in UTC, `date`s, whole numbers,
            booleans, and None.
    """

    name: str
    columns: tuple[Column, ...]
    rows: list[Row]


class Engine(Protocol):
    """A database with the records in it."""

    def run(self, sql: str) -> Sequence[Sequence[Any]]:
        """Return what *sql* selects; whole numbers may come as `int` or `Decimal`."""

    def load(self, tables: Iterable[Table]) -> None:
        """Make *tables* known to the statements that follow, in place of those of these names."""


def relation(name: str) -> str:
    """Write the name of a table or view as statements have it: each part in quotes.

    Args:
        name: `table`, `schema.table` or `catalog.schema.table`; letters, digits and `_`.

    Raises:
        ValueError: If it is anything else, so that nothing but a name gets into a statement.
    """
    if not _RELATION.fullmatch(name):
        raise ValueError(
            f'"{name}" is no name of a table: write table, schema.table or catalog.schema.table, '
            "of letters, digits and _"
        )
    return ".".join(f'"{part}"' for part in name.split("."))
