"""`specbudget cassettes rerecord`: which recordings to make anew, for how much, and by which tests.

Recording calls providers and costs money, so nothing is run before it is agreed to: by `--yes`, or
by a cap that the estimate does not exceed.  The estimate is what the recorded calls would cost
today; a new answer may be longer, and the cap holds all the same: `_sending` sees to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.cli._options import configure_prices
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import (
    configure_paths,
    now,
    shown_path,
    with_shelf,
)
from pytest_specbudget.cli._words import amount, days
from pytest_specbudget.cli.cassettes._choosing import choose, ways, why_not
from pytest_specbudget.cli.cassettes._proposed import propose
from pytest_specbudget.cli.cassettes._runs import Past, past_runs
from pytest_specbudget.cli.cassettes._sending import send
from pytest_specbudget.core.wording import calls_of, dollars_beside
from pytest_specbudget.errors import JournalError
from pytest_specbudget.recordings.inventory import total_of
from pytest_specbudget.recordings.rerecording import covers

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_specbudget.cli._shelf import Shelf
    from pytest_specbudget.cli.cassettes._choosing import Chosen
    from pytest_specbudget.cli.cassettes._sending import Command
    from pytest_specbudget.core.money import Money

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "which recordings to make anew, for about how much, and by which tests"
EXAMPLE = "specbudget cassettes rerecord tests --older-than 90 --dry-run"

_FAILED, _WRONG_ARGUMENTS = 1, 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the action takes."""
    configure_paths(parser)
    configure_prices(parser)
    which = parser.add_argument_group("which of them (each option narrows the choice)")
    which.add_argument(
        "--changed",
        action="store_true",
        help="those that no longer fit what the tests ask, by the journal of the newest run",
    )
    which.add_argument(
        "--older-than", type=days, metavar="DAYS", help="those with an answer older than this"
    )
    which.add_argument(
        "--model", metavar="GLOB", help="those with a call of such a model or provider/model"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be sent")
    parser.add_argument("--yes", action="store_true", help="record, whatever the estimate says")
    parser.add_argument(
        "--max-cost",
        type=amount,
        metavar="USD",
        help="record if the estimate is at most this; refuses calls that could pass it",
    )
    parser.add_argument("--json", action="store_true", help="one JSON line a recording")


@with_shelf
def run(arguments: argparse.Namespace, shelf: Shelf) -> int:
    """Choose and record; 1 if a test failed or the cap is too low, 2 if nobody agreed."""
    if not (arguments.dry_run or arguments.yes or arguments.max_cost is not None):
        complain(
            "recording calls providers and costs money; add --dry-run, --max-cost USD or --yes"
        )
        return _WRONG_ARGUMENTS
    if arguments.max_cost is not None and shelf.settings.disabled:
        complain("--max-cost holds nothing while SPECBUDGET_DISABLE switches the gate off")
        return _WRONG_ARGUMENTS
    past = _past(arguments, shelf)
    if arguments.changed and not past.runs:
        complain("--changed reads the journal of the newest run, and there is none; run pytest")
        return _WRONG_ARGUMENTS
    chosen = choose(arguments, shelf, past.used, now())
    propose(chosen, as_json=arguments.json)
    if arguments.changed and past.note:
        complain(past.note)
    shelf.torn = 0  # to be made anew is what becomes of them
    return 0 if arguments.dry_run else _record(chosen, arguments.max_cost)


def _past(arguments: argparse.Namespace, shelf: Shelf) -> Past:
    """Read the newest runs; only `--changed` cannot do without.

    Raises:
        JournalError: If they cannot be read, and `--changed` asks for them.
    """
    try:
        return past_runs(arguments.paths or shelf.folders())
    except JournalError:
        if arguments.changed:
            raise
        return Past()


def _record(chosen: list[Chosen], cap: Money | None) -> int:
    """Run the tests, if *cap* holds the estimate."""
    problem = "" if cap is None else _over(chosen, cap)
    if problem:
        complain(problem)
        return _FAILED
    lost = [(one, why) for one in chosen if (why := why_not(one))]
    for one, why in lost:
        complain(f"{one.entry.name}: not recorded anew, {why}")
    before = {one.path: _stamp(one.path) for one in chosen if not why_not(one)}
    sending = send(_commands(chosen), cap)
    same = [path for path, stamp in before.items() if _stamp(path) == stamp]
    for path in same:
        complain(f"{shown_path(path)}: is as it was; its test failed, or another plugin records it")
    complain(sending)
    return 0 if sending.is_well and not lost and not same else _FAILED


def _stamp(path: Path) -> tuple[int, int] | None:
    """Tell one state of a file from another: a recording made anew is another file."""
    try:
        told = path.stat()
    except FileNotFoundError:
        return None
    return told.st_ino, told.st_mtime_ns


def _over(chosen: list[Chosen], cap: Money) -> str:
    whole = total_of(one.entry for one in chosen).totals
    if whole.unbounded_calls:
        many = calls_of(whole.unbounded_calls)
        return f"{many} of unknown cost; --max-cost holds nothing then (a price, or --yes)"
    if whole.list_cost > cap:
        cost, most = dollars_beside(cap, whole.list_cost)
        return f"about {cost}, above --max-cost {most}; nothing was recorded"
    return ""


def _commands(chosen: Iterable[Chosen]) -> list[Command]:
    """Return what to run: no test that another command runs already, which would pay twice."""
    every = list(
        dict.fromkeys(
            way for one in chosen if not one.along and not why_not(one) for way in ways(one)
        )
    )
    return [
        (node, option)
        for node, option in every
        if not any(covers(other, node) and by == option for other, by in every if other != node)
    ]
