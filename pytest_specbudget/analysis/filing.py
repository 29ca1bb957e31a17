"""From rows that wait to the days of a history: judged, told from what is known, and written.

The tables, in order: `incoming` (text, see `staging`), `sound` (typed), `known` (records of the
history that have the id and part of a sound one), `fresh` (what the history does not say just so).
"""

# ruff: noqa: S608 - what statements are made of is ours; names of files are quoted

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

from pytest_specbudget.analysis.days import NAMES, days_of, once, publish
from pytest_specbudget.analysis.documents import SUMS
from pytest_specbudget.analysis.embedded import quoted
from pytest_specbudget.analysis.quarantine import judged_sql, set_aside
from pytest_specbudget.analysis.sources import QUARANTINE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from duckdb import DuckDBPyConnection

    from pytest_specbudget.analysis.days import Days

__all__ = ["Filed", "Filing"]

_IS_SUM = f"coalesce(operation IN {SUMS}, false)"
_CALLS_FIRST = " ".join(f"WHEN '{name}' THEN {rank}" for rank, name in enumerate(SUMS, start=1))
_RANK = f"CASE operation {_CALLS_FIRST} ELSE 0 END"
_ORDER = 'day, "at", id, part'


@dataclass(slots=True)
class Filed:
    """What became of the rows; counts by the place that they came from.

    Attributes:
        rows: How many there were.
        new: How many the history did not have.
        refused: How many were set aside.
        reasons: Why, a sentence each.
    """

    rows: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    reasons: list[str] = field(default_factory=list)

    def __iadd__(self, other: Filed) -> Self:
        """Add what became of more rows."""
        self.rows += other.rows
        self.new += other.new
        self.refused += other.refused
        self.reasons += other.reasons
        return self


@dataclass(slots=True)
class Filing:
    """Files what is incoming.

    Attributes:
        connection: Where the tables are.
        folder: The history.
        today: The date.
        origins: Where rows came from, by their numbers.
    """

    connection: DuckDBPyConnection
    folder: Path
    today: date
    origins: Sequence[str]

    def file(self) -> Filed:
        """File all that is incoming, and leave nothing there."""
        filed = Filed(rows=self._by_origin("SELECT origin FROM incoming"))
        self._make("sound", judged_sql(self.today))
        if self._count("sound WHERE reason IS NOT NULL"):
            self._set_aside(filed)
        kept = days_of(self.folder, self.connection)
        self._make("history", kept.sql(), kind="VIEW")
        self._leave_out_sums()
        self._compare()
        filed.new = self._by_origin(_NEW)
        self._write(kept)
        self.connection.execute("DELETE FROM incoming")
        return filed

    def _set_aside(self, filed: Filed) -> None:
        """Take out of `sound` what was refused, and keep it as it came."""
        refused = "FROM sound POSITIONAL JOIN incoming WHERE reason IS NOT NULL"
        found = self.connection.execute(f"SELECT reason, incoming.* {refused} ORDER BY ALL")
        names = [name for name, *_ in found.description]
        rows = [self._placed(dict(zip(names, row, strict=True))) for row in found.fetchall()]
        filed.refused = Counter(row["from"] for row in rows)
        filed.reasons = [
            f"{row['from']}: {row['id'] or 'a record'}: {row['reason']}" for row in rows
        ]
        set_aside(rows, self.folder / QUARANTINE)
        self.connection.execute("DELETE FROM sound WHERE reason IS NOT NULL")

    def _placed(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"from": self.origins[row.pop("origin")], **row}

    def _leave_out_sums(self) -> None:
        """Leave out of `sound` what sums up calls that are told of, and note it as `outdone`."""
        self._make("outdone", _OUTDONE if self._has_sums() else _NOTHING_OUTDONE)
        self.connection.execute(f"DELETE FROM sound WHERE {_IS_OUTDONE}")

    def _has_sums(self) -> bool:
        tables = ("sound", "history")
        return any(self._count(f"{table} WHERE {_IS_SUM}") for table in tables)

    def _compare(self) -> None:
        """Find what is fresh, and what is said more than once, which needs a closer look."""
        self._make("known", "FROM history SEMI JOIN sound USING (id, part)")
        self._make("twice", _TWICE)
        self._make("fresh", _FRESH)

    def _write(self, kept: Days) -> None:
        """Write each day that changes anew."""
        days = [day for (day,) in self.connection.execute(_CHANGED).fetchall()]
        if not days:
            return
        replaced = kept.only(days)
        self._make("day_before", replaced.sql(), kind="VIEW")
        merged = _MERGED if self._count("twice") else f"FROM {_ROWS}"
        with TemporaryDirectory(prefix=".days-", dir=self.folder) as drafts:
            self.connection.execute(
                f"COPY (SELECT * FROM ({merged}) ORDER BY {_ORDER}) TO {quoted(drafts)} "
                "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day), "
                "WRITE_PARTITION_COLUMNS true, OVERWRITE true)"
            )
            publish(Path(drafts), self.folder, replaced, self.connection)

    def _make(self, name: str, query: str, *, kind: str = "TABLE") -> None:
        self.connection.execute(f"CREATE OR REPLACE TEMP {kind} {name} AS {query}")

    def _count(self, source: str) -> int:
        ((count,),) = self.connection.execute(f"SELECT count(*) FROM {source}").fetchall()
        return int(count)

    def _by_origin(self, query: str) -> Counter[str]:
        """Count the rows of *query* by their origin."""
        counted = f"SELECT origin, count(*) FROM ({query}) GROUP BY origin"
        rows = self.connection.execute(counted).fetchall()
        counts: Counter[str] = Counter()
        for origin, count in rows:
            counts[self.origins[origin]] += count
        return counts


_NEW = "SELECT min(origin) AS origin FROM sound ANTI JOIN known USING (id, part) GROUP BY id, part"
_TWICE = """
SELECT id, part FROM known
UNION (SELECT id, part FROM sound GROUP BY id, part HAVING count(*) > 1)
"""

_FRESH = f"""
FROM (SELECT {NAMES} FROM sound) AS one
ANTI JOIN (SELECT id, part, hash(known) AS said FROM known) AS other
ON one.id = other.id AND one.part = other.part AND hash(one) = other.said
"""

_OUTDONE = f"""
WITH ranked AS (
    SELECT DISTINCT run, spec, {_RANK} AS rank
    FROM (SELECT run, spec, operation FROM sound UNION ALL SELECT run, spec, operation FROM history)
    WHERE run IS NOT NULL AND spec IS NOT NULL
)
SELECT run, spec, rank FROM ranked
JOIN (SELECT run, spec, min(rank) AS best FROM ranked GROUP BY run, spec) USING (run, spec)
WHERE rank > best
"""
_NOTHING_OUTDONE = "SELECT '' AS run, '' AS spec, 0 AS rank LIMIT 0"
_IS_OUTDONE = f"{_IS_SUM} AND coalesce((run, spec, {_RANK}) IN (FROM outdone), false)"

_CHANGED = f"""
SELECT day FROM fresh
UNION SELECT day FROM known SEMI JOIN fresh USING (id, part)
UNION SELECT day FROM history WHERE {_IS_OUTDONE}
"""
_ROWS = f"(SELECT {NAMES} FROM day_before WHERE NOT ({_IS_OUTDONE}) UNION ALL FROM fresh)"
_MERGED = (
    f"FROM {_ROWS} ANTI JOIN twice USING (id, part) "
    f"UNION ALL ({once(f'FROM {_ROWS} SEMI JOIN twice USING (id, part)')})"
)
