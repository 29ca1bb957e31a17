"""The report as a terminal shows it: short when the run passes, explained when it does not.

Nothing here colours or prints: each line has a style, and whoever owns the terminal applies it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal

from tabulate import tabulate

from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.reports.blocks import block
from pytest_specbudget.reports.compared import sections, sides
from pytest_specbudget.reports.figures import visible
from pytest_specbudget.reports.gathered import gathered
from pytest_specbudget.reports.headline import (
    breached,
    figures,
    headline,
    tells_reasons,
    whose_figures,
    word,
)
from pytest_specbudget.reports.periods import PERIODS, periods
from pytest_specbudget.reports.tables import (
    dearest_tests_table,
    models_table,
    quality_table,
    specs_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_specbudget.audit.comparison import Comparison
    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.reports.headline import Word
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.reports.tables import Table

__all__ = ["Line", "Style", "one_line", "render", "takes_unicode"]

Style = Literal["good", "bad", "warn", "plain"]

_MOST_FINDINGS = 10
_MOST_TESTS = 5
_SEPARATORS = {True: " · ", False: " | "}
_OF_PERIODS = ("budget-projected", "budget-uncertain")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text without its end, and how it should look."""

    text: str
    style: Style = "plain"


def render(report: Report, *, width: int, unicode: bool, verbose: bool = False) -> list[Line]:
    """Show *report* in lines.

    Args:
        report: What to show.
        width: About how many columns; tables, amounts and node ids are never cut, so that a line
            may be longer.
        unicode: Without it, in ASCII only.
        verbose: Whether a partial run that passes is shown whole, too, and each test that was not
            compared; else such a run shows what concerns days and months, and one line.
    """
    if report.partial and not verbose and not _troubled(report):
        return [*_briefly(report, width=width, unicode=unicode)]
    last = one_line(report, unicode=unicode)
    parts = [
        _table(specs_table(report), unicode=unicode),
        _table(quality_table(report), unicode=unicode),
        *_compared(report, unicode=unicode, verbose=verbose),
        *(_breakdown(report, unicode=unicode) if _troubled(report) else ()),
        *_findings(gathered(report), width=width, unicode=unicode),
        [Line(visible(note, unicode=unicode)) for note in report.notes],
        [Line(visible(standing, unicode=unicode)) for standing in periods(report)],
    ]
    return [*_apart(parts), *_figures(report, unicode=unicode), last]


def one_line(report: Report, *, unicode: bool = True, hint: str = "") -> Line:
    """Return the line that says the verdict; *hint* as `headline` takes it."""
    text = headline(report, _SEPARATORS[unicode], hint)
    return Line(visible(text, unicode=unicode), _style(report))


def _figures(report: Report, *, unicode: bool) -> Iterator[Line]:
    """Count what answered, and what it cost, where the last line has room for the reason alone."""
    if tells_reasons(report):
        told = _SEPARATORS[unicode].join(figures(report))
        yield Line(visible(f"{whose_figures(report)}: {told}", unicode=unicode))


def takes_unicode(encoding: str | None) -> bool:
    """Tell whether *encoding* writes every character, so that no name can fail to print."""
    return (encoding or "").lower().startswith("utf")


def _briefly(report: Report, *, width: int, unicode: bool) -> Iterator[Line]:
    """Show a partial run that passes: what is about all runs, and one line for this one."""
    found = report.verdict.findings
    lasting = [finding for finding in found if _of_all_runs(finding, report)]
    standing = [Line(visible(one, unicode=unicode)) for one in periods(report)]
    yield from _apart([*_findings(lasting, width=width, unicode=unicode), standing])
    yield one_line(report, unicode=unicode, hint=_hint(len(found) - len(lasting), len(found)))


def _hint(hidden: int, warnings: int) -> str:
    if not hidden:
        return ""
    rest = f"{hidden} more" if hidden < warnings else "it" if hidden == 1 else "them"
    return f" (-v shows {rest})"


def _of_all_runs(finding: Finding, report: Report) -> bool:
    """Tell whether *finding* is about a day or month, which no choice of tests makes smaller."""
    named = {gate.subject for gate in report.gates if gate.scope in PERIODS}
    return finding.rule in _OF_PERIODS or finding.subject in named


def _troubled(report: Report) -> bool:
    return not report.verdict.passed or bool(breached(report))


def _compared(report: Report, *, unicode: bool, verbose: bool) -> Iterator[list[Line]]:
    comparison = report.comparison
    if comparison is None:
        return
    most = sys.maxsize if verbose else _MOST_TESTS
    found = sections(report, comparison, most)
    short = chain(islice(found, 1), sides(comparison, most))
    for heading, table in found if _telling(report, comparison) else short:
        yield [Line(visible(heading, unicode=unicode)), *_table(table, unicode=unicode)]
    yield [Line(visible(note, unicode=unicode)) for note in comparison.notes]


def _telling(report: Report, comparison: Comparison) -> bool:
    """Whether more is to be shown than that all is well: trouble, or what was accepted of it."""
    return _troubled(report) or any(one.said == "acknowledged" for one in comparison.changes)


def _breakdown(report: Report, *, unicode: bool) -> Iterator[list[Line]]:
    if len(report.models) > 1:
        yield _table(models_table(report), unicode=unicode)
    if len(report.tests) > 1:
        yield _table(dearest_tests_table(report), unicode=unicode)


def _apart(parts: Iterable[list[Line]]) -> Iterator[Line]:
    """Set an empty line after each section, but none after a single one, to stay short."""
    filled = [section for section in parts if section]
    for section in filled:
        yield from section
        if len(filled) > 1:
            yield Line("")


def _table(table: Table, *, unicode: bool) -> list[Line]:
    if not table.rows:
        return []
    # The header goes in as a row: tabulate pads its own headers wider than our columns need.
    header, *rows = tabulate(
        [[visible(cell, unicode=unicode) for cell in row] for row in (table.headers, *table.rows)],
        tablefmt="plain",
        disable_numparse=True,
        colalign=[_side(place, table) for place in range(len(table.headers))],
    ).splitlines()
    lines = [Line(row, "bad" if place in table.over else "plain") for place, row in enumerate(rows)]
    return [Line(header.rstrip()), *lines, *_said(table.left_out)]


def _side(column: int, table: Table) -> str:
    is_text = column < table.names or not table.headers[column]
    return "left" if is_text else "right"


def _said(sentence: str) -> Iterable[Line]:
    return (Line(sentence),) if sentence else ()


def _findings(found: Sequence[Finding], *, width: int, unicode: bool) -> Iterator[list[Line]]:
    for finding in found[:_MOST_FINDINGS]:
        head, *rest = block(finding, width=width, unicode=unicode)
        style: Style = "bad" if finding.severity == "error" else "warn"
        yield [Line(head, style), *map(Line, rest)]
    more = len(found) - _MOST_FINDINGS
    if more > 0:
        yield [Line(f"and {calls_of(more, 'more finding')}: --spec-report=json:PATH has them all")]


def _style(report: Report) -> Style:
    said = word(report)
    if said == "OBSERVED":
        return "warn" if breached(report) else "plain"
    return _STYLES[said]


_STYLES: dict[Word, Style] = {
    "PASS": "good",
    "FAILED": "bad",
    "INCONCLUSIVE": "bad",
    "WARNED": "warn",
}
