"""What was used and spent, wherever that is kept: a history, and the journals of all runs.

A history holds what was added to it, and a run leaves a journal before anybody adds it.  So both
are asked together and each call counts once (`telling`); of a large history no more is asked than
what it sums up to, and what it has of the calls in the journals.

Journals need no extra: a project that keeps its runs in `.specbudget/journal`, as every run does,
has its days and months at hand.  What a history was told to forget of one is no problem of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.spending import Ahead, Spent, cells_of, corrected
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.histories.dismissed import dismissed_in
from pytest_specbudget.histories.paying import paying_folders
from pytest_specbudget.histories.telling import Tellings, latest
from pytest_specbudget.histories.usage import is_store, needs_database, opened, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import date

    from pytest_specbudget.analysis.spending import Cell
    from pytest_specbudget.analysis.store.history import History
    from pytest_specbudget.histories.dismissed import Dismissed
    from pytest_specbudget.histories.telling import Told

__all__ = ["Usage", "kept", "kept_at", "spent", "usage"]

_HISTORY, _JOURNALS = Path(".specbudget/history"), Path(".specbudget/journal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """All calls that are kept.

    Attributes:
        records: Values by the names of columns; to be gone through once.
        problems: What could not be read, or is dated ahead, one sentence each.
    """

    records: Iterable[Told]
    problems: tuple[str, ...] = ()


def kept_at(rootdir: Path) -> Path | None:
    """Return where a project in *rootdir* keeps what it spent: its history, else its journals."""
    return next(iter(kept(rootdir)), None)


def kept(rootdir: Path, named: Path | None = None) -> tuple[Path, ...]:
    """Return all places where a project in *rootdir* keeps what it spent; none if there are none.

    Args:
        rootdir: Where it has its history and its journals.
        named: What was named in the place of its history; its journals are asked all the same.
    """
    history, journals = rootdir / _HISTORY, rootdir / _JOURNALS
    first = history if named is None and is_store(history) else named
    places = [] if first is None else [first]
    if journals.is_dir() and not any(_holds(place, journals) for place in places):
        places.append(journals)
    return tuple(places)


def _holds(place: Path, journals: Path) -> bool:
    """Tell whether whoever reads *place* reads *journals*."""
    within = journals.resolve().is_relative_to(place.resolve())
    return within and not is_store(place)


def spent(*places: Path, today: date, without: Collection[str] = ()) -> Spent:
    """Sum up what was spent by what lies at *places* together, but for the runs *without*.

    Args:
        places: Histories, or files of usage in any shape that a history takes.
        today: The date; what claims to be more than a day later is set aside.
        without: Ids of runs.

    Raises:
        JournalError: If there is nothing at one of *places*, or it takes DuckDB and that is not
            installed.
    """
    stored, told, problems = _asked(places, Tellings(today, without), _paying)
    cells = cells_of(told.records.values())
    if stored is not None:
        with opened(stored, today) as (history, damage):
            cells = _together(stored, history, told)
            problems = (*damage, *problems)
    return Spent(
        cells=tuple(cell for cell in cells if cell.day <= latest(today)),
        problems=problems,
        ahead=tuple(_ahead(stored, cells, told)),
        contradictions=tuple(told.contradictions.values()),
        sources=tuple(map(str, places)),
    )


@contextmanager
def usage(*places: Path, today: date) -> Iterator[Usage]:
    """Give every call of what lies at *places*, as `spent` takes it.

    Raises:
        JournalError: As `spent`.
    """
    stored, told, problems = _asked(places, Tellings(today), lambda place: [place])
    problems += tuple(_left_out(place, several, today) for place, several in told.ahead.items())
    if stored is None:
        yield Usage(records=told.records.values(), problems=problems)
        return
    from pytest_specbudget.analysis.stored_spending import records_in  # noqa: PLC0415 - an extra

    with opened(stored, today) as (history, damage):
        records = told.merged(stored, records_in(history))
        yield Usage(records=records, problems=(*damage, *problems))


def _asked(
    places: Sequence[Path], told: Tellings, homes_at: Callable[[Path], list[Path]]
) -> tuple[Path | None, Tellings, tuple[str, ...]]:
    """Ask all *places* but the first that takes a database, which may be too large for that.

    Returns:
        That one, if there is one; what the others tell; and what of it could not be read.
    """
    stored = [place for place in places if needs_database(place)]
    problems = [line for place in stored[1:] for line in _add_stored(place, told)]
    dismissed = dismissed_in(stored)
    for place in places:
        if place not in stored:
            problems += _add_journals(homes_at(place), told, dismissed)
    return next(iter(stored), None), told, tuple(dict.fromkeys(problems))


def _add_stored(place: Path, told: Tellings) -> tuple[str, ...]:
    from pytest_specbudget.analysis.stored_spending import records_in  # noqa: PLC0415 - an extra

    with opened(place, told.today) as (history, problems):
        told.add(place, records_in(history))
    return problems


def _add_journals(homes: Iterable[Path], told: Tellings, dismissed: Dismissed) -> Iterator[str]:
    for home in homes:
        read = recorded(home, dismissed)
        told.add(home, map(named, read.records))
        yield from read.problems


def _paying(place: Path) -> list[Path]:
    return [place] if place.is_file() else paying_folders(place)


def _together(base: Path, history: History, told: Tellings) -> tuple[Cell, ...]:
    """Sum up *history* and what is *told* beside it."""
    from pytest_specbudget.analysis.stored_spending import (  # noqa: PLC0415 - an extra
        known_in,
        spent_in,
    )

    cells = spent_in(history, without=told.without)
    known = known_in(history, told.days(), told.runs()) if told.records else []
    known = [one for one in known if one["run"] not in told.without]
    return corrected(cells, plus=told.merged(base, known), less=known)


def _ahead(stored: Path | None, cells: Iterable[Cell], told: Tellings) -> Iterator[Ahead]:
    """Sum up what each place dates too far ahead, but for what cost nothing whenever it was."""
    last = latest(told.today)
    found = {} if stored is None else {stored: tuple(one for one in cells if one.day > last)}
    found |= {place: cells_of(several) for place, several in told.ahead.items()}
    for place, several in found.items():
        if several:
            yield Ahead.of(str(place), several)


def _left_out(place: Path, several: Sequence[Told], today: date) -> str:
    count = sum(told["part"] == 0 for told in several)
    first = min(told["day"] for told in several)
    return f"{place}: {calls_of(count)} left out, dated {first} and later: today is {today}"
