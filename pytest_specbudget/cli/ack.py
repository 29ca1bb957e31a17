"""`specbudget ack`: accept a regression on purpose, for a time and with a reason."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from pytest_specbudget.audit.acks import Acknowledgement
from pytest_specbudget.audit.comparison import Scope
from pytest_specbudget.cli._kept import kept_below
from pytest_specbudget.cli._measured import (
    Measured,
    UnsureError,
    check_readable,
    measured,
    rootdir_told_by,
)
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._words import day
from pytest_specbudget.errors import JournalError, SettingError
from pytest_specbudget.histories.spent import kept
from pytest_specbudget.meters.clock import Clock
from pytest_specbudget.reports.figures import visible
from pytest_specbudget.reports.writing import write_whole
from pytest_specbudget.settings.acks_file import (
    FILE_NAME,
    acknowledgements,
    entry,
    limit_of,
    read_acks,
)
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    from fractions import Fraction

    from pytest_specbudget.core.money import Money

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "accept a regression on purpose, for a time and with a reason"
EXAMPLE = 'specbudget ack "RESEARCH" --limit 12% --until 2026-12-31 --reason "longer plans"'
_DAMAGED, _WRONG = 1, 2
_NAMED = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add = parser.add_argument
    add(
        "subject",
        type=_text,
        metavar="SUBJECT",
        help="a SPEC, stage, model or test, or `whole run`; of tests that were not run, also their "
        "class, file or folder",
    )
    add("--until", required=True, type=day, metavar="DATE", help="the last day on which it holds")
    add("--reason", required=True, type=_text, metavar="TEXT", help="why the money is well spent")
    add(
        "--limit",
        type=_limit,
        nargs="?",
        const="",
        metavar="PCT|USD",
        help="by how much it may rise: 12%% or 1.20USD (default: by what the report says)",
    )
    add("--scope", choices=get_args(Scope), help="what the subject is, where names are shared")
    add("--owner", type=_text, metavar="NAME", help="who answers for it")
    add(
        "--report",
        type=Path,
        metavar="FILE",
        help="the JSON report of the comparison (default: the newest one here or in .specbudget)",
    )
    add(
        "--file",
        type=Path,
        metavar="FILE",
        help=f"where it is written (default: {FILE_NAME} here; a run reads that of its rootdir)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the entry and return 0; 1 if a file is damaged, 2 if there is nothing to go by."""
    try:
        found = _to_accept(arguments)
        ack = _acknowledgement(arguments, found.limit)
        file = arguments.file or _usual_file()
        _doubt(file, ack)
        _append(file, entry(ack))
        _warn_if_unread(file, arguments.report)
    except JournalError as error:
        complain(error)
        return _DAMAGED
    except (SettingError, UnsureError) as error:
        complain(error)
        return _WRONG
    told = f"{visible(ack.subject)} may rise by {ack.worded} until {ack.until}: {file}"
    print(told, file=sys.stderr)
    if found.source:
        print(f"so much by {found.source}", file=sys.stderr)
    return 0


def _to_accept(arguments: argparse.Namespace) -> Measured:
    """Return by how much the subject may rise: what was typed, else what a report measured."""
    if arguments.until < Clock.utc().date():
        raise UnsureError(f"--until {arguments.until} is over; nothing would be accepted")
    if arguments.report is not None:
        check_readable(arguments.report)
    if arguments.limit is not None:
        return Measured(limit=arguments.limit, source="")
    return measured(arguments.subject, arguments.scope, arguments.report)


def _acknowledgement(arguments: argparse.Namespace, limit: Fraction | Money) -> Acknowledgement:
    return Acknowledgement(
        subject=arguments.subject,
        scope=arguments.scope,
        limit=limit,
        until=arguments.until,
        reason=arguments.reason,
        owner=arguments.owner or "",
    )


def _usual_file() -> Path:
    settings = read_settings(options={}, environment=os.environ, rootdir=Path.cwd())
    return settings.acks or Path(FILE_NAME)


def _warn_if_unread(file: Path, report: Path | None) -> None:
    """Say so if the runs that are known here read another file, and which one."""
    settings = read_settings(options={}, environment=os.environ, rootdir=Path.cwd())
    if settings.acks is not None and settings.acks.resolve() == file.resolve():
        return
    read = [_read_in(root) for root in _rootdirs(report)]
    if read and file.resolve() not in {one.resolve() for one in read}:
        named = " or ".join(f"--file {shlex.quote(_from_here(one))}" for one in read[:_NAMED])
        complain(
            f"no run that is known here reads {file}, so nothing is accepted by it; take it out, "
            f"and pass {named}"
        )


def _read_in(rootdir: Path) -> Path:
    """Return the file that a run in *rootdir* reads."""
    try:
        settings = read_settings(options={}, environment={}, rootdir=rootdir)
    except SettingError:  # which its own runs say
        return rootdir / FILE_NAME
    return settings.acks or rootdir / FILE_NAME


def _rootdirs(report: Path | None) -> list[Path]:
    """Return where runs were made, as far as that shows: by the report, or by journals here."""
    told = rootdir_told_by(report)
    if told is not None:
        return [told]
    here = Path.cwd()
    return [] if kept(here) else [here / folder for folder in kept_below(here)]


def _from_here(path: Path) -> str:
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # on another drive
        return path.as_posix()


def _doubt(file: Path, ack: Acknowledgement) -> None:
    """Say so if the subject has an entry already."""
    if any((one.subject, one.scope) == (ack.subject, ack.scope) for one in read_acks(file)):
        complain(f"{file} has an entry for {visible(ack.subject)} already; take the older one out")


def _append(file: Path, text: str) -> None:
    """Add *text* to what *file* holds, none of which is touched.

    Raises:
        SettingError: If the file makes no sense, or would not make any then.
    """
    old = file.read_bytes() if file.exists() else b""
    gap = "" if not old else "\n" if old.endswith(b"\n") else "\n\n"
    added = f"{gap}{text}".encode()
    try:
        whole = (old + added).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingError([f"{file} is not UTF-8, at byte {error.start}"]) from error
    acknowledgements(whole, str(file))
    write_whole(file, old + added)


def _text(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; say it in a few words")
    if any(map(_is_half, text)):
        raise argparse.ArgumentTypeError("it is not UTF-8; write it in the terminal's own encoding")
    return text.strip()


def _is_half(char: str) -> bool:
    """Tell whether *char* stands for a byte that Python could not read as text."""
    return "\ud800" <= char <= "\udfff"


def _limit(text: str) -> Fraction | Money:
    if not text:  # argparse takes what begins with a minus for an option
        told = "no limit follows; write one like 12% or 1.20USD, and none below 0"
        raise argparse.ArgumentTypeError(told)
    try:
        return limit_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
