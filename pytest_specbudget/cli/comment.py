"""`specbudget comment`: what a change costs, judged by its base, as the comment to post on it.

For the side of a workflow that may write comments: it holds no token and posts nothing, it runs
nothing of the change, and what the change's own run left is taken for hostile.  Settings, price
overlays, accepted regressions and known staleness are those of the working tree that it runs in,
which must be the base.  Further formats (`--report`) render the same verdict.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.cli._comment_text import comment_text, unreadable_text
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._typed import settings_with
from pytest_specbudget.errors import (
    BaselineError,
    CatalogueError,
    JournalError,
    RecordingError,
    SettingError,
)
from pytest_specbudget.proposals.by_base import ByBase
from pytest_specbudget.proposals.hostile import MEMBER, hostile_journal
from pytest_specbudget.reports import FORMATS
from pytest_specbudget.reports.comment import nothing_changed
from pytest_specbudget.reports.writing import write_report
from pytest_specbudget.settings.routing_limits import with_routing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.settings.settings import Settings

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "judge a change by its base, and write the comment to post on it"
EXAMPLE = "specbudget comment spec-budget.zip --head 3f2c1a9 --output comment.md"

_DAMAGED, _WRONG_ARGUMENTS = 1, 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "journal",
        nargs="?",
        type=Path,
        metavar="JOURNAL",
        help=f"the combined journal of the change's run, or an archive (.zip) with {MEMBER} "
        "(default: none, and its recordings are judged as they lie in git)",
    )
    parser.add_argument("--head", required=True, metavar="REV", help="the change, fetched")
    parser.add_argument(
        "--base", default="HEAD", metavar="REV", help="where it wants to go (default: HEAD)"
    )
    parser.add_argument(
        "--repo",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="where pytest runs, in a working tree of the base (default: here)",
    )
    parser.add_argument(
        "--budget",
        action="append",
        metavar="[SPEC=]USD",
        help="a ceiling for every SPEC, or for one; repeatable (default: as set in the base)",
    )
    parser.add_argument(
        "--max-regression",
        metavar="PCT",
        help="by how many percent anything may be dearer (default: as set in the base)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="where the comment is written (default: standard output)",
    )
    parser.add_argument(
        "--report",
        action="append",
        default=[],
        type=_wanted,
        metavar="FORMAT:PATH",
        help=f"write the verdict as {', '.join(FORMATS)}, too; repeatable",
    )
    parser.add_argument(
        "--if-changed", action="store_true", help="write nothing where nothing changed"
    )


def run(arguments: argparse.Namespace) -> int:
    """Judge and return 0 if the change passes, else 1; 2 if it is asked for in a wrong way."""
    _clear(arguments)
    try:
        settings = _settings(arguments)
        change = ByBase(settings, arguments.repo.resolve(), arguments.base, arguments.head)
    except (SettingError, BaselineError) as problem:
        complain(problem)
        return _WRONG_ARGUMENTS
    try:
        journal = hostile_journal(arguments.journal) if arguments.journal else None
        report = change.judged(journal)
    except (JournalError, BaselineError) as problem:
        complain(problem)
        _write(arguments, unreadable_text(problem, change.edits))
        return _DAMAGED
    except (CatalogueError, RecordingError, SettingError) as problem:
        complain(problem)
        return _WRONG_ARGUMENTS
    _render(arguments.report, report)
    told = change.edits or change.left_out.charges
    quiet = arguments.if_changed and nothing_changed(report) and not told
    _write(arguments, "" if quiet else comment_text(report, change.edits, change.left_out.words))
    return report.exitstatus


class _Wanted(NamedTuple):
    """A further report."""

    format: str
    path: Path


def _wanted(text: str) -> _Wanted:
    format_, _, path = text.partition(":")
    if format_ not in FORMATS or not path:
        known = ", ".join(FORMATS)
        raise argparse.ArgumentTypeError(f'"{text}" is no FORMAT:PATH; formats are {known}')
    return _Wanted(format_, Path(path))


def _clear(arguments: argparse.Namespace) -> None:
    """Remove what an earlier run wrote: it would be taken for what this one says."""
    for path in (arguments.output, *(wanted.path for wanted in arguments.report)):
        if path is None or not path.is_file():
            continue
        if path.is_symlink():  # such as `/dev/stdout`, which leads to a file in `> comment.md`
            path.write_bytes(b"")
        else:
            path.unlink()


def _render(wanted: Iterable[_Wanted], report: Report) -> None:
    for format_, path in wanted:
        write_report(path, FORMATS[format_](report))


def _settings(arguments: argparse.Namespace) -> Settings:
    """Read what holds in the base, its routing table, too; what is typed here comes first."""
    typed = {"budget": arguments.budget, "max_regression": arguments.max_regression}
    return with_routing(settings_with(arguments.repo.resolve(), **typed))


def _write(arguments: argparse.Namespace, text: str) -> None:
    if arguments.output is not None:
        write_report(arguments.output, text)
        return
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
