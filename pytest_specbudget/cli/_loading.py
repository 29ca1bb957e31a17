"""Where commands get a report from: a stored one, or journals that are judged anew."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.reports import json_report

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.reports.report import Report

__all__ = ["load_report"]


def load_report(path: Path) -> Report:
    """Return the report that *path* holds: a stored one, a journal, or a folder of journals.

    Raises:
        JournalError: If it cannot be read, with the place and the reason.
    """
    if path.is_dir() or path.suffix == ".jsonl":
        from pytest_specbudget.bookkeeping.closing import (  # noqa: PLC0415 -- only journals need it
            report_of_journals,
        )
        from pytest_specbudget.journal.reader import older_runs  # noqa: PLC0415 -- likewise

        older = older_runs(path)
        if older:
            told = calls_of(older, "older run")
            print(f"{path}: the newest run is taken, {told} left out", file=sys.stderr)
        return report_of_journals([path])
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise JournalError(f"{path}: cannot be read as a report: {error}") from error
    return json_report.load(text, str(path))
