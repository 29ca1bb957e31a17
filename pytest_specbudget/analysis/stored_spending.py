"""What was used and spent, asked of a history by DuckDB; what no question needs stays unread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.records import fetched
from pytest_specbudget.analysis.spending import cells, cells_sql
from pytest_specbudget.analysis.store.days import NAMES
from pytest_specbudget.analysis.store.documents import SUMS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from pytest_specbudget.analysis.spending import Cell
    from pytest_specbudget.analysis.store.history import History

__all__ = ["known_in", "records_in", "spent_in"]

_AT_ONCE = 10_000


def spent_in(history: History, *, without: Collection[str] = ()) -> tuple[Cell, ...]:
    """Sum up what *history* says was spent, but for the runs *without*.

    Raises:
        JournalError: If it cannot be read; names the file and the reason.
    """
    with history.opened() as connection:
        return cells(connection.execute(cells_sql(len(without)), [*without]).fetchall())


def records_in(history: History) -> Iterator[dict[str, Any]]:
    """Yield the records of *history*, values by the names of columns; a few are held at once.

    Raises:
        JournalError: If it cannot be read; names the file and the reason.
    """
    with history.opened() as connection:
        found = connection.execute(f"select {NAMES} from usage_t")  # noqa: S608 - names of ours
        while rows := found.fetchmany(_AT_ONCE):
            yield from map(fetched, rows)


def known_in(
    history: History,
    calls: Mapping[date, Iterable[str]],
    runs: Collection[tuple[str | None, str | None]],
) -> list[dict[str, Any]]:
    """Return the records of *history* about calls that are told of elsewhere.

    Args:
        history: The files of other days are not looked into for calls.
        calls: Ids, by the days on which they were made.
        runs: Runs and SPECs; what sums up such a pair is about calls of it.

    Raises:
        JournalError: If it cannot be read; names the file and the reason.
    """
    days = ", ".join(f"date '{day}'" for day in calls)
    ids = [one for several in calls.values() for one in several]
    asked = (
        f"select {NAMES} from usage_t where day in ({days}) and id in (select unnest(?)) "  # noqa: S608 - names and days of ours
        f"union select {NAMES} from usage_t where operation in {SUMS}"
    )
    with history.opened() as connection:
        rows = connection.execute(asked, [ids]).fetchall()
    known, wanted = map(fetched, rows), frozenset(ids)
    return [told for told in known if told["id"] in wanted or (told["run"], told["spec"]) in runs]
