"""What was used and spent, wherever that is kept: a history, and the journals of all runs.

A history holds what was added to it, and a run leaves a journal before anybody adds it.  So both
are asked together and each call counts once (`telling`); of a large history no more is asked than
what it sums up to, and what it has of the calls in the journals.

Journals need no extra: a project that keeps its runs in `.specbudget/journal`, as every run does,
has its days and months at hand.  What a history was told to forget of one is no problem of it.  A
call of unknown cost counts as was decided of it (`settled`).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.spending import Ahead, Spent, cells_of, corrected
from pytest_specbudget.analysis.store.changing import steadily
from pytest_specbudget.core.value import value
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.histories.dismissed import dismissed_in
from pytest_specbudget.histories.doubted import Doubts, doubted_in, doubted_of
from pytest_specbudget.histories.paying import journal_folders, paying_folders
from pytest_specbudget.histories.settled import NOTHING_SETTLED
from pytest_specbudget.histories.telling import Tellings, latest
from pytest_specbudget.histories.usage import is_store, needs_database, opened, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import date

    from pytest_specbudget.analysis.spending import Cell
    from pytest_specbudget.analysis.store.history import History
    from pytest_specbudget.analysis.store.joined import Joined
    from pytest_specbudget.histories.dismissed import Dismissed
    from pytest_specbudget.histories.settled import Settled, Settlements
    from pytest_specbudget.histories.telling import Told

__all__ = ["Account", "Usage", "in_doubt", "journaled", "kept", "spent", "together", "usage"]

_HISTORY, _JOURNALS = Path(".specbudget/history"), Path(".specbudget/journal")


@value
class Account(Spent):
    """What is known to have been spent, and what was decided of what is not known.

    Attributes:
        settled: The calls of unknown cost that count as was decided.
    """

    settled: tuple[Settled, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """All calls that are kept.

    Attributes:
        records: Values by the names of columns; to be gone through once.
        several: The calls of which a further part than the first is told.
        problems: What could not be read, or is dated ahead, one sentence each.
    """

    records: Iterable[Told]
    several: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()


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


def spent(
    *places: Path,
    today: date,
    without: Collection[str] = (),
    settlements: Settlements = NOTHING_SETTLED,
) -> Account:
    """Sum up what was spent by what lies at *places* together, but for the runs *without*.

    Args:
        places: Histories, or files of usage in any shape that a history takes.
        today: The date; what claims to be more than a day later is set aside.
        without: Ids of runs.
        settlements: What calls of unknown cost count as.

    Raises:
        JournalError: If there is nothing at one of *places*, or it takes DuckDB and that is not
            installed.
    """
    return steadily(lambda: _spent(places, Tellings(today, without), settlements))


def _spent(places: Sequence[Path], told: Tellings, settlements: Settlements) -> Account:
    stored, problems = _ask(places, told, _paying)
    if stored is None:
        records, settled = settlements.applied(told.records.values())
        cells = cells_of(records)
    else:
        with opened(stored, told.today) as (history, damage):
            cells, settled, missing = _summed(stored, history, told, settlements)
            problems = (*damage, *problems, *missing)
    return Account(
        cells=tuple(cell for cell in cells if cell.day <= latest(told.today)),
        problems=problems,
        ahead=tuple(_ahead(stored, cells, told)),
        contradictions=tuple(told.contradictions.values()),
        sources=tuple(map(str, places)),
        settled=settled,
    )


def in_doubt(
    *places: Path, today: date, without: Collection[str] = (), named: Collection[str] = ()
) -> Doubts:
    """Return the calls of unknown cost that `spent` counts where nothing is settled.

    Args:
        places: As `spent`.
        today: As `spent`.
        without: As `spent`.
        named: Ids of calls and runs that are wanted, however many there are that are newer.

    Raises:
        JournalError: As `spent`.
    """
    found = steadily(lambda: _in_doubt(places, Tellings(today, without), named))
    dated = (one for one in found.calls if one.at.date() <= latest(today))
    newest = sorted(sorted(dated, key=attrgetter("id")), key=attrgetter("at"), reverse=True)
    return replace(found, calls=tuple(newest))


def _in_doubt(places: Sequence[Path], told: Tellings, named: Collection[str]) -> Doubts:
    stored, _ = _ask(places, told, _paying)
    if stored is None:
        return Doubts(calls=tuple(doubted_of(told.records.values())))
    with opened(stored, told.today) as (history, _):
        now, known = _known(history, told)
        beside = doubted_of(told.merged(stored, known))
        ids = {*told.ids(), *(one["id"] for one in known)}
        found = doubted_in(now, but=ids, without=told.without, named=named)
    return replace(found, calls=(*beside, *found.calls))


@contextmanager
def usage(*places: Path, today: date) -> Iterator[Usage]:
    """Give every call of what lies at *places*, as `spent` takes it.

    Raises:
        ChangedError: If another process wrote a history anew before it was read; ask `steadily`.
        JournalError: As `spent`.
    """
    told = Tellings(today)
    stored, problems = _ask(places, told, lambda place: [place])
    problems += tuple(_left_out(told))
    if stored is None:
        yield Usage(records=told.records.values(), several=told.several(), problems=problems)
        return
    from pytest_specbudget.analysis.stored_spending import (  # noqa: PLC0415 - an extra
        records_in,
        several_in,
    )

    with opened(stored, today) as (history, damage):
        now, known = _known(history, told)
        yield Usage(
            records=told.merged(stored, records_in(now)),
            several=told.several() | several_in(now),
            problems=(*damage, *problems, *told.missing(stored, known)),
        )


def journaled(*places: Path, today: date) -> Usage:
    """Return every call of the journals at *places*, as it is priced: without what is absurd.

    The parts of a call follow each other in their order.  Where two journals tell of one call
    differently, nobody can tell whether prices moved what it cost: the dearer counts, and that is a
    problem.

    Raises:
        JournalError: If there is nothing at one of *places*.
    """
    told = Tellings(today)
    _, problems = _ask_all(places, told)
    return Usage(records=told.by_call(), problems=(*problems, *told.contradictions.values()))


@contextmanager
def together(*places: Path, today: date) -> Iterator[tuple[Joined, tuple[str, ...]]]:
    """Give what lies at *places*, of which one is a history, as one, to be priced likewise.

    The history is not gone through for that: what journals tell beyond it is laid beside it.

    Yields:
        Both as one; and what could not be read or is in doubt, a sentence each.

    Raises:
        ChangedError: If another process wrote to the history meanwhile; ask `steadily`.
        JournalError: As `spent`.
    """
    told = Tellings(today)
    stored, problems = _ask_all(places, told)
    with opened(stored or places[0], today) as (history, damage):
        now, known = _known(history, told)
        one = now.having(told.merged(history.folder, known), instead_of=known)
        missing = told.missing(history.folder, known)
        yield one, (*damage, *problems, *missing, *told.contradictions.values())


def _known(
    history: History, told: Tellings, calls: Iterable[str] = ()
) -> tuple[Joined, Sequence[Told]]:
    """Return *history* as it is now, and what it has of some calls.

    Args:
        history: Any.
        told: The calls that are told of beside it.
        calls: Ids of more.
    """
    from pytest_specbudget.analysis.store.joined import known_in, pinned  # noqa: PLC0415 - an extra

    now = pinned(history.folder)
    return now, known_in(now, told.ids().union(calls), told.runs())


def _ask_all(places: Sequence[Path], told: Tellings) -> tuple[Path | None, tuple[str, ...]]:
    """Ask *places* as `_ask`, replays too, and set aside what no history would take."""
    stored, problems = _ask(places, told, _folders)
    return stored, (*problems, *_left_out(told), *told.set_absurd_aside())


def _ask(
    places: Sequence[Path], told: Tellings, homes_at: Callable[[Path], list[Path]]
) -> tuple[Path | None, tuple[str, ...]]:
    """Ask all *places* but the first that takes a database, which may be too large for that.

    Args:
        places: All of them.
        told: Takes what they tell.
        homes_at: Which folders of journals to read, of a place.

    Returns:
        The place that was not asked, if there is one; and what of the others could not be read.
    """
    stored = [place for place in places if needs_database(place)]
    problems = [line for place in stored[1:] for line in _add_stored(place, told)]
    dismissed = dismissed_in(stored)
    for place in places:
        if place not in stored:
            problems += _add_journals(homes_at(place), told, dismissed)
    return next(iter(stored), None), tuple(dict.fromkeys(problems))


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


def _folders(place: Path) -> list[Path]:
    return [place] if place.is_file() else journal_folders(place)


def _summed(
    base: Path, history: History, told: Tellings, settlements: Settlements
) -> tuple[tuple[Cell, ...], tuple[Settled, ...], tuple[str, ...]]:
    """Sum up *history* and what is *told* beside it.

    Returns:
        The sums; the calls that count as was decided; and what is missing of the sums.
    """
    from pytest_specbudget.analysis.stored_spending import spent_in  # noqa: PLC0415 - an extra

    now, known = _known(history, told, settlements.by_call)
    cells = spent_in(now, without=told.without)
    known = [one for one in known if one["run"] not in told.without]
    counting, settled = settlements.applied(told.merged(base, known))
    both = corrected(cells, plus=counting, less=known)
    return both, settled, told.missing(base, known)


def _ahead(stored: Path | None, cells: Iterable[Cell], told: Tellings) -> Iterator[Ahead]:
    """Sum up what each place dates too far ahead, but for what cost nothing whenever it was."""
    last = latest(told.today)
    found = {} if stored is None else {stored: tuple(one for one in cells if one.day > last)}
    found |= {place: cells_of(several) for place, several in told.ahead.items()}
    for place, several in found.items():
        if several:
            yield Ahead.of(str(place), several)


def _left_out(told: Tellings) -> Iterator[str]:
    """Say what each place dates too far ahead."""
    for place, several in told.ahead.items():
        count = sum(one["part"] == 0 for one in several)
        first = min(one["day"] for one in several)
        yield (
            f"{place}: {calls_of(count)} left out, dated {first} and later: today is {told.today}"
        )
