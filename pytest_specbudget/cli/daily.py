"""`specbudget daily`: what a day cost, and how its month stands, as `daily_summary.json`.

Exit status: 0 written; 1 a part of what was kept could not be read, or is dated ahead (said, and
the rest summed up); 2 wrong arguments, or nothing was ever kept; 3 a call of that month has an
unknown cost, which no sum holds.  The file is written in each case but 2; with 1 and 3 its sums are
lower bounds, and its `alert_level` is red or null.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cli._kept import (
    DAMAGED,
    UNKNOWN,
    account,
    add_date,
    add_history,
    listed,
    places_of,
    settled_in,
    tell_doubts,
    unknown_told,
)
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import now
from pytest_specbudget.cli._typed import settings_with
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import JournalError, SettingError
from pytest_specbudget.histories.calendar_gates import calendar_limits, with_month_of_table
from pytest_specbudget.reports.daily import daily_summary, unknown_in_month, write_daily_summary

if TYPE_CHECKING:
    import argparse
    from datetime import date

    from pytest_specbudget.analysis.spending import Spent
    from pytest_specbudget.histories.spent import Account
    from pytest_specbudget.settings.settings import Settings

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "sum up a day and its month, as daily_summary.json"
EXAMPLE = "specbudget daily --date 2026-11-21 --history .specbudget/history"

_WRONG_ARGUMENTS = 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_date(parser, "the day, UTC (default: today)")
    add_history(parser)
    parser.add_argument(
        "--month-budget",
        metavar="USD",
        help="ceiling for the month (default: as set, see --spec-month-budget)",
    )
    parser.add_argument(
        "--evidence",
        type=Path,
        default=Path("evidence"),
        metavar="FOLDER",
        help="where evidence lies; the file is written to its folder costs (default: evidence)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the file, print what is in it, and return the exit status."""
    today = now().date()
    day = arguments.date or today
    try:
        settings = _settings(arguments)
        everything = account(places_of(arguments, settings))
    except (SettingError, JournalError) as problem:
        complain(problem)
        return _WRONG_ARGUMENTS
    found = everything.as_of(day, today=today)
    limit = calendar_limits(settings).get("month")
    text = daily_summary(found, day, None if limit is None else limit.ceiling)
    try:
        path = write_daily_summary(text, arguments.evidence / "costs")
    except OSError as problem:
        complain(f"{problem.filename}: cannot be written: {reason_of(problem)}")
        return _WRONG_ARGUMENTS
    print(text, end="")
    _tell(everything, path, day)
    return _doubts(found, day)


def _settings(arguments: argparse.Namespace) -> Settings:
    settings = settings_with(Path.cwd(), month_budget=arguments.month_budget)
    return with_month_of_table(settings)


def _tell(found: Account, path: Path, day: date) -> None:
    complain(
        f"written to {path}: what was billed, from {listed(found.sources)}; replayed calls, "
        "which cost nothing, are in no figure (`specbudget kpi` counts them)"
    )
    for line in settled_in(found, day):
        complain(line)


def _doubts(found: Spent, day: date) -> int:
    damaged = tell_doubts(found)
    unknown = unknown_in_month(found, day)
    if unknown:
        complain(unknown_told(unknown, day))
    return UNKNOWN if unknown else DAMAGED if damaged else 0
