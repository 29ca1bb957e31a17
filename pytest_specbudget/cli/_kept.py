"""Where commands about days and months find what was spent, and what they say of its gaps."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cli._output import complain
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.histories.spent import kept

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pytest_specbudget.analysis.spending import Ahead, Spent
    from pytest_specbudget.settings.settings import Settings

__all__ = [
    "DAMAGED",
    "UNKNOWN",
    "add_date",
    "add_history",
    "listed",
    "nothing_kept",
    "places_of",
    "tell_doubts",
]

DAMAGED, UNKNOWN = 1, 3
"""Exit statuses: a part could not be read or dated; a call has an unknown cost.  Where both hold,
the latter counts."""

_SHOWN = 3


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
    parser.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help=told)


def places_of(arguments: argparse.Namespace, settings: Settings) -> tuple[Path, ...]:
    """Return where is kept what was spent: as named or set, and the journals here.

    Raises:
        JournalError: If nothing is kept here and nothing was named.
    """
    found = kept(Path(), arguments.history or settings.history)
    if not found:
        raise JournalError(nothing_kept())
    return found


def nothing_kept() -> str:
    """Say that there is no history, where one was looked for, and which folder above has one."""
    here = Path.cwd()
    above = next((folder for folder in here.parents if kept(folder)), None)
    elsewhere = "" if above is None else f"; {above} has one: go there, or name it with --history"
    return (
        f"no history is kept in {here}: there is no .specbudget/history and no .specbudget/journal"
        f"{elsewhere}"
    )


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


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(
            f'"{words}" is no day of the calendar; write one as in 2026-11-22'
        ) from problem
