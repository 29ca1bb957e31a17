"""A history and what is told beside it, as one, without writing anything.

Journals tell of calls that nobody has added yet, next to a history of which millions are in files.
Only what the history has of those very calls is fetched; which telling counts is for the caller to
say.  What comes of it is a handful of records in the place of others: days that none of them is in
are read as they stand.
"""

# ruff: noqa: S608 - what statements are made of is ours

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_specbudget.analysis.records import fetched, named, record_of
from pytest_specbudget.analysis.store.days import NAMES, days_of
from pytest_specbudget.analysis.store.documents import SUMS
from pytest_specbudget.analysis.store.embedded import connect, typed_columns
from pytest_specbudget.analysis.store.history import VIEW, History
from pytest_specbudget.analysis.store.tables import load, make

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from pytest_specbudget.analysis.records import Record
    from pytest_specbudget.analysis.store.days import Days

    Told = Mapping[str, Any]

__all__ = ["Joined", "known_in", "pinned"]

_PLUS, _LESS = "plus_t", "less_t"


class _Change(NamedTuple):
    """What differs from the files.

    Attributes:
        plus: Records that are not in them, or not just so.
        less: Ids and parts of records that do not count.
        days: The days of these.
    """

    plus: tuple[Record, ...] = ()
    less: tuple[tuple[str, int], ...] = ()
    days: frozenset[date] = frozenset()


class Joined(History):
    """A history as its files were at one time, and with some records in the place of others.

    Args:
        folder: Where it is.
        days: Its files.
        change: What differs from them.
    """

    def __init__(self, folder: Path, days: Days, change: _Change) -> None:
        super().__init__(folder)
        self._days = days
        self._change = change

    def _listed(self, _connection: DuckDBPyConnection) -> Days:
        return self._days

    def _show(self, connection: DuckDBPyConnection, days: Days) -> None:
        plus, less, touched = self._change
        queries = [days.without(touched).sql()]
        if less:
            connection.execute(f"CREATE TEMP TABLE {_LESS} (id VARCHAR, part BIGINT)")
            load(connection, _LESS, less)
            changed = days.only(touched).sql()
            queries.append(f"FROM ({changed}) ANTI JOIN {_LESS} USING (id, part)")
        if plus:
            connection.execute(f"CREATE TEMP TABLE {_PLUS} ({typed_columns()})")
            load(connection, _PLUS, plus)
            queries.append(f"FROM {_PLUS}")
        told = " UNION ALL ".join(f"SELECT {NAMES} FROM ({query})" for query in queries)
        make(connection, VIEW, told, kind="VIEW")

    def having(self, counting: Iterable[Told], *, instead_of: Iterable[Told]) -> Joined:
        """Return it with records in the place of others that it has.

        Args:
            counting: Values by the names of columns; what it has just so stays as it is.
            instead_of: Records of it.
        """
        before, after = (dict.fromkeys(map(record_of, some)) for some in (instead_of, counting))
        gone = [named(record) for record in before if record not in after]
        change = _Change(
            plus=tuple(record for record in after if record not in before),
            less=tuple((one["id"], one["part"]) for one in gone),
            days=frozenset(one["day"] for one in gone),
        )
        return Joined(self.folder, self._days, change)


def pinned(folder: Path) -> Joined:
    """Return the history in *folder* as it is now; if it is no longer so, reading it raises.

    Raises:
        JournalError: If DuckDB is not installed.
    """
    with connect() as connection:
        return Joined(folder, days_of(folder, connection), _Change())


def known_in(
    history: History, ids: Collection[str], runs: Collection[tuple[str | None, str | None]]
) -> list[dict[str, Any]]:
    """Return the records of *history* about calls that are told of elsewhere.

    Args:
        history: Any.
        ids: Those of the calls.
        runs: Runs and SPECs; what sums up such a pair is about calls of it.

    Raises:
        JournalError: If it cannot be read; names the file and the reason.
    """
    if not ids:
        return []
    asked = (
        f"SELECT {NAMES} FROM {VIEW} WHERE id IN (SELECT unnest(?)) "
        f"UNION SELECT {NAMES} FROM {VIEW} WHERE operation IN {SUMS}"
    )
    with history.opened() as connection:
        rows = connection.execute(asked, [[*ids]]).fetchall()
    known, wanted = map(fetched, rows), frozenset(ids)
    return [told for told in known if told["id"] in wanted or (told["run"], told["spec"]) in runs]
