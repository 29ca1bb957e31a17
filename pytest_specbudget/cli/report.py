"""`specbudget report`: render a stored report, or journals, in any format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cli._loading import load_report
from pytest_specbudget.cli._output import complain, terminal_text
from pytest_specbudget.errors import JournalError
from pytest_specbudget.reports import FORMATS
from pytest_specbudget.reports.writing import write_report

if TYPE_CHECKING:
    import argparse

    from pytest_specbudget.reports.report import Report

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "render a stored report or journal in any format"
EXAMPLE = "specbudget report spend.json --format markdown --output comment.md"

_TERMINAL = "terminal"


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "path", type=Path, metavar="PATH", help="a stored JSON report, a journal, or its folder"
    )
    parser.add_argument(
        "--format",
        choices=[_TERMINAL, *FORMATS],
        default=_TERMINAL,
        help="what to make of it (default: terminal)",
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="where it is written (default: standard output)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Render and return 0, or 1 if the input is damaged or the output cannot be written."""
    try:
        text = _rendered(load_report(arguments.path), arguments.format)
        _write(text, arguments.output)
    except JournalError as error:
        complain(error)
        return 1
    return 0


def _rendered(report: Report, format_: str) -> str:
    return terminal_text(report) if format_ == _TERMINAL else FORMATS[format_](report)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    else:
        write_report(output, text)
