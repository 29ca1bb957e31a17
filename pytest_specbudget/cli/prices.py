"""`specbudget prices`: build, check and compare price catalogues.

Exit status: 0 ok; 1 `check` found a problem, or a catalogue or its sources are damaged; 2 wrong
arguments.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.comparing import Rates, changes, rates_in_force, upcoming
from pytest_specbudget.prices.loading import (
    CORRECTIONS,
    DATA,
    load_catalogue,
    read_catalogue,
    read_lock,
)

if TYPE_CHECKING:
    import argparse

    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "build, check and diff price catalogues, and look ahead"
EXAMPLE = "specbudget prices diff 2026-07-01 2026-11-21"

_MONTH = timedelta(days=30)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    commands = parser.add_subparsers(metavar="ACTION", required=True)
    _configure_build(commands.add_parser("build", help="compile the catalogue from its sources"))
    _configure_check(commands.add_parser("check", help="verify digests, overlaps and the build"))
    _configure_diff(commands.add_parser("diff", help="compare two catalogues, or two dates"))
    _configure_upcoming(commands.add_parser("upcoming", help="list dated changes that lie ahead"))


def run(arguments: argparse.Namespace) -> int:
    """Run the subcommand and return the exit status."""
    try:
        status: int = arguments.action(arguments)
    except CatalogueError as error:
        print(error, file=sys.stderr)
        return 1
    return status


def _configure_build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", type=_instant, metavar="TIME", help="default: as in the lock")
    _add_folders(parser)
    parser.set_defaults(action=_build)


def _configure_check(parser: argparse.ArgumentParser) -> None:
    _add_folders(parser)
    parser.set_defaults(action=_check)


def _configure_diff(parser: argparse.ArgumentParser) -> None:
    side = "a folder with a compiled catalogue, or a date of the shipped one"
    parser.add_argument(
        "old", nargs="?", metavar="OLD", help=f"{side}; default: a month before NEW"
    )
    parser.add_argument("new", nargs="?", metavar="NEW", help=f"{side}; default: its own date")
    parser.set_defaults(action=_diff)


def _configure_upcoming(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--after", type=_instant, metavar="TIME", help="default: now")
    parser.add_argument("--prices", type=Path, action="append", default=[], metavar="PATH")
    parser.set_defaults(action=_upcoming)


def _add_folders(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, default=DATA, metavar="DIR", help="the catalogue")
    parser.add_argument("--corrections", type=Path, default=CORRECTIONS, metavar="DIR")


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _build(arguments: argparse.Namespace) -> int:
    from pytest_specbudget.prices.compiler import compiling  # noqa: PLC0415 - heavy

    as_of = f"{arguments.as_of:%Y-%m-%dT%H:%M:%SZ}" if arguments.as_of else read_lock(DATA).as_of
    files = compiling.compile_catalogue(arguments.corrections, as_of)
    compiling.write_catalogue(files, arguments.folder)
    print(f"{arguments.folder}: {len(files)} files, {sum(map(len, files.values()))} bytes")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from pytest_specbudget.prices.compiler import checking  # noqa: PLC0415 - heavy

    found = list(checking.problems(arguments.folder, arguments.corrections))
    for problem in found:
        print(problem)
    for remark in checking.remarks(arguments.folder, arguments.corrections):
        print(remark, file=sys.stderr)
    return 1 if found else 0


def _diff(arguments: argparse.Namespace) -> int:
    shipped = load_catalogue()
    new = _side(arguments.new, shipped, shipped.as_of)
    old = _side(arguments.old, shipped, new.at - _MONTH)
    for change in changes(old.rates, new.rates):
        print(change)
    return 0


class _Side(NamedTuple):
    """One side of a comparison."""

    at: datetime
    rates: Rates


def _side(text: str | None, shipped: Catalogue, default: datetime) -> _Side:
    if text is None:
        return _Side(default, rates_in_force(shipped, default))
    if Path(text).is_dir():
        other = read_catalogue(Path(text))
        return _Side(other.as_of, rates_in_force(other, other.as_of))
    try:
        at = _instant(text)
    except ValueError:
        raise CatalogueError(f'"{text}" is neither a folder nor a date') from None
    return _Side(at, rates_in_force(shipped, at))


def _upcoming(arguments: argparse.Namespace) -> int:
    after = arguments.after or datetime.now(UTC)
    for moment, ahead in upcoming(load_catalogue(arguments.prices), after):
        for change in ahead:
            print(f"{moment:%Y-%m-%dT%H:%M:%SZ} {change}")
    return 0
