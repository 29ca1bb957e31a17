"""What was used and spent, wherever that is kept: a history, or the journals of all runs.

Journals need no extra: a project that keeps its runs in `.specbudget/journal`, as every run does,
has its days and months at hand.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.spending import Spent, cells_of
from pytest_specbudget.histories.paying import paying_folders
from pytest_specbudget.histories.usage import is_store, needs_database, opened, recorded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

__all__ = ["Usage", "kept_at", "spent", "usage"]

_KEY = 2  # the first columns are `id` and `part`
_HISTORY, _JOURNALS = Path(".specbudget/history"), Path(".specbudget/journal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """All calls of a history.

    Attributes:
        records: Values by the names of columns; to be gone through once.
        problems: What could not be read, one sentence each.
    """

    records: Iterable[Mapping[str, Any]]
    problems: tuple[str, ...] = ()


def kept_at(rootdir: Path) -> Path | None:
    """Return where a project in *rootdir* keeps what it spent: its history, else its journals."""
    history, journals = rootdir / _HISTORY, rootdir / _JOURNALS
    if is_store(history):
        return history
    return journals if journals.is_dir() else None


def spent(path: Path, *, today: date, without: Collection[str] = ()) -> Spent:
    """Sum up what was spent by what lies at *path*, but for the runs *without*.

    Args:
        path: A history, or files of usage in any shape that a history takes.
        today: The date; what claims to be more than a day later is refused.
        without: Ids of runs.

    Raises:
        JournalError: If there is nothing at *path*, or it takes DuckDB and that is not installed.
    """
    if not needs_database(path):
        return _by_journals(path, without)
    from pytest_specbudget.analysis.stored_spending import spent_in  # noqa: PLC0415 - an extra

    with opened(path, today) as (history, problems):
        return Spent(cells=spent_in(history, without=without), problems=problems)


def _by_journals(path: Path, without: Collection[str]) -> Spent:
    homes = [path] if path.is_file() else paying_folders(path)
    read = [recorded(home) for home in homes]
    calls = {record[:_KEY]: record for found in read for record in found.records}
    problems = dict.fromkeys(problem for found in read for problem in found.problems)
    cells = cells_of(map(named, calls.values()), without=without)
    return Spent(cells=cells, problems=tuple(problems))


@contextmanager
def usage(path: Path, *, today: date) -> Iterator[Usage]:
    """Give every call of what lies at *path*, as `spent` takes it.

    Raises:
        JournalError: As `spent`.
    """
    if not needs_database(path):
        found = recorded(path)
        yield Usage(records=map(named, found.records), problems=found.problems)
        return
    from pytest_specbudget.analysis.stored_spending import records_in  # noqa: PLC0415 - an extra

    with opened(path, today) as (history, problems):
        yield Usage(records=records_in(history), problems=problems)
