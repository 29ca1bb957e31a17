"""What words on the command line mean: days, times and amounts, the same for every command.

Each is what `argparse` takes as a `type`; what makes no sense is told with a word that does.
"""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, timedelta

from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import MoneyError

__all__ = ["amount", "day", "days", "instant", "moment"]


def day(words: str) -> date:
    """Return a day of the calendar."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        told = f'"{words}" is no day of the calendar; write one like 2026-11-22'
        raise argparse.ArgumentTypeError(told) from None


def days(words: str) -> timedelta:
    """Return so many days, 0 or more."""
    try:
        span = timedelta(days=float(words))
    except (ValueError, OverflowError):
        span = timedelta(-1)
    if span < timedelta():
        told = f'"{words}" is no number of days; write one of 0 or more, like 90'
        raise argparse.ArgumentTypeError(told)
    return span


def instant(words: str) -> datetime:
    """Return a time that says where it holds; aware."""
    found = _time(words)
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError(f'"{words}" has no time zone; add Z or an offset')
    return found


def moment(words: str) -> datetime:
    """Return a time, in UTC where it has no offset, or the beginning of a day; aware."""
    found = _time(words)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def amount(words: str) -> Money:
    """Return an amount of 0 or more."""
    try:
        return Money.parse(words)
    except MoneyError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def _time(words: str) -> datetime:
    try:
        return datetime.fromisoformat(words)
    except ValueError:
        told = f'"{words}" is no time; write one like 2026-11-21T09:30:00Z'
        raise argparse.ArgumentTypeError(told) from None
