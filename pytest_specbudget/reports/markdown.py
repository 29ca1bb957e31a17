"""The report of a run as Markdown: the summary of a step, or a comment that compares nothing.

The verdict comes first, then one table of SPECs; the rest is folded.  Where the run was compared
with a baseline, `comment` shows the same facts with the change in front.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pytest_specbudget.reports.changes import specs_compared
from pytest_specbudget.reports.gathered import gathered
from pytest_specbudget.reports.headline import figures, reasons, word
from pytest_specbudget.reports.markup import (
    LIMIT,
    MARKER,
    Fold,
    assembled,
    bullets,
    code,
    drawn_table,
    fenced,
    findings_text,
    length,
)
from pytest_specbudget.reports.periods import periods
from pytest_specbudget.reports.tables import (
    dearest_tests_table,
    models_table,
    quality_table,
    specs_table,
)
from pytest_specbudget.reports.uncompared import not_compared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_specbudget.audit.comparison import Comparison
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.reports.tables import Table

__all__ = [
    "LIMIT",
    "MARKER",
    "compared_with",
    "findings_folds",
    "render",
    "run_folds",
    "standing",
    "verdict_reasons",
]

_MOST_LINE = 500
_MOST_REASONS = 5
_MOST_FINDINGS = 10
_MOST_SPECS = (50, 20, 5)
_MOST_ROWS = 10
_MOST_TESTS = 5


def render(report: Report) -> str:
    """Write *report* in GitHub's Markdown, ending in a newline."""
    return assembled(standing(partial(_standing, report)), _folds(report))


def standing(draw: Callable[[int], Iterator[str]]) -> list[str]:
    """Return what stands open, with as many SPECs as leave half of the room."""
    for most in _MOST_SPECS:
        parts = list(filter(None, [MARKER, *draw(most)]))
        if length(parts) < LIMIT // 2:
            break
    return parts


def verdict_reasons(report: Report) -> Iterator[str]:
    """Say why the run should not pass, and why it is not the whole suite, a paragraph each."""
    found = reasons(report)
    if found:
        shown = [code(reason, _MOST_LINE) for reason in found[:_MOST_REASONS]]
        yield bullets(shown, len(found) - len(shown))
    if report.partial:
        yield "Partial run: " + code(", ".join(report.partial), _MOST_LINE)


def compared_with(comparison: Comparison) -> str:
    """Say what the run was compared with, and what it was held to."""
    limit = f", limit {code(comparison.limit)}" if comparison.limit else ""
    origin = f" from {code(comparison.origin)}" if comparison.origin else ""
    return f"Compared with {code(comparison.base)}, tests on both sides{limit}{origin}."


def findings_folds(report: Report, *, opened: bool = False) -> Iterator[Fold]:
    """Yield the findings, if there is any."""
    found = gathered(report)
    if found:
        yield Fold(
            title=f"Findings ({len(found):,})",
            draw=partial(findings_text, found),
            most=_MOST_FINDINGS,
            opened=opened,
        )


def run_folds(report: Report, notes: tuple[str, ...] = ()) -> Iterator[Fold]:
    """Yield what the run itself spent, and what a reader should know."""
    if len(report.models) > 1:
        yield _table_fold("Models", partial(models_table, report), _MOST_ROWS)
    if len(report.tests) > 1:
        yield _table_fold("Dearest tests", partial(dearest_tests_table, report), _MOST_TESTS)
    told = [*notes, *report.notes]
    if told:
        yield Fold(title="Notes", draw=lambda most: fenced(told[:most]), most=len(told))


def _standing(report: Report, most: int) -> Iterator[str]:
    yield f"### {word(report)} spec budget{_left_out(report)}"
    yield from verdict_reasons(report)
    yield " · ".join(figures(report))
    yield bullets([*periods(report)])
    yield drawn_table(specs_table(report, most))
    if report.quality:
        yield drawn_table(quality_table(report))


def _left_out(report: Report) -> str:
    told = not_compared(report.comparison, "to") if report.comparison is not None else ""
    return f"; not compared: {told}" if told else ""


def _folds(report: Report) -> Iterator[Fold]:
    yield from findings_folds(report, opened=not report.verdict.passed)
    if report.comparison is not None:
        draw = partial(_comparison, report, report.comparison)
        yield Fold(title="Compared with the baseline", draw=draw, most=_MOST_ROWS)
    yield from run_folds(report)


def _comparison(report: Report, comparison: Comparison, most: int) -> str:
    table = drawn_table(specs_compared(report, comparison, most))
    return "\n\n".join(filter(None, [compared_with(comparison), table]))


def _table_fold(title: str, table: Callable[[int], Table], most: int) -> Fold:
    return Fold(title=title, draw=lambda rows: drawn_table(table(rows)), most=most)
