"""Where commands get a report from: a stored one, or journals that are judged anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._unreadable import A_REPORT, named_text
from pytest_specbudget.errors import JournalError, SettingError
from pytest_specbudget.reports import json_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.settings.settings import Settings

__all__ = ["is_journal", "load_report"]

_BEGINNING = 200


def is_journal(path: Path) -> bool:
    """Tell whether *path* is a journal, by its first line, or a folder that may hold some."""
    if path.is_dir() or path.suffix == ".jsonl":
        return True
    try:
        with path.open("rb") as file:
            return b'"kind":"header"' in file.read(_BEGINNING).replace(b" ", b"")
    except OSError:
        return False


def load_report(path: Path, held_to: Callable[[Settings], Settings] | None = None) -> Report:
    """Return the report that *path* holds: a stored one, a journal, or a folder of journals.

    Args:
        path: Where it lies.
        held_to: Changes what the runs of journals were held to; a stored report is as it is.

    Raises:
        JournalError: If it cannot be read, with the place and the reason.
    """
    if is_journal(path):
        return _of_journals(path, held_to)
    if held_to is not None:
        raise JournalError(f"{path}: a stored report holds no calls to compare; give a journal")
    return json_report.load(named_text(path, "a report", f"{A_REPORT}, or a journal"), str(path))


def _of_journals(path: Path, held_to: Callable[[Settings], Settings] | None) -> Report:
    """Judge the journals at *path* anew, and say which run is taken of several."""
    from pytest_specbudget.bookkeeping.recall import recalled  # noqa: PLC0415 - only journals need it
    from pytest_specbudget.cli._newest_run import newest_run_told  # noqa: PLC0415 - likewise
    from pytest_specbudget.journal.reader import (  # noqa: PLC0415 - likewise
        journal_files,
        older_runs,
        read_journal,
    )
    from pytest_specbudget.verdicts.closing import judged_again  # noqa: PLC0415 - likewise

    if older_runs(path):
        complain(newest_run_told(path))
    journals = [read_journal(file) for file in journal_files(path)]
    held = recalled(journals)
    try:
        return judged_again(journals, held if held_to is None else held_to(held))
    except SettingError as problem:
        raise JournalError(f"{path} cannot be judged here: {problem}") from None
