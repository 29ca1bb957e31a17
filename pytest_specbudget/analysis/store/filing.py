"""From rows that wait to the days of a history: judged, told from what is known, and written.

The tables, in order: `incoming` (text, see `staging`), `sound` (typed, without what was `refused`),
and those of `settling`, of which `fresh` is what is written.
"""

# ruff: noqa: S608 - what statements are made of is ours; names of files are quoted

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

from pytest_specbudget.analysis.store import doubts
from pytest_specbudget.analysis.store.days import NAMES, days_of, publish
from pytest_specbudget.analysis.store.documents import SUMS, TELEMETRY
from pytest_specbudget.analysis.store.leftovers import DRAFTS
from pytest_specbudget.analysis.store.missing_calls import (
    Claimed,
    Known,
    claimed_before,
    note_missing,
)
from pytest_specbudget.analysis.store.oddities import odd_sentences
from pytest_specbudget.analysis.store.quarantine import judged_sql
from pytest_specbudget.analysis.store.settling import LOSING_PLACES, compare, settle_disputed
from pytest_specbudget.analysis.store.tables import count, load, make
from pytest_specbudget.analysis.store.writing import write_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from duckdb import DuckDBPyConnection

    from pytest_specbudget.analysis.store.days import Days
    from pytest_specbudget.analysis.store.settling import Denied

__all__ = ["Filed", "Filing"]

_IS_SUM = f"coalesce(operation IN {SUMS}, false)"
_CALLS_FIRST = " ".join(f"WHEN '{name}' THEN {rank}" for rank, name in enumerate(SUMS, start=1))
_RANK = f"CASE operation {_CALLS_FIRST} ELSE 0 END"


@dataclass(slots=True)
class Filed:
    """What became of the rows; counts by the place that they came from.

    Attributes:
        rows: How many there were.
        new: How many the history did not have.
        refused: How many were set aside.
        reasons: Why, a sentence each.
        keys: What the records that were set aside are known by.
        odd: What is kept although it contradicts itself, a sentence for each place.
        missing: What sums say beyond the calls that took their place, a sentence each.
    """

    rows: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    reasons: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    odd: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def __iadd__(self, other: Filed) -> Self:
        """Add what became of more rows."""
        self.rows += other.rows
        self.new += other.new
        self.refused += other.refused
        self.reasons += other.reasons
        self.keys |= other.keys
        self.odd += other.odd
        self.missing = other.missing  # what was missing before may have come since
        return self


@dataclass(slots=True)
class Filing:
    """Files what is incoming.

    Attributes:
        connection: Where the tables are.
        folder: The history.
        today: The date.
        origins: Where rows came from, by their numbers.
        claims: What sums said that gave way to calls, so far.
    """

    connection: DuckDBPyConnection
    folder: Path
    today: date
    origins: Sequence[str]
    claims: set[Claimed] = field(default_factory=set)

    def file(self) -> Filed:
        """File all that is incoming, and leave nothing there."""
        filed = Filed(rows=self._by_origin("SELECT origin FROM incoming"))
        awaited = doubts.awaited(self.folder)
        make(self.connection, "sound", judged_sql(self.today))
        filed.odd = odd_sentences(self.connection, self.origins)
        self._set_aside(_ABSURD, filed)
        kept = days_of(self.folder, self.connection)
        make(self.connection, "history", kept.sql(), kind="VIEW")
        self._leave_out_sums()
        divided = f"SELECT * FROM ({kept.divided().said()}) WHERE NOT ({_IS_OUTDONE})"
        compare(self.connection, divided)
        self._note_denied(settle_disputed(self.connection), filed)
        self._set_aside(LOSING_PLACES, filed)
        filed.new = self._by_origin(_NEW)
        self._write(kept)
        self._correct(awaited)
        filed.missing = self._missing()
        self.connection.execute("DELETE FROM incoming")
        return filed

    def _set_aside(self, places: str, filed: Filed) -> None:
        """Take the rows at the *places* of a query out of `sound`, and keep them as they came."""
        make(self.connection, "refused", places)
        if count(self.connection, "refused"):
            found = self.connection.execute(_AS_THEY_CAME)
            names = [name for name, *_ in found.description]
            rows = [self._placed(dict(zip(names, row, strict=True))) for row in found.fetchall()]
            filed.refused += Counter(self._kept_apart(rows, filed))
            self.connection.execute("DELETE FROM sound WHERE place IN (SELECT place FROM refused)")

    def _placed(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"from": self.origins[row.pop("origin")], **row}

    def _note_denied(self, denied: Iterable[Denied], filed: Filed) -> None:
        """Set aside what one process recorded and another one, at the same time, contradicted."""
        rows = [
            {"from": str(self.folder / f"day={told['day']}"), "reason": reason, **_texts(told)}
            for told, reason in denied
        ]
        self._kept_apart(rows, filed)

    def _kept_apart(self, rows: list[dict[str, Any]], filed: Filed) -> list[str]:
        """Keep *rows* apart; return where those are from that nobody has closed before."""
        closed = doubts.closed(self.folder) if rows else set()
        doubts.set_aside(rows, self.folder)
        places = []
        for row in rows:
            place, reason, record = doubts.parted(row)
            if (key := doubts.key_of(record)) not in closed:
                filed.keys.add(key)
                filed.reasons.append(f"{place}: {row['id'] or 'a record'}: {reason}")
                places.append(place)
        return places

    def _leave_out_sums(self) -> None:
        """Leave out of `sound` what sums up calls that are told of, and note it as `outdone`."""
        make(self.connection, "outdone", _OUTDONE if self._has_sums() else _NOTHING_OUTDONE)
        rows = self.connection.execute(_CLAIMS).fetchall()
        self.claims |= {Claimed._make((*told, self._place(origin))) for *told, origin in rows}
        self.connection.execute(f"DELETE FROM sound WHERE {_IS_OUTDONE}")

    def _place(self, origin: int | None) -> str:
        return str(self.folder) if origin is None else self.origins[origin]

    def _missing(self) -> list[str]:
        """Note what sums say beyond the calls that took their place, and return it."""
        before = [claim for _, claim in claimed_before(self.folder).values()]
        asked = {(claim.run, claim.spec) for claim in (*before, *self.claims)}
        if not asked:
            return []
        self.connection.execute(_ASKED)
        load(self.connection, "asked", asked)
        make(self.connection, "now", days_of(self.folder, self.connection).sql(), kind="VIEW")
        rows = self.connection.execute(_KNOWN_CALLS).fetchall()
        known = {(run, spec): Known(*map(_whole, sums)) for run, spec, *sums in rows}
        return note_missing((one for one in self.claims if one[:2] in known), known, self.folder)

    def _has_sums(self) -> bool:
        tables = ("sound", "history")
        return any(count(self.connection, f"{table} WHERE {_IS_SUM}") for table in tables)

    def _write(self, kept: Days) -> None:
        """Write each day anew that changes, or that several processes wrote."""
        divided = {file.parent.name.partition("=")[2] for file in kept.divided().files}
        changed = {str(day) for (day,) in self.connection.execute(_CHANGED).fetchall()}
        if not (divided or changed):
            return
        replaced = kept.only(divided | changed)
        make(self.connection, "day_before", replaced.sql(), kind="VIEW")
        rows = _REPLACING if count(self.connection, "settled") else _ADDING
        make(self.connection, "to_write", rows, kind="VIEW")
        with TemporaryDirectory(prefix=DRAFTS, dir=self.folder) as drafts:
            write_days("to_write", Path(drafts), self.connection)
            publish(Path(drafts), self.folder, replaced, self.connection)

    def _correct(self, awaited: Mapping[tuple[str, str], set[Path]]) -> None:
        """Close what was set aside before and has a sound record now."""
        if not awaited:
            return
        self.connection.execute(_AWAITED)
        load(self.connection, "awaited", awaited)
        corrected = set(self.connection.execute(_CORRECTED).fetchall())
        files = {file for call in corrected for file in awaited[call]}
        doubts.correct(files, self.today, is_sound=lambda told: doubts.call_of(told) in corrected)

    def _by_origin(self, query: str) -> Counter[str]:
        """Count the rows of *query* by their origin."""
        counted = f"SELECT origin, count(*) FROM ({query}) GROUP BY origin"
        rows = self.connection.execute(counted).fetchall()
        counts: Counter[str] = Counter()
        for origin, found in rows:
            counts[self.origins[origin]] += found
        return counts


def _whole(number: Any) -> Any:
    return None if number is None else int(number)


def _texts(told: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: None if value is None else str(value) for name, value in told.items()}


_ABSURD = "SELECT place, reason FROM sound WHERE reason IS NOT NULL"
_AS_THEY_CAME = """
SELECT reason, incoming.* FROM incoming JOIN refused ON incoming.rowid = refused.place ORDER BY ALL
"""
_NEW = "SELECT min(origin) AS origin FROM sound ANTI JOIN known USING (id, part) GROUP BY id, part"
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
_TOLD_OF_SUMS = "run, spec, operation, id, list_cost, input_tokens, output_tokens"
_CLAIMS = f"""
SELECT run, spec, operation, coalesce(sum(cost), 0)::HUGEINT,
    CASE operation WHEN '{TELEMETRY}' THEN count(*) ELSE 0 END,
    coalesce(sum(given), 0)::HUGEINT, coalesce(sum(made), 0)::HUGEINT, max(origin)
FROM (
    SELECT run, spec, operation, id, max(list_cost) AS cost, max(origin) AS origin,
        max(input_tokens) AS given, max(output_tokens) AS made
    FROM (
        SELECT {_TOLD_OF_SUMS}, origin FROM sound
        UNION ALL SELECT {_TOLD_OF_SUMS}, NULL FROM history
    )
    WHERE {_IS_OUTDONE} GROUP BY run, spec, operation, id
)
GROUP BY run, spec, operation
"""
_ASKED = "CREATE OR REPLACE TEMP TABLE asked (run VARCHAR, spec VARCHAR)"


def _all_told(count: str) -> str:
    """Write the sum of a count, which is NULL where a call that did not fail does not tell it."""
    silent = f"count(*) FILTER (outcome <> 'failed' AND {count} IS NULL)"
    return f"CASE WHEN {silent} = 0 THEN coalesce(sum({count}), 0) END"


_KNOWN_CALLS = f"""
SELECT run, spec, coalesce(sum(list_cost), 0), count(*) FILTER (part = 0),
    {_all_told("input_tokens")}, {_all_told("output_tokens")}
FROM now SEMI JOIN asked USING (run, spec) WHERE NOT {_IS_SUM} GROUP BY run, spec
"""

_CHANGED = f"""
SELECT day FROM fresh
UNION SELECT day FROM known SEMI JOIN fresh USING (id, part)
UNION SELECT day FROM history WHERE {_IS_OUTDONE}
"""
_BEFORE = f"SELECT {NAMES} FROM day_before WHERE NOT ({_IS_OUTDONE})"
_ADDING = f"{_BEFORE} UNION ALL FROM fresh"
_REPLACING = f"FROM ({_BEFORE}) ANTI JOIN settled USING (id, part) UNION ALL FROM fresh"
_AWAITED = "CREATE OR REPLACE TEMP TABLE awaited (id VARCHAR, part VARCHAR)"
_CORRECTED = """
SELECT id, part::VARCHAR FROM sound ANTI JOIN known USING (id, part)
WHERE (id, part::VARCHAR) IN (FROM awaited)
"""
