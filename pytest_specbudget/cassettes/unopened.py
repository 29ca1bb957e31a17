"""What is said of a recording that cannot be opened, whoever comes upon it.

A link to nothing is a recording that somebody keeps elsewhere and did not fetch, as git-annex and
DVC have it.  To record it anew would write through the link, so it is told like any damage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import RecordingError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["leads_nowhere", "unopened"]

_REMEDY = "fetch what it stands for, or delete it and record again"


def leads_nowhere(path: Path) -> bool:
    """Tell whether *path* is a link, and what it leads to is not there."""
    return path.is_symlink() and not path.exists()


def unopened(path: Path, problem: OSError) -> RecordingError:
    """Make the error for a recording of which *problem* kept us from the first byte."""
    if leads_nowhere(path):
        return RecordingError(f"{path} is a link to nothing ({path.readlink()}); {_REMEDY}")
    return RecordingError(f"{path} cannot be read: {reason_of(problem)}")
