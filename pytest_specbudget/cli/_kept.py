"""Where commands about days and months find what was spent, and what they say of its gaps."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.store.embedded import MISSING
from pytest_specbudget.budgets.calendar import period_of
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import now
from pytest_specbudget.cli._words import day
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.histories.settled import settled_notes
from pytest_specbudget.histories.settled_file import FILE_NAME, read_settlements
from pytest_specbudget.histories.spent import kept, spent

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from pytest_specbudget.analysis.spending import Ahead, Spent
    from pytest_specbudget.histories.spent import Account
    from pytest_specbudget.settings.settings import Settings

__all__ = [
    "DAMAGED",
    "LACKING",
    "UNKNOWN",
    "account",
    "add_date",
    "add_history",
    "kept_below",
    "listed",
    "nothing_kept",
    "places_of",
    "settled_in",
    "status_of",
    "tell_doubts",
    "unknown_told",
]

DAMAGED, LACKING, UNKNOWN = 1, 2, 3
"""Exit statuses: a part could not be read or dated; an extra is lacking; a cost is unknown.  Where
several hold, the last counts."""

_SHOWN = 3
_DEEP = 3
_HOME = ".specbudget"
_PACKAGES = frozenset({"node_modules", "site-packages", "__pycache__"})


def add_history(parser: argparse.ArgumentParser) -> None:
    """Say which history."""
    parser.add_argument(
        "--history",
        type=Path,
        metavar="PATH",
        help="a history, or a folder of journals (default: .specbudget/history); the journals in"
        " .specbudget/journal are read as well, each call once",
    )


def add_date(parser: argparse.ArgumentParser, told: str) -> None:
    """Say which day; *told* is what it is for."""
    parser.add_argument("--date", type=day, metavar="YYYY-MM-DD", help=told)


def places_of(arguments: argparse.Namespace, settings: Settings) -> tuple[Path, ...]:
    """Return where is kept what was spent: as named or set, and the journals here.

    Raises:
        JournalError: If nothing is kept here and nothing was named.
    """
    found = kept(Path(), arguments.history or settings.history)
    if not found:
        raise JournalError(nothing_kept())
    return found


def account(places: Iterable[Path]) -> Account:
    """Sum up what was spent by *places*; calls of unknown cost count as was decided here.

    Raises:
        JournalError: If something cannot be read at all, or takes what is not installed.
        SettingError: If what was decided makes no sense.
    """
    settlements = read_settlements(Path(FILE_NAME))
    return spent(*places, today=now().date(), settlements=settlements)


def nothing_kept() -> str:
    """Say that there is no history, where one was looked for, and which folder has one."""
    here = Path.cwd()
    found = [*kept_below(here)] or [folder for folder in here.parents if kept(folder)][:1]
    return (
        f"no history is kept in {here}: there is no .specbudget/history and no .specbudget/journal"
        f"{_elsewhere(found)}"
    )


def _elsewhere(found: Sequence[Path]) -> str:
    """Say which folders have what was looked for, and what to do about it."""
    if not found:
        return "; they lie where pytest has its rootdir: go there, or name one with --history"
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    named = f"{listed(found[:_SHOWN])}{more}"
    has = "have some" if len(found) > 1 else "has one"
    return f"; {named} {has}: go there, or pass --history {kept(found[0])[0]}"


def kept_below(root: Path) -> Iterator[Path]:
    """Yield the folders at most so deep below *root* that keep something, relative to it."""
    for folder, names, _ in os.walk(root):
        here = Path(folder).relative_to(root)
        if _HOME in names and here.parts and kept(here):
            yield here
        names[:] = sorted(one for one in names if not one.startswith(".") and one not in _PACKAGES)
        if len(here.parts) >= _DEEP:
            names.clear()


def tell_doubts(found: Spent, said: Collection[str] = ()) -> bool:
    """Say on standard error what could not be read, dated or agreed upon, unless that was *said*.

    Returns:
        Whether something may be missing from the sums.
    """
    for line in found.problems:
        if line not in said:
            complain(line)
    if found.ahead:
        complain(
            f"{_ahead_told(found.ahead)}; of which day and month that is nobody knows, so it "
            "is in no sum"
        )
    for line in found.contradictions:
        complain(line)
    return bool(found.problems or found.ahead)


def status_of(problem: Exception) -> int:
    """Return the exit status of a command that could not read what is kept."""
    return LACKING if str(problem) == MISSING else DAMAGED


def unknown_told(calls: int, day: date) -> str:
    """Say that *calls* of unknown cost are in the month of *day*, and what to do."""
    return (
        f"{calls_of(calls)} of unknown cost in {day:%Y-%m}: more was spent than is told; "
        "`specbudget history show` names such calls, `specbudget history settle` says what they "
        "count as"
    )


def settled_in(found: Account, day: date) -> list[str]:
    """Say what calls of unknown cost count as in the month of *day*."""
    month = period_of(day, "month")
    of_it = [one for one in found.settled if period_of(one.day, "month") == month]
    return [*settled_notes(of_it, FILE_NAME)]


def _ahead_told(ahead: Sequence[Ahead]) -> str:
    """Say how much is dated ahead: of each place, or of many together."""
    shown, left = ahead[:_SHOWN], ahead[_SHOWN:]
    cost = dollars_of(Money.total(one.billed for one in left))[0]
    calls = calls_of(sum(one.calls for one in left))
    more = (f"and {calls}, {cost}, in {len(left)} more",) if left else ()
    return "; ".join((*map(str, shown), *more))


def listed(places: Iterable[object]) -> str:
    """Write *places* in a row."""
    return " and ".join(map(str, places))
