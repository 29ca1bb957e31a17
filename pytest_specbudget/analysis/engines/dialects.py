"""The statements in the words of each database: SQLGlot translates, nothing is connected to.

They are written in what all of them understand, so little is left to do here:

* Every name is quoted, since `at` is a reserved word in BigQuery.  Snowflake writes in capitals
  what is not quoted, so there the quoted names are capitals.
* Every selected value gets a name of its own: Postgres calls each sum `sum`, and Ibis keeps one
  column of a name.
* Whole numbers of 38 digits are `BIGNUMERIC` in BigQuery, where `NUMERIC` has 29 before the point;
  SQLGlot 30.10 writes `NUMERIC`.

Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types and
https://docs.snowflake.com/en/sql-reference/identifiers-syntax (from memory, 2026-11-22).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from pytest_specbudget.errors import JournalError

__all__ = ["DIALECTS", "WRITTEN_IN", "as_kept", "dialect_of", "loaded", "translated"]

WRITTEN_IN = "duckdb"
"""The dialect that our statements are read as."""

DIALECTS = ("bigquery", "clickhouse", "postgres", "snowflake", "spark", "trino")
"""Those that a statement can be had in, beside the one that it is written in."""

_FOUND_IN = {"pyspark": "'ibis-framework[pyspark]'", "chdb": "chdb"}
"""Where modules come from that are in no extra of ours."""

_OTHER_NAMES = {"chdb": "clickhouse", "ibis": WRITTEN_IN}


def dialect_of(engine: str) -> str:
    """Return what SQLGlot calls the SQL of an engine."""
    return _OTHER_NAMES.get(engine, engine)


def loaded(module: str, extra: str = "warehouse") -> Any:
    """Import what an engine needs.

    Raises:
        JournalError: If it is not installed; says how to install it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        needed = str(error.name)
        found = _FOUND_IN.get(needed.partition(".")[0], f"'pytest-specbudget[{extra}]'")
        raise JournalError(f"this engine needs {needed}: pip install {found}") from error


def as_kept(name: str, dialect: str) -> str:
    """Return the *name* of a table or column as the database keeps one that is not quoted."""
    return name.upper() if dialect == "snowflake" else name


def translated(sql: str, dialect: str, *, pretty: bool = False) -> str:
    """Translate a statement.

    Args:
        sql: One query, as our statements are written.
        dialect: One of `DIALECTS`, or `WRITTEN_IN`.
        pretty: Whether to break it into lines.

    Raises:
        JournalError: If SQLGlot is not installed.
    """
    query = loaded("sqlglot").parse_one(sql, read=WRITTEN_IN)
    query.set("expressions", [_named(one, place) for place, one in enumerate(query.selects)])
    words = loaded("sqlglot.expressions")
    for name in query.find_all(words.Identifier):
        name.set("this", as_kept(name.this, dialect))
    if dialect == "bigquery":
        for kind in query.find_all(words.DataType):
            if kind.this is words.DataType.Type.DECIMAL:
                kind.replace(words.DataType.build("BIGNUMERIC", dialect=dialect))
    text: str = query.sql(dialect=dialect, identify=True, pretty=pretty)
    return text


def _named(selected: Any, place: int) -> Any:
    return selected.unalias().as_(f"c{place}")
