"""How commands write: a report to a terminal or a pipe, an error as one line."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from pytest_specbudget.errors import SettingError

if TYPE_CHECKING:
    from pytest_specbudget.reports.report import Report

__all__ = ["complain", "terminal_text"]


def terminal_text(report: Report) -> str:
    """Render *report* for standard output, ending in a newline."""
    from pytest_specbudget.reports import terminal  # noqa: PLC0415 - few commands render one

    width = shutil.get_terminal_size((100, 24)).columns
    unicode = terminal.takes_unicode(sys.stdout.encoding)
    lines = terminal.render(report, width=width, unicode=unicode, verbose=True)
    return "".join(f"{line.text}\n" for line in lines)


def complain(problem: object) -> None:
    """Say on standard error what went wrong; of settings, each of their problems."""
    for told in problem.problems if isinstance(problem, SettingError) else (problem,):
        print(f"specbudget: {told}", file=sys.stderr)
