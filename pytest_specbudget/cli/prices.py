"""`specbudget prices`: build, check and compare price catalogues, and look ahead.

Exit status: 0 ok; 1 `check` found a problem, or a catalogue or its sources are damaged; 2 wrong
arguments.
"""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.cli._options import add_action, add_actions
from pytest_specbudget.cli._output import complain
from pytest_specbudget.core.moments import in_utc
from pytest_specbudget.core.names import nearest
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.comparing import (
    changes,
    names_known,
    rates_ever,
    rates_in_force,
    renamed,
    upcoming,
)
from pytest_specbudget.prices.loading import (
    CORRECTIONS,
    DATA,
    LOCK_NAME,
    load_catalogue,
    read_catalogue,
    read_lock,
)
from pytest_specbudget.prices.overlay_files import overlay_file, shipped_overlays

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.prices.comparing import Names, Rates

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "build, check and diff price catalogues, and look ahead"
EXAMPLE = "specbudget prices diff seed-2025-10"

_MONTH = timedelta(days=30)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    commands = add_actions(parser)
    _configure_build(
        add_action(
            commands,
            "build",
            "compile the catalogue from its sources",
            "specbudget prices build --as-of 2026-11-21",
        )
    )
    _configure_check(
        add_action(
            commands,
            "check",
            "verify a catalogue, and overlays on it",
            "specbudget prices check --prices prices.toml",
        )
    )
    _configure_diff(add_action(commands, "diff", "compare catalogues, overlays or dates", EXAMPLE))
    _configure_upcoming(
        add_action(
            commands,
            "upcoming",
            "list dated changes that lie ahead",
            "specbudget prices upcoming --after catalogue",
        )
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the subcommand and return the exit status."""
    try:
        status: int = arguments.action(arguments)
    except CatalogueError as error:
        complain(error)
        return 1
    return status


def _configure_build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--as-of",
        type=_time,
        metavar="TIME",
        help="the date of the catalogue (default: as in the lock)",
    )
    _add_folders(parser)
    parser.set_defaults(action=_build)


def _configure_check(parser: argparse.ArgumentParser) -> None:
    _add_folders(parser)
    _add_overlays(parser)
    parser.add_argument(
        "--at", type=_time, metavar="TIME", help="warn of prices that are stale then (default: now)"
    )
    parser.set_defaults(action=_check)


def _configure_diff(parser: argparse.ArgumentParser) -> None:
    side = "a folder with a compiled catalogue, an overlay (file or name), or a date"
    parser.add_argument(
        "old", nargs="?", metavar="OLD", help=f"{side} (default: a month before NEW)"
    )
    parser.add_argument(
        "new", nargs="?", metavar="NEW", help=f"{side} (default: the shipped catalogue)"
    )
    parser.add_argument(
        "--ever", action="store_true", help="compare the prices of all times, not those in force"
    )
    parser.set_defaults(action=_diff)


def _configure_upcoming(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--after",
        type=_time,
        metavar="TIME",
        help="a time, or `catalogue` for its date (default: now)",
    )
    _add_overlays(parser)
    parser.set_defaults(action=_upcoming)


def _add_folders(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--folder",
        type=Path,
        default=DATA,
        metavar="DIR",
        help="the catalogue (default: the shipped one)",
    )
    parser.add_argument(
        "--corrections",
        type=Path,
        default=CORRECTIONS,
        metavar="DIR",
        help="what corrects its sources (default: the shipped ones)",
    )


def _add_overlays(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--prices",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="overlay TOML, or the name of a shipped one; repeatable, the later on top",
    )


def _time(text: str) -> datetime:
    if text == "catalogue":
        return read_catalogue(DATA).as_of
    try:
        return _instant(text)
    except ValueError:
        raise ArgumentTypeError(f'"{text}" is no time; write one like 2026-11-21') from None


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else in_utc(moment)


def _build(arguments: argparse.Namespace) -> int:
    from pytest_specbudget.prices.compiler import compiling  # noqa: PLC0415 - heavy

    as_of = f"{arguments.as_of:%Y-%m-%dT%H:%M:%SZ}" if arguments.as_of else read_lock(DATA).as_of
    before = _replaced(arguments.folder)  # read now: afterwards its files are others
    files = compiling.compile_catalogue(arguments.corrections, as_of)
    compiling.write_catalogue(files, arguments.folder)
    if before is not None:
        _print_differences(before, _ever(read_catalogue(arguments.folder)))
    size = sum(map(len, files.values()))
    print(f"{arguments.folder}: {len(files)} files, {size:,} bytes", file=sys.stderr)
    return 0


def _replaced(folder: Path) -> _Side | None:
    """Read what is about to be replaced; a damaged catalogue is replaced without a comparison."""
    if not (folder / LOCK_NAME).exists():
        return None
    try:
        return _ever(read_catalogue(folder))
    except (CatalogueError, ValueError) as error:
        _warn([f"not compared with what was there: {error}"])
        return None


def _check(arguments: argparse.Namespace) -> int:
    from pytest_specbudget.prices.compiler import checking  # noqa: PLC0415 - heavy

    catalogue = load_catalogue(arguments.prices)
    found = list(checking.problems(arguments.folder, arguments.corrections))
    _print(found)
    at = arguments.at or datetime.now(UTC)
    _warn(checking.remarks(arguments.folder, arguments.corrections, at))
    _warn(checking.overlay_remarks(arguments.prices, catalogue))
    _warn(catalogue.disagreements)
    _warn(catalogue.meant)
    _warn(catalogue.unused)
    return 1 if found else 0


def _diff(arguments: argparse.Namespace) -> int:
    new = _side(arguments.new)
    old = _side(arguments.old) if arguments.old else _seen(new.catalogue, new.at - _MONTH)
    if arguments.ever:
        old, new = _ever(old.catalogue), _ever(new.catalogue)
    _print_differences(old, new)
    return 0


class _Side(NamedTuple):
    """One side of a comparison: prices, as they are at an instant."""

    catalogue: Catalogue
    at: datetime
    rates: Rates
    names: Names


def _seen(catalogue: Catalogue, at: datetime) -> _Side:
    return _Side(catalogue, at, rates_in_force(catalogue, at), names_known(catalogue))


def _ever(catalogue: Catalogue) -> _Side:
    return _Side(catalogue, catalogue.as_of, rates_ever(catalogue), names_known(catalogue))


def _side_of(catalogue: Catalogue) -> _Side:
    return _seen(catalogue, catalogue.as_of)


def _side(text: str | None) -> _Side:
    if text is None:
        return _side_of(load_catalogue())
    path = overlay_file(Path(text))
    if path.is_dir():
        return _side_of(read_catalogue(path))
    if path.exists():
        return _side_of(load_catalogue([path]))
    try:
        return _seen(load_catalogue(), _instant(text))
    except ValueError:
        near = nearest(text, shipped_overlays())
        hint = f'; did you mean "{near}"?' if near else ""
        raise CatalogueError(f'"{text}" is neither a folder, an overlay nor a date{hint}') from None


def _print_differences(old: _Side, new: _Side) -> None:
    """Print what has another price first, then what has a price on one side alone, then names."""
    found = changes(old.rates, new.rates)
    _print(change for change in found if change.factor is not None)
    _print(change for change in found if change.factor is None)
    _print(renamed(old.names, new.names))


def _upcoming(arguments: argparse.Namespace) -> int:
    after = arguments.after or datetime.now(UTC)
    catalogue = load_catalogue(arguments.prices)
    _warn(_no_longer_promised(after))
    for moment, ahead in upcoming(catalogue, after):
        _print(f"{moment:%Y-%m-%dT%H:%M:%SZ} {change}" for change in ahead)
    return 0


def _no_longer_promised(after: datetime) -> Iterator[str]:
    from pytest_specbudget.prices.compiler.corrections import (  # noqa: PLC0415 - heavy
        read_corrections,
    )

    for _, file in read_corrections(CORRECTIONS):
        for promise in file.promise:
            models = ", ".join(f"{promise.provider}/{model}" for model in promise.models)
            tense = "were" if promise.until <= after else "are"
            until = f"{promise.until:%Y-%m-%d}"
            yield f"the prices of {models} {tense} promised until {until} only ({promise.source})"


def _print(lines: Iterable[object]) -> None:
    for line in lines:
        print(line)


def _warn(lines: Iterable[object]) -> None:
    for line in lines:
        complain(line)
