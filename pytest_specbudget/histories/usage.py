"""Recorded usage, wherever it lies: journals, which need no database, and all else, which does.

Each run is merged by itself, as its own report is, and each call counts once however many files
hold it.  What cannot be read is named, and the rest is still read.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.records import records_of
from pytest_specbudget.analysis.store.sources import QUARANTINE, UNREAD, sources_below
from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.errors import JournalError
from pytest_specbudget.histories.dismissed import NOTHING
from pytest_specbudget.journal.below import journals_below
from pytest_specbudget.journal.reader import read_journal
from pytest_specbudget.journal.running import is_running, shortfall

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from pytest_specbudget.analysis.records import Record
    from pytest_specbudget.analysis.store.history import History
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.histories.dismissed import Dismissed
    from pytest_specbudget.journal.reader import Journal

__all__ = ["Recorded", "is_store", "keeps_others", "needs_database", "opened", "recorded"]

_OF_A_STORE = ("day=*/part-*.parquet", f"{QUARANTINE}/*.jsonl", f"{UNREAD}/*.jsonl")
_ASIDE = {QUARANTINE, UNREAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What journals hold together.

    Attributes:
        records: Each (id, part) once.
        problems: What could not be read, a sentence each.
    """

    records: tuple[Record, ...]
    problems: tuple[str, ...] = ()


def is_store(path: Path) -> bool:
    """Tell whether *path* is a history that `specbudget history add` made."""
    return any(next(path.glob(pattern), None) is not None for pattern in _OF_A_STORE)


def needs_database(path: Path) -> bool:
    """Tell whether what lies at *path* is more than journals.

    Raises:
        JournalError: If there is nothing at *path*.
    """
    _expect(path)
    if is_store(path):
        return True
    try:
        sources = [*sources_below(path, path / QUARANTINE)]
    except JournalError:  # nothing of the kind, which whoever reads it says
        return False
    return any(source.shape != "journal" and _holds_anything(source.path) for source in sources)


def _holds_anything(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except OSError:  # nobody may look, and whoever reads it says so
        return True


def keeps_others(path: Path, runs: Collection[str]) -> bool:
    """Tell whether *path* keeps anything but *runs*; yes if nobody can tell without reading it."""
    if is_store(path) or not path.exists():
        return True
    try:
        return any(source.run not in runs for source in sources_below(path, path / QUARANTINE))
    except JournalError:  # nothing of the kind
        return False


@contextmanager
def opened(path: Path, today: date) -> Iterator[tuple[History, tuple[str, ...]]]:
    """Give what lies at *path* as a history: itself, or one that is made of it and goes away.

    Args:
        path: A history, or files of usage in any shape that a history takes.
        today: The date; what was made more than a day later is refused.

    Yields:
        The history; and what could not be read or was refused, a sentence each.

    Raises:
        JournalError: If there is nothing at *path*, or DuckDB is not installed.
    """
    from pytest_specbudget.analysis.store.history import History  # noqa: PLC0415 - few need a database

    if is_store(path):
        history = History(path)
        yield history, history.damage()
        return
    with TemporaryDirectory(prefix="specbudget-") as folder:
        history = History(Path(folder))
        added = history.add(
            sources_below(path, history.folder),
            settle=lambda journals: merge(journals).ledger,
            today=today,
        )
        yield history, (*added.problems, *added.refused)


def recorded(path: Path, dismissed: Dismissed = NOTHING) -> Recorded:
    """Read the journals of all runs at *path*: a file, or a folder of them.

    Of a run that is still under way, what it has booked so far counts.

    Args:
        path: Where they lie.
        dismissed: Gaps that are no problem any more.

    Raises:
        JournalError: If there is nothing at *path*.
    """
    _expect(path)
    journals, problems = _journals(path, dismissed)
    calls: dict[str, tuple[Record, ...]] = {}
    for run, charge in _charges(journals):
        if charge.id not in calls:
            try:
                calls[charge.id] = tuple(records_of(charge, run))
            except ValueError as problem:
                problems.append(f"{charge.id}: {problem}")
    return Recorded(
        records=tuple(record for parts in calls.values() for record in parts),
        problems=tuple(problems),
    )


def _expect(path: Path) -> None:
    if not path.exists():
        raise JournalError(
            f"{path} does not exist; name a journal, a folder of them, or a history that "
            "`specbudget history add` made"
        )


def _journals(path: Path, dismissed: Dismissed) -> tuple[list[Journal], list[str]]:
    journals: list[Journal] = []
    problems: list[str] = []
    for file in _files(path):
        try:
            journal = read_journal(file)
        except JournalError as problem:
            problems += dismissed.left_of([str(problem)], file)
            continue
        if is_running(journal):
            journal.starts.clear()  # calls under way are booked when they end
        gaps = (*journal.damage, *filter(None, [shortfall(journal)]))
        problems += dismissed.left_of(gaps, file)
        journals.append(journal)
    return journals, problems


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    below = journals_below(path)
    return sorted(file for file in below if _ASIDE.isdisjoint(file.relative_to(path).parts))


def _charges(journals: Iterable[Journal]) -> Iterator[tuple[str | None, Charge]]:
    runs: defaultdict[str | None, list[Journal]] = defaultdict(list)
    for journal in journals:
        runs[None if journal.header is None else journal.header.run].append(journal)
    for run, made in runs.items():
        for charge in merge(made).ledger:
            yield run, charge
