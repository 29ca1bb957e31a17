"""What is said of one call in several ways, found in tables and settled by `contradicting`.

The tables, in order: `known` (records of the history that have the id and part of a sound one),
`fresh` (what is `sound` and the history does not say just so, each once), `disputed` (ids and parts
that are told in several ways), `settled` (what then counts, and is not yet known just so), `losing`
(what contradicts it).  In the end `fresh` holds each call once, the settled ones among them.
"""

# ruff: noqa: S608 - what statements are made of is ours

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.records import fetched, record_of
from pytest_specbudget.analysis.store.contradicting import Claim, settle
from pytest_specbudget.analysis.store.days import NAMES
from pytest_specbudget.analysis.store.embedded import typed_columns
from pytest_specbudget.analysis.store.tables import count, load, make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection

    from pytest_specbudget.analysis.store.contradicting import Settled, Told

__all__ = ["LOSING_PLACES", "Denied", "compare", "settle_disputed", "unsettled"]

_AT_ONCE = 50_000
"""How many claims are settled at once, so that memory holds them."""


class Denied(NamedTuple):
    """A record that the history has, and that another record of its own contradicts.

    Attributes:
        told: Its values by the names of columns.
        reason: What contradicts it.
    """

    told: Told
    reason: str


def compare(connection: DuckDBPyConnection, divided: str) -> None:
    """Find what is fresh and what is disputed.

    Args:
        connection: Where `sound` and `history` are.
        divided: The query for all that is said in days that several processes wrote.
    """
    make(connection, "known", "FROM history SEMI JOIN sound USING (id, part)")
    make(connection, "fresh", _FRESH)
    make(connection, "divided", divided, kind="VIEW")
    make(connection, "copied", _COPIED)
    if count(connection, "copied"):
        make(connection, "copies", "SELECT DISTINCT * FROM fresh SEMI JOIN copied USING (id, part)")
        connection.execute("DELETE FROM fresh WHERE (id, part) IN (FROM copied)")
        connection.execute("INSERT INTO fresh FROM copies")
    make(connection, "disputed", _DISPUTED)


def unsettled(connection: DuckDBPyConnection, divided: str) -> int:
    """Count the calls that processes which added at once told in several ways.

    Args:
        connection: Any.
        divided: The query for all that is said in days that several processes wrote.
    """
    from duckdb import Error  # noqa: PLC0415 - an extra

    try:
        return count(connection, f"({_told_differently(f'({divided})')})")
    except Error:  # a file is damaged inside, which whoever reads the history says
        return 0


def settle_disputed(connection: DuckDBPyConnection) -> list[Denied]:
    """Settle what is disputed, into `fresh` and `losing`.

    Returns:
        The records of the history that do not count; all others are in `losing`.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE settled ({typed_columns()})")
    connection.execute(_LOSING)
    if not count(connection, "disputed"):
        return []
    make(connection, "claims", _CLAIMS)
    parts = count(connection, "claims") // _AT_ONCE + 1
    denied = [one for part in range(parts) for one in _settle_part(connection, part, parts)]
    connection.execute(_FORGET_KNOWN)
    connection.execute("DELETE FROM fresh WHERE (id, part) IN (FROM disputed)")
    connection.execute("INSERT INTO fresh FROM settled")
    return denied


def _settle_part(connection: DuckDBPyConnection, part: int, parts: int) -> list[Denied]:
    rows = connection.execute(_PART, [parts, part]).fetchall()
    settled = [settle(claims) for claims in _by_call(rows)]
    load(connection, "settled", [record_of(one.kept) for one in settled])
    load(connection, "losing", [losing for one in settled for losing in _losing(one)])
    refused = (pair for one in settled for pair in one.refused)
    return [Denied(claim.told, reason) for claim, reason in refused if claim.recorded]


def _by_call(rows: list[tuple[Any, ...]]) -> Iterator[Iterator[Claim]]:
    for _, of_one in groupby(rows, key=itemgetter(2, 3)):
        yield (Claim(fetched(told), recorded, said) for recorded, said, *told in of_one)


def _losing(settled: Settled) -> Iterator[tuple[Any, ...]]:
    for claim, reason in settled.refused:
        if not claim.recorded:
            yield claim.told["id"], claim.told["part"], claim.mark, reason


_SAID = "hash(struct_pack({}))".format(", ".join(f'"{one.name}"' for one in COLUMNS))


def _told_differently(said: str) -> str:
    return f"SELECT id, part FROM {said} GROUP BY id, part HAVING count(DISTINCT {_SAID}) > 1"


_FRESH = f"""
SELECT {NAMES} FROM (SELECT {NAMES}, {_SAID} AS said FROM sound)
ANTI JOIN (SELECT id, part, {_SAID} AS said FROM known) USING (id, part, said)
"""
_COPIED = "SELECT id, part FROM sound GROUP BY id, part HAVING count(*) > 1"
_DISPUTED = f"""
SELECT id, part FROM fresh SEMI JOIN known USING (id, part)
UNION (SELECT id, part FROM fresh SEMI JOIN copied USING (id, part)
    GROUP BY id, part HAVING count(*) > 1)
UNION ({_told_differently("divided")})
"""
_LOSING = """
CREATE OR REPLACE TEMP TABLE losing (id VARCHAR, part BIGINT, said UBIGINT, reason VARCHAR)
"""
_CLAIMS = f"""
(SELECT true AS recorded, {_SAID} AS said, {NAMES} FROM known SEMI JOIN disputed USING (id, part)
UNION SELECT true, {_SAID}, {NAMES} FROM divided SEMI JOIN disputed USING (id, part))
UNION ALL SELECT false, {_SAID}, {NAMES} FROM fresh SEMI JOIN disputed USING (id, part)
"""
_PART = f"SELECT recorded, said, {NAMES} FROM claims WHERE hash(id) % ? = ? ORDER BY id, part"
_FORGET_KNOWN = f"""
DELETE FROM settled WHERE (id, part, {_SAID}) IN (SELECT (id, part, {_SAID}) FROM known)
"""

LOSING_PLACES = f"""
SELECT place, losing.reason
FROM (SELECT place, id, part, {_SAID} AS said FROM sound) JOIN losing USING (id, part, said)
"""
"""The query for the places of the rows of `sound` that are `losing`, and the reasons."""
