"""`specbudget ack`: accept a regression on purpose, for a time and with a reason."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pytest_specbudget.audit.acks import Acknowledgement
from pytest_specbudget.audit.comparison import Scope
from pytest_specbudget.audit.regression import limit_for
from pytest_specbudget.cli._kept import kept_below
from pytest_specbudget.cli._output import complain
from pytest_specbudget.core.names import nearest
from pytest_specbudget.errors import JournalError, SettingError
from pytest_specbudget.histories.spent import kept
from pytest_specbudget.meters.clock import Clock
from pytest_specbudget.reports.comparison_json import comparison_of
from pytest_specbudget.reports.figures import visible
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

    from pytest_specbudget.audit.comparison import Change, Comparison
    from pytest_specbudget.core.money import Money

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "accept a regression on purpose, for a time and with a reason"
EXAMPLE = 'specbudget ack "RESEARCH" --limit 12% --until 2026-12-31 --reason "longer plans"'
_DAMAGED, _WRONG = 1, 2
_HOME = ".specbudget"
_REPORTS = (".", _HOME)
_NAMED = 3
_ADVICE = (
    "say how much with --limit 12%, or let a run tell: "
    "pytest --spec-baseline=... --spec-report=json:report.json"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add = parser.add_argument
    add(
        "subject",
        type=_text,
        metavar="SUBJECT",
        help="a SPEC, stage, model or test, or `whole run`",
    )
    add("--until", required=True, type=_day, metavar="DATE", help="the last day on which it holds")
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
        ack = _acknowledgement(arguments)
        file = arguments.file or _usual_file()
        _doubt(file, ack)
        _append(file, entry(ack))
        _warn_if_unread(file, arguments.report)
    except (JournalError, OSError) as error:
        complain(error)
        return _DAMAGED
    except (SettingError, _UnsureError) as error:
        complain(error)
        return _WRONG
    told = f"{visible(ack.subject)} may rise by {ack.worded} until {ack.until}: {file}"
    print(told, file=sys.stderr)
    return 0


class _UnsureError(Exception):
    """What is meant cannot be told from what was given."""


def _acknowledgement(arguments: argparse.Namespace) -> Acknowledgement:
    if arguments.until < Clock.utc().date():
        raise _UnsureError(f"--until {arguments.until} is over; nothing would be accepted")
    limit = arguments.limit
    if limit is None:
        limit = _measured(arguments.subject, arguments.scope, arguments.report)
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
    told = _told_by(report)
    if told is not None:
        return [told]
    here = Path.cwd()
    return [] if kept(here) else [here / folder for folder in kept_below(here)]


def _told_by(report: Path | None) -> Path | None:
    """Return the rootdir of the run of a report: its journal lies in `.specbudget` there."""
    try:
        document = _read(report or _newest())
    except (JournalError, _UnsureError):
        return None
    journal = Path(str(document.get("journal") or ""))
    homes = [one for one in journal.parents if one.name == _HOME]
    return homes[0].parent if homes and homes[0].parent.is_dir() else None


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
    with file.open("ab") as out:
        out.write(added)


def _measured(subject: str, scope: str | None, report: Path | None) -> Fraction | Money:
    """Return by how much *subject* rose in the report, rounded up to a hundredth of a percent."""
    path = report or _newest()
    document = _read(path)
    compared = _comparison(document, path)
    if compared is None:
        raise _UnsureError(f"{path} compares nothing; {_ADVICE}")
    found = [one for one in compared.changes if one.subject == subject]
    found = [one for one in found if scope in (None, one.scope)]
    if not found:
        near = nearest(subject, [one.subject for one in compared.changes])
        hint = f'; did you mean "{near}"?' if near else ""
        raise _UnsureError(f'{path} has no "{subject}"{hint}')
    if len(found) > 1:
        scopes = " or ".join(one.scope for one in found)
        raise _UnsureError(f'"{subject}" is several things in {path}; add --scope {scopes}')
    if document.get("partial") and found[0].scope != "test":
        complain(
            f"{path} is of a part of the suite: in the whole, {visible(subject)} may have risen by "
            "more; see that its next run passes, or say how much with --limit"
        )
    return _limit_for(found[0], path)


def _limit_for(change: Change, path: Path) -> Fraction | Money:
    if change.said not in ("regressed", "acknowledged"):
        raise _UnsureError(
            f'"{change.subject}" is "{change.said}" in {path}, so there is nothing to accept; '
            "name what you mean with --limit"
        )
    return limit_for(change)


def _newest() -> Path:
    """Find the newest report here that compares something."""
    files = [file for folder in _REPORTS for file in Path(folder).glob("*.json")]
    for file in sorted(files, key=lambda one: one.stat().st_mtime_ns, reverse=True):
        try:
            if _comparison(_read(file), file) is not None:
                return file
        except JournalError:  # another program's
            continue
    raise _UnsureError(f"no JSON report of a comparison is here; {_ADVICE}")


def _read(path: Path) -> dict[str, Any]:
    """Read what a run, or `specbudget diff --json`, wrote."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise JournalError(f"{path}: cannot be read as a report: {error}") from error
    return document if isinstance(document, dict) else {}


def _comparison(document: dict[str, Any], path: Path) -> Comparison | None:
    """Return what the *document* at *path* says of a comparison, if anything."""
    told = document if "changes" in document else document.get("comparison")
    return None if told is None else comparison_of(told, str(path))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is no day; write one like 2026-12-31') from None


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
