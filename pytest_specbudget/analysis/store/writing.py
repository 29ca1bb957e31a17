"""Days written to Parquet in portions that memory holds, however many calls they have.

Sorting takes as much memory as what is sorted.  So small days are written together, up to a
portion, and a day of more calls than that is several files, divided by its own records alone: the
same records are always divided alike.
"""

# ruff: noqa: S608 - what statements are made of is ours

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.analysis.store.embedded import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from duckdb import DuckDBPyConnection

__all__ = ["write_days"]

_PORTION = 150_000
"""How many records are sorted at once, at most; those of one instant with one id are not parted."""

_ORDER = '"at", id, part'  # the day follows from `at`


def write_days(source: str, drafts: Path, connection: DuckDBPyConnection) -> None:
    """Write the records of *source* to files below *drafts*, in one folder a day, sorted.

    Args:
        source: The relation with the records.
        drafts: An empty folder.
        connection: Where the relation is.
    """
    asked = f"SELECT day, count(*) FROM {source} GROUP BY day ORDER BY day"
    counts = connection.execute(asked).fetchall()
    for number, portion in enumerate(_portions(source, counts, connection)):
        connection.execute(
            f"COPY (SELECT * FROM {source} WHERE {portion} ORDER BY {_ORDER}) "
            f"TO {quoted(str(drafts))} (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day), "
            f"FILENAME_PATTERN '{number:06}_{{i}}', WRITE_PARTITION_COLUMNS true, "
            "OVERWRITE_OR_IGNORE true)"
        )


def _portions(
    source: str, counts: Iterable[tuple[date, int]], connection: DuckDBPyConnection
) -> Iterator[str]:
    """Yield conditions that together hold for each record once; no day is begun in two of them."""
    small: list[date] = []
    taken = 0
    for day, count in counts:
        if count > _PORTION:
            yield from _parts(source, day, connection)
            continue
        if taken + count > _PORTION:
            yield _among(small)
            small, taken = [], 0
        small.append(day)
        taken += count
    if small:
        yield _among(small)


def _among(days: Iterable[date]) -> str:
    return f"day IN ({', '.join(map(_dated, days))})"


def _dated(day: date) -> str:
    return f"DATE '{day}'"


def _parts(source: str, day: date, connection: DuckDBPyConnection) -> Iterator[str]:
    """Divide a *day* of very many records, in their order."""
    placed = (
        f'SELECT "at", id, row_number() OVER (ORDER BY {_ORDER}) AS place FROM {source} '
        f"WHERE day = {_dated(day)}"
    )
    last = f'SELECT "at", id FROM ({placed}) WHERE place % {_PORTION} = 0 ORDER BY place'
    begin = f"day = {_dated(day)}"
    for at, name in connection.execute(last).fetchall():
        instant = f"TIMESTAMP {quoted(str(at))}"
        same = f'"at" = {instant} AND id'
        yield f'{begin} AND ("at" < {instant} OR {same} <= {quoted(name)})'
        begin = f'"at" >= {instant} AND day = {_dated(day)} AND NOT ({same} <= {quoted(name)})'
    yield begin
