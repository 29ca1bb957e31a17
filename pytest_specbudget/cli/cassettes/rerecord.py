"""`specbudget cassettes rerecord`: which recordings to make anew, for how much, and by which tests.

Recording calls providers and costs money, so nothing is run before it is agreed to: by `--yes`, or
by a cap that the estimate does not exceed.  The estimate is what the recorded calls would cost
today; a new answer may be longer, and the cap holds all the same: `_sending` sees to it.
"""

from __future__ import annotations

import argparse
import json
import shlex
from dataclasses import dataclass, replace
from datetime import timedelta
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cli._options import configure_prices
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import (
    configure_paths,
    now,
    shown_path,
    with_shelf,
)
from pytest_specbudget.cli._table import say
from pytest_specbudget.cli.cassettes._figures import dates, known_cost
from pytest_specbudget.cli.cassettes._runs import Past, past_runs
from pytest_specbudget.cli.cassettes._sending import send
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars, dollars_beside
from pytest_specbudget.errors import JournalError, MoneyError
from pytest_specbudget.prices.pricing import price
from pytest_specbudget.recordings.inventory import entry_of, total_of
from pytest_specbudget.recordings.rerecording import covers, node_of, recorder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from pytest_specbudget.cli._journaled import Used
    from pytest_specbudget.cli._shelf import Shelf
    from pytest_specbudget.cli.cassettes._sending import Command
    from pytest_specbudget.core.ledger import Totals
    from pytest_specbudget.recordings.inventory import Entry
    from pytest_specbudget.recordings.library import Recording
    from pytest_specbudget.recordings.valuation import Quoter

    Wanted = Callable[["Chosen"], bool]

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "which recordings to make anew, for about how much, and by which tests"
EXAMPLE = "specbudget cassettes rerecord tests --older-than 90 --dry-run"

_FAILED, _WRONG_ARGUMENTS = 1, 2
_RECORD = "--spec-record=all"
_OF_THE_MARKER = {"pytest_recording": "--record-mode=rewrite", "pytest_vcr": "--vcr-record=all"}
"""How the plugins that have the marker `vcr` record anew, by their modules.

Source: a suite that pytest-recording 0.14.1 recorded so, and the description of pytest-vcr's option
`--vcr-record`, which takes a mode of vcrpy's (both 2026-11-22)."""
_UNKNOWN = (
    "neither the newest journal in this folder nor its place tells whose it is; "
    "run this in the folder that is pytest's rootdir"
)
_BY_ITSELF = (
    "its test opens it with vcrpy's use_cassette; set record_mode there, or delete the file"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A recording that may be made anew.

    Attributes:
        path: The file.
        entry: What it holds, at today's prices.
        nodes: The node ids that pytest records it by; none if nobody knows.
        changed: Whether the newest run asked for something else than it holds.
        option: What makes pytest record it; None if no option does.
        along: Whether nobody chose it, but a command that records another records it, too.
    """

    path: Path
    entry: Entry
    nodes: tuple[str, ...]
    changed: bool
    option: str | None = _RECORD
    along: bool = False


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
        "--older-than", type=_days, metavar="DAYS", help="those with an answer older than this"
    )
    which.add_argument(
        "--model", metavar="GLOB", help="those with a call of such a model or provider/model"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be sent")
    parser.add_argument("--yes", action="store_true", help="record, whatever the estimate says")
    parser.add_argument(
        "--max-cost",
        type=_amount,
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
    chosen = _chosen(arguments, shelf, past.used, now())
    _tell(chosen, as_json=arguments.json)
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


def _days(words: str) -> timedelta:
    try:
        days = timedelta(days=float(words))
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{words!r} is no number of days") from None
    if days < timedelta():
        raise argparse.ArgumentTypeError(f"{words!r} is below 0")
    return days


def _amount(words: str) -> Money:
    try:
        return Money.parse(words)
    except MoneyError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def _chosen(
    arguments: argparse.Namespace, shelf: Shelf, used: Used, moment: datetime
) -> list[Chosen]:
    """Choose, and add what the commands for the chosen ones would record beside them."""
    quote = _today(shelf, moment)
    wishes = [*_wishes(arguments, moment)]

    def seen(paths: list[Path]) -> list[Chosen]:
        found = shelf.recordings(paths)
        return [_one(name, recording, shelf, used, quote) for name, recording in found]

    asked = seen(arguments.paths)
    chosen = [one for one in asked if all(wish(one) for wish in wishes)]
    folders = _beside(chosen, shelf)
    beside = asked + (seen(folders) if folders else [])
    return [*chosen, *_along(chosen, beside)]


def _beside(chosen: list[Chosen], shelf: Shelf) -> list[Path]:
    """Return where recordings may lie that the commands for the chosen ones record, too."""
    whole_folders = any(Path(node).is_dir() for node in _nodes(chosen))
    return [
        *sorted({one.path.parent for one in chosen}),
        *(shelf.folders() if whole_folders else ()),
    ]


def _along(chosen: list[Chosen], beside: list[Chosen]) -> Iterator[Chosen]:
    """Yield what no wish fits, and the commands for the chosen ones record all the same."""
    nodes, paths = set(_nodes(chosen)), {one.path for one in chosen}
    for one in beside:
        if one.path not in paths and any(covers(node, its) for node in nodes for its in one.nodes):
            yield replace(one, along=True)


def _today(shelf: Shelf, moment: datetime) -> Quoter:
    """Price as a live call is priced at *moment*."""
    catalogue = shelf.desk.catalogue
    return lambda reading, _exchange: price(reading, catalogue, moment)


def _one(name: str, recording: Recording, shelf: Shelf, used: Used, quote: Quoter) -> Chosen:
    path = recording.path.resolve()
    tests = [test for test in used.tests.get(path, ()) if not test.startswith("<")]
    if not tests:
        found = node_of(path, Path.cwd(), shelf.settings.cassette_dir)
        tests = [found] if found is not None else []
    return Chosen(
        path=path,
        entry=entry_of(recording, name, quote),
        nodes=tuple(tests),
        changed=path in used.changed or not used.missed.isdisjoint(tests),
        option=_option(tests),
    )


def _option(tests: list[str]) -> str | None:
    """Return the option by which *tests* record; None where a test records by itself."""
    recorders = {recorder_of(test, Path.cwd()) for test in tests}
    if "vcrpy" in recorders:
        return None
    return _marker_option() if "vcr marker" in recorders else _RECORD


def _marker_option() -> str:
    installed = (option for name, option in _OF_THE_MARKER.items() if find_spec(name) is not None)
    return next(installed, _OF_THE_MARKER["pytest_recording"])


def _wishes(arguments: argparse.Namespace, moment: datetime) -> Iterator[Wanted]:
    if arguments.changed:
        yield lambda one: one.changed
    if arguments.older_than is not None:
        before = moment - arguments.older_than
        yield lambda one: one.entry.first is not None and one.entry.first < before
    if arguments.model:
        pattern: str = arguments.model
        yield lambda one: any(
            _is_named(model, pattern) for model in (*one.entry.models, *one.entry.asked)
        )


def _is_named(model: str, pattern: str) -> bool:
    return fnmatchcase(model, pattern) or fnmatchcase(model.partition("/")[2], pattern)


def _tell(chosen: list[Chosen], *, as_json: bool) -> None:
    for one in chosen:
        if as_json:
            print(json.dumps(_line(one)))
        else:
            for line in _lines(one):
                say(line)
    if not as_json:
        say(_sum(chosen))


def _lines(one: Chosen) -> Iterator[str]:
    entry = one.entry
    about = _about(entry.totals)
    yield f"{entry.name}   {calls_of(entry.totals.calls)}, {about}, recorded {_when(entry)}"
    yield f"    sends    {', '.join(entry.models) or 'no model call'}"
    for reason in entry.unpriced:
        yield f"    unknown  {reason}"
    if one.along:
        yield "    command  one of the above records it along"
        return
    for command in _ways(one):
        yield f"    command  {shlex.join(['pytest', *command])}"
    if not one.nodes:
        yield f"    command  unknown: {_UNKNOWN}"
    elif one.option is None:
        yield f"    command  none: {_BY_ITSELF}"


def _when(entry: Entry) -> str:
    return "at an unknown date" if entry.first is None else dates(entry.first, entry.last)


def _about(totals: Totals) -> str:
    cost = known_cost(totals)
    if cost is None:
        return "cost unknown"
    unknown = totals.unbounded_calls
    doubt = f" and {calls_of(unknown)} of unknown cost" if unknown else ""
    return f"about {dollars(cost)}{doubt}"


def _sum(chosen: list[Chosen]) -> str:
    whole = total_of(one.entry for one in chosen).totals
    many = calls_of(len(chosen), "recording")
    calls = calls_of(whole.calls)
    return f"{many}, {calls}: {_about(whole)} at today's list prices; new answers may be longer"


def _line(one: Chosen) -> dict[str, Any]:
    totals, cost = one.entry.totals, known_cost(one.entry.totals)
    first = one.entry.first
    return {
        "file": one.entry.name,
        "calls": totals.calls,
        "models": one.entry.models,
        "estimate_usd": None if cost is None else str(cost),
        "calls_unknown": totals.unbounded_calls,
        "recorded_first": None if first is None else first.isoformat(),
        "tests": one.nodes,
        "option": one.option,
        "changed": one.changed,
        "along": one.along,
    }


def _record(chosen: list[Chosen], cap: Money | None) -> int:
    """Run the tests, if *cap* holds the estimate."""
    problem = "" if cap is None else _over(chosen, cap)
    if problem:
        complain(problem)
        return _FAILED
    lost = [(one, why) for one in chosen if (why := _why_not(one))]
    for one, why in lost:
        complain(f"{one.entry.name}: not recorded anew, {why}")
    before = {one.path: _stamp(one.path) for one in chosen if not _why_not(one)}
    sending = send(_commands(chosen), cap)
    same = [path for path, stamp in before.items() if _stamp(path) == stamp]
    for path in same:
        complain(f"{shown_path(path)}: is as it was; its test failed, or another plugin records it")
    complain(sending)
    return 0 if sending.is_well and not lost and not same else _FAILED


def _why_not(one: Chosen) -> str:
    """Say why no command records *one*; empty if one does."""
    if not one.nodes:
        return "no test is known for it"
    if one.option is None:
        return _BY_ITSELF
    if one.option != _RECORD and not any(map(find_spec, _OF_THE_MARKER)):
        return "its test has the marker vcr, and pytest-recording is not installed here"
    return ""


def _ways(one: Chosen) -> list[Command]:
    return [] if one.option is None else [(node, one.option) for node in one.nodes]


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


def _nodes(chosen: Iterable[Chosen]) -> list[str]:
    return list(dict.fromkeys(node for one in chosen for node in one.nodes))


def _commands(chosen: Iterable[Chosen]) -> list[Command]:
    """Return what to run: no test that another command runs already, which would pay twice."""
    every = list(
        dict.fromkeys(
            way for one in chosen if not one.along and not _why_not(one) for way in _ways(one)
        )
    )
    return [
        (node, option)
        for node, option in every
        if not any(covers(other, node) and by == option for other, by in every if other != node)
    ]
