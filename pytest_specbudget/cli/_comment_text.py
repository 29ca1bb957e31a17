"""The comment of a change, with what it edits of its own gate in the headline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.reports import FORMATS
from pytest_specbudget.reports.markup import MARKER, code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_specbudget.proposals.own_gate import Edit
    from pytest_specbudget.reports.report import Report

__all__ = ["comment_text", "unreadable_text"]

_HEADING = "### "
_MOST = 120
"""Characters of one edit in the headline; `markup.LIMIT` leaves 536 for all that is added here."""


def comment_text(report: Report, edits: Sequence[Edit], left_out: str = "") -> str:
    """Render *report* as a comment.

    Args:
        report: The change, judged.
        edits: What it does to its own gate.
        left_out: What its run left out: `5 tests not run ($0.0153)`.
    """
    before, heading, after = FORMATS["comment"](report).partition(f"\n{_HEADING}")
    headline, line_break, rest = after.partition("\n")
    not_run = f"; {left_out}" if left_out else ""
    return "".join((before, heading, headline, not_run, _told(edits), line_break, rest))


def unreadable_text(problem: Exception, edits: Sequence[Edit]) -> str:
    """Write the comment of a change that cannot be judged."""
    headline = f"{_HEADING}INCONCLUSIVE spec budget: the change cannot be judged{_told(edits)}"
    why = str(problem).partition("\n")[0]
    return "\n\n".join((MARKER, headline, code(why, 500))) + "\n"


def _told(edits: Sequence[Edit]) -> str:
    if not edits:
        return ""
    more = f" (and {len(edits) - 1:,} more)" if len(edits) > 1 else ""
    return f"; {code(f'this change {edits[0].words}', _MOST)}{more}"
