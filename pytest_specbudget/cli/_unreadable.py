"""Reads a file that somebody named, or says why that cannot be, and what to name instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["A_REPORT", "named_text", "why_unreadable"]

A_REPORT = "name a JSON report, which --spec-report=json:PATH writes"


def named_text(path: Path, what: str, advice: str = "") -> str:
    """Return the text of the file at *path*, in UTF-8 with or without a mark of that.

    Args:
        path: What was named.
        what: What it should be: `a report`.
        advice: What to name instead.

    Raises:
        JournalError: If it cannot be read, with the reason.
    """
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        told = f"{path}: cannot be read as {what}: {why_unreadable(path, problem)}"
        raise JournalError(f"{told}; {advice}" if advice else told) from problem


def why_unreadable(path: Path, problem: Exception) -> str:
    """Say why *path* cannot be read, and what else is there that was perhaps meant."""
    if path.is_symlink() and not path.exists():
        return f"it is a link to nothing ({path.readlink()})"
    return reason_of(problem, _beside(path))


def _beside(path: Path) -> list[str]:
    try:
        return [one.name for one in path.parent.iterdir()]
    except OSError:
        return []
