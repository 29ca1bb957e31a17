"""Which run of a folder a command takes, for those who did not name one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.wording import calls_of, first_of
from pytest_specbudget.journal.reader import journal_files, older_runs

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["newest_run_told"]

_SHOWN = 3


def newest_run_told(path: Path) -> str | None:
    """Say which run at *path* is taken, and how to choose another; None where that was named.

    Raises:
        JournalError: If there is none.
    """
    taken = sorted({file.parent for file in journal_files(path)})
    if path.is_file() or taken == [path]:
        return None
    named = first_of([folder.name for folder in taken], _SHOWN)
    older = older_runs(path)
    if not older:
        return f"{path}: run {named} is taken"
    return (
        f"{path}: the newest run is taken, {named}; {calls_of(older, 'older run')} left out: to "
        f"choose another, name its folder in {first_of(_homes(taken), _SHOWN)}"
    )


def _homes(runs: list[Path]) -> list[str]:
    return [*dict.fromkeys(str(run.parent) for run in runs)]
