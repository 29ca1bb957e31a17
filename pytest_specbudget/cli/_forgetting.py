"""`specbudget history forget`: dismiss what a history is in doubt about.

What was set aside, and what could not be read, stays where it lies, marked with the day and the
reason; from then on nobody who reads the history is in doubt about it.  What is named is dismissed,
or all of it.

Exit status: 0 ok, also where nothing is in doubt; 2 nothing in doubt is from what was named.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.store.doubts import dismiss, doubts_of
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes, but for the history."""
    parser.add_argument(
        "places",
        nargs="*",
        metavar="FROM",
        help="the file that it came from, as `show` names it; all that is in doubt without one",
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for those who ask later")


def run(arguments: argparse.Namespace) -> int:
    """Dismiss, and say how much.

    Raises:
        JournalError: If nothing in doubt is from a place that was named.
        OSError: If the history cannot be written.
    """
    history: Path = arguments.history
    _expect(arguments.places, history)
    today = datetime.now(UTC).date()
    dismissed = dismiss(history, arguments.reason, today, places=arguments.places)
    print(f"{history}: {_told(dismissed)}", file=sys.stderr)
    return 0


def _expect(places: list[str], history: Path) -> None:
    known = dict.fromkeys(doubt.place for doubt in doubts_of(history) if doubt.open)
    strange = [place for place in places if place not in known]
    if strange:
        told = ", ".join(known) or "nothing"
        raise JournalError(
            f"{history}: nothing in doubt is from {', '.join(strange)}; in doubt is {told}"
        )


def _told(dismissed: int) -> str:
    if not dismissed:
        return "nothing is in doubt"
    return f"{calls_of(dismissed, 'line')} dismissed; what was set aside still lies there"
