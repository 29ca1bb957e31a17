"""Journals in bulk: read by the database, where nothing about them needs a closer look.

Reading a journal line by line, and applying the rules that decide what counts, takes some hundred
microseconds a call.  Most runs need none of that: no line is damaged, every call has ended,
nothing was rerun, no fixture is shared, no work was deferred, no answer bills several models.  The
calls of such a run are its records, as they stand.  A run of which one file is not *plain* in this
sense is left to the caller, whole.  Fields that a record does not have are not looked at.
"""

# ruff: noqa: S608 - what statements are made of is ours; names of files are quoted

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.columns import COLUMNS, COUNTS
from pytest_specbudget.analysis.store.embedded import listed, quoted
from pytest_specbudget.analysis.store.tables import make
from pytest_specbudget.core.reading import BEGIN, RETRIEVE
from pytest_specbudget.journal.lines import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

__all__ = ["lines_sql", "parse", "plain_files", "stage"]

_TEXT = "VARCHAR"
_SHAPE: dict[str, Any] = {
    **dict.fromkeys(("kind", "id", "at", "answered_at", "source", "outcome", "tier"), _TEXT),
    **dict.fromkeys(("price_id", "priced_at", "schema", "count", "run"), _TEXT),
    **dict.fromkeys(("list_cost", "billed_cost"), "JSON"),  # so that 0.1 is told from "0.1"
    "attribution": dict.fromkeys(("test", "spec", "command", "stage", "phase"), _TEXT),
    "routed": {"tier": _TEXT},
    "reading": {
        **dict.fromkeys(("provider", "operation", "usage_state", "service_tier", "region"), _TEXT),
        **dict.fromkeys(("request_model", "response_model", "real_model", "free"), _TEXT),
        **dict.fromkeys(("counted", "parts"), "JSON"),
        "usage": dict.fromkeys(COUNTS, _TEXT),
    },
    "event": _TEXT,
    "values": {"id": _TEXT},
}
"""What is taken from a line of a journal."""

_AS_SAID = quoted(json.dumps(_SHAPE))

_BEGINS = """starts_with(line, '{"kind":"start","id":"')"""
_BEGUN = r"""nullif(regexp_extract(line, '^\{"kind":"start","id":"([^"\\]+)","at":.*\}$', 1), '')"""
_LONGEST_LINE = 4_000_000
"""In bytes.  DuckDB 1 sets aside sixteen times as much before it reads, unless it is told less; a
longer line is left to whoever reads line by line."""

_READ_AHEAD = 4 * _LONGEST_LINE
_GROUP = 20_000  # lines; so many are in memory before they are written
_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z"
_AMOUNT = r'"\d{1,19}(\.\d{1,18})?"'


def lines_sql(files: Iterable[Path]) -> str:
    """Write the query for the lines of *files*, each with its file's name, empty ones too."""
    return (
        f"SELECT filename AS file, line FROM read_csv({listed(files)}, "
        "columns = {'line': 'VARCHAR'}, "
        "delim = '\x01', quote = '', escape = '', header = false, auto_detect = false, "
        f"filename = true, hive_partitioning = false, max_line_size = {_LONGEST_LINE}, "
        f"buffer_size = {_READ_AHEAD})"
    )


def parse(files: Iterable[Path], connection: DuckDBPyConnection, spill: Path) -> None:
    """Make the view `parsed` of the lines of journals.

    It has the `file`, what the line `says`, and for one that begins a call, the id that is `begun`;
    both NULL where it makes no sense.  What it shows lies in a file, because a table of as many
    lines takes ten times the memory; without that file there is no view either.

    Args:
        files: The journals.
        connection: Where the view is.
        spill: A folder for that file; what stood in it for other journals goes.

    Raises:
        duckdb.Error: If a file is not even text, or a line is longer than any of ours.
    """
    from duckdb import Error  # noqa: PLC0415 - an extra

    files, home = list(files), spill / "parsed.parquet"
    try:
        _parse("true", files, connection, home)
    except Error:  # a line is no JSON; asking that of each line takes as long again
        _parse("json_valid(line)", files, connection, home)
    make(connection, "parsed", f"FROM read_parquet({listed([home])})", kind="VIEW")


def _parse(sound: str, files: list[Path], connection: DuckDBPyConnection, home: Path) -> None:
    """Parse into *home*; what is null where we say nothing is left to the reader of journals."""
    none = "contains(line, ':null') OR contains(line, ': null')"
    says = f"CASE WHEN {sound} AND NOT ({none} OR {_BEGINS}) THEN from_json(line, {_AS_SAID}) END"
    connection.execute(
        f"COPY (SELECT file, {says} AS says, {_BEGUN} AS begun FROM ({lines_sql(files)}) "
        f"WHERE line <> '') TO {quoted(home.as_posix())} (FORMAT parquet, ROW_GROUP_SIZE {_GROUP})"
    )


def plain_files(connection: DuckDBPyConnection) -> set[str]:
    """Return the names of the files in `parsed` whose calls are records as they stand."""
    found = connection.execute(_PLAIN).fetchall()
    return {name for (name,) in found}


def stage(origins: Mapping[str, int], connection: DuckDBPyConnection) -> None:
    """Put the calls of some files in `parsed` into `incoming`.

    Args:
        origins: The number of each file, by its name.
        connection: Where the two tables are.
    """
    places = ", ".join(f"({quoted(name)}, {number})" for name, number in origins.items())
    told = ", ".join(f"{_COLUMNS.get(column.name, 'NULL')}" for column in COLUMNS)
    connection.execute(
        f"INSERT INTO incoming SELECT origin, {told} FROM parsed JOIN (VALUES {places}) "
        "AS origins(file, origin) USING (file) WHERE says.kind = 'charge' AND says.source <> 'mock'"
    )


def _amount(name: str) -> str:
    """Write an amount in dollars, as it stands in a journal, as whole attodollars."""
    text = f"trim(says.{name}, '\"')"
    places = f"rpad(split_part({text}, '.', 2), 18, '0')"
    return f"CASE WHEN says.{name} IS NOT NULL THEN split_part({text}, '.', 1) || {places} END"


_COLUMNS = {
    "id": "says.id",
    "part": "'0'",
    "at": "says.at",
    "clock": "coalesce(says.answered_at, says.at)",
    "run": "CASE WHEN contains(says.id, '/') THEN split_part(says.id, '/', 1) END",
    "model": (
        "coalesce(nullif(says.reading.real_model, ''), nullif(says.reading.response_model, ''), "
        "nullif(says.reading.request_model, ''), '(unnamed)')"
    ),
    "tier": "CASE WHEN says.routed IS NULL THEN says.tier ELSE says.routed.tier END",
    "source": "says.source",
    "outcome": "says.outcome",
    "free": "CASE WHEN coalesce(says.reading.free, '') = '' THEN 'false' ELSE 'true' END",
    **{name: f"says.reading.{name}" for name in ("provider", "request_model", "operation")},
    **{name: f"says.reading.{name}" for name in ("service_tier", "region", "usage_state")},
    **{name: f"says.attribution.{name}" for name in ("command", "stage", "phase", "test")},
    "spec": "coalesce(says.attribution.spec, '(unassigned)')",
    **{name: f"says.reading.usage.{name}" for name in COUNTS},
    "list_cost": _amount("list_cost"),
    "billed_cost": _amount("billed_cost"),
    "price_id": "says.price_id",
    "priced_at": "says.priced_at",
}
"""How each column is told by a line; what is not named is not told."""


def _fits(text: str, pattern: str) -> str:
    return f"({text} IS NULL OR regexp_full_match({text}, '{pattern}'))"


def _casts(text: str) -> str:
    return f"({text} IS NULL OR try_cast({text} AS TIMESTAMP) IS NOT NULL)"


_IS_PLAIN_CHARGE = " AND ".join(
    (
        "says.id IS NOT NULL AND says.attribution.test IS NOT NULL",
        "says.reading.provider IS NOT NULL",
        rf"coalesce(regexp_full_match(says.at, '{_INSTANT}'), false)",
        "try_cast(says.at AS TIMESTAMP) IS NOT NULL",
        *(_fits(f"says.{name}", _INSTANT) for name in ("answered_at", "priced_at")),
        *(_casts(f"says.{name}") for name in ("answered_at", "priced_at")),
        "says.source IN ('live', 'record', 'replay', 'mock')",
        "says.outcome IN ('answered', 'failed', 'unknown')",
        "says.reading.usage_state IN ('complete', 'partial', 'none', 'estimated', 'unreadable')",
        f"says.reading.operation NOT IN ('{RETRIEVE}', '{BEGIN}')",
        "says.reading.counted IS NULL AND says.reading.parts IS NULL",
        "NOT starts_with(says.attribution.test, '<fixture ')",
        "NOT starts_with(says.attribution.test, '<collection>')",
        _fits("says.list_cost", _AMOUNT),
        _fits("says.billed_cost", _AMOUNT),
        *(_fits(f"says.reading.usage.{name}", r"\d+") for name in COUNTS),
    )
)

_IS_PLAIN_LINE = f"""CASE says.kind
    WHEN 'charge' THEN {_IS_PLAIN_CHARGE}
    WHEN 'header' THEN says.schema = '{SCHEMA}'
    WHEN 'event' THEN says.event <> 'attempt'
    WHEN 'footer' THEN true
    ELSE false END"""

_BOOKED = f"sum(try_cast({_amount('list_cost')} AS HUGEINT)) FILTER"  # in attodollars
_PLAIN = f"""
WITH ended AS (
    SELECT says.id AS id FROM parsed WHERE says.kind = 'charge'
    UNION ALL SELECT says."values".id FROM parsed WHERE says.kind = 'event'
), unanswered AS (
    SELECT DISTINCT file FROM parsed
    WHERE begun IS NOT NULL AND begun NOT IN (SELECT id FROM ended WHERE id IS NOT NULL)
)
SELECT file FROM parsed GROUP BY file HAVING
    bool_and(begun IS NOT NULL OR coalesce({_IS_PLAIN_LINE}, false))
    AND count(*) FILTER (WHERE says.kind = 'header') = 1
    AND count(*) FILTER (WHERE says.kind = 'footer') = 1
    AND count(DISTINCT says.id) FILTER (WHERE says.kind = 'charge')
        = count(*) FILTER (WHERE says.kind = 'charge')
    AND max(says.count) FILTER (WHERE says.kind = 'footer')
        = CAST(count(*) FILTER (WHERE says.kind = 'charge') AS VARCHAR)
    AND {_BOOKED} (WHERE says.kind = 'footer')
        = coalesce({_BOOKED} (WHERE says.kind = 'charge'), 0)
    AND file NOT IN (SELECT file FROM unanswered)
"""
