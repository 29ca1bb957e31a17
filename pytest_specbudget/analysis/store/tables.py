"""Tables that live as long as a connection to DuckDB: made, counted and filled."""

# ruff: noqa: S608 - what statements are made of is ours

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duckdb import DuckDBPyConnection

__all__ = ["count", "load", "make"]


def make(connection: DuckDBPyConnection, name: str, query: str, *, kind: str = "TABLE") -> None:
    """Make *name* of what *query* yields, in the place of what had that name."""
    connection.execute(f"CREATE OR REPLACE TEMP {kind} {name} AS {query}")


def count(connection: DuckDBPyConnection, source: str) -> int:
    """Count the rows of *source*: a table, with whatever may follow FROM."""
    ((rows,),) = connection.execute(f"SELECT count(*) FROM {source}").fetchall()
    return int(rows)


def load(connection: DuckDBPyConnection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert *rows* into *table*, column by column, which is quicker than row by row."""
    types = [kind for _, kind, *_ in connection.execute(f"DESCRIBE {table}").fetchall()]
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        told = ", ".join(f"unnest(?::{kind}[])" for kind in types)
        connection.execute(f"INSERT INTO {table} SELECT {told}", columns)
