"""The report as a comment on a pull request.

The verdict comes first, then one table of SPECs; the rest is folded.  A hidden marker lets a
workflow find and renew its comment.  Whatever the suite, the text stays under `LIMIT`, and says
what it left out.  Names are shown as code, so that none can break a table, open a tag, or call
somebody with an `@`.

Source: GitHub refuses comments of more than 65,536 characters ("body is too long").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_specbudget.reports.blocks import block
from pytest_specbudget.reports.figures import visible
from pytest_specbudget.reports.headline import figures, reasons, word
from pytest_specbudget.reports.tables import (
    dearest_tests_table,
    models_table,
    quality_table,
    specs_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.reports.tables import Table

__all__ = ["LIMIT", "MARKER", "render"]

MARKER = "<!-- specbudget -->"
LIMIT = 65_000

_WIDTH = 100
_MOST_NAME = 200
_MOST_LINE = 500
_MOST_REASONS = 5
_MOST_SPECS = (50, 20, 5)
_LEFT_OUT = "Not all of it fits into a comment; the `json` report has the rest."
_ACTIVE = re.compile(r"[^\w .,;/()=-]", re.ASCII)
_BACKTICKS = re.compile("`+")


def render(report: Report) -> str:
    """Write *report* in GitHub's Markdown, ending in a newline."""
    parts = _unfolded(report)
    room = LIMIT - _length([*parts, _LEFT_OUT]) - 1
    folded = list(_folded(report))
    for part in folded:
        if _length([part]) <= room:
            parts.append(part)
            room -= _length([part])
    left_out = [_LEFT_OUT] if any(part not in parts for part in folded) else []
    return "\n\n".join([*parts, *left_out]) + "\n"


def _unfolded(report: Report) -> list[str]:
    """Return what stands open, with as many SPECs as leave half of the room."""
    for most in _MOST_SPECS:
        table = _table(specs_table(report, most))
        quality = _table(quality_table(report)) if report.quality else ""
        parts = list(filter(None, [MARKER, *_head(report), table, quality]))
        if _length(parts) < LIMIT // 2:
            break
    return parts


def _length(parts: Iterable[str]) -> int:
    return sum(len(part) + len("\n\n") for part in parts)


def _head(report: Report) -> Iterator[str]:
    yield f"### {word(report)} spec budget"
    found = reasons(report)
    if found:
        shown = [f"- {_code(reason, _MOST_LINE)}" for reason in found[:_MOST_REASONS]]
        more = len(found) - _MOST_REASONS
        yield "\n".join([*shown, *([f"- and {more:,} more"] if more > 0 else [])])
    if report.partial:
        yield "Partial run: " + _code(", ".join(report.partial), _MOST_LINE)
    yield _escaped(" · ".join(figures(report)))


def _folded(report: Report) -> Iterator[str]:
    found = report.verdict.findings
    if found:
        yield _fold(f"Findings ({len(found):,})", _findings(found), open_=not report.verdict.passed)
    if len(report.models) > 1:
        yield _fold("Models", _table(models_table(report)))
    if len(report.tests) > 1:
        yield _fold("Dearest tests", _table(dearest_tests_table(report)))
    if report.notes:
        yield _fold("Notes", "\n".join(f"- {_escaped(note)}" for note in report.notes))


def _fold(title: str, content: str, *, open_: bool = False) -> str:
    tag = "<details open>" if open_ else "<details>"
    return f"{tag}<summary>{title}</summary>\n\n{content}\n\n</details>"


def _findings(found: Iterable[Finding], most: int = 10) -> str:
    blocks = [block(finding, width=_WIDTH) for finding in found]
    lines = [line for one in blocks[:most] for line in (*one, "")][:-1]
    text = "\n".join(_shortened(line, _MOST_NAME * 2) for line in lines)
    more = len(blocks) - most
    rest = f"\n\nand {more:,} more in the `json` report" if more > 0 else ""
    return f"{_fenced(text)}{rest}"


def _fenced(text: str) -> str:
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}text\n{text}\n{fence}"


def _table(table: Table) -> str:
    if not table.rows:
        return ""
    sides = [":--" if _is_text(table, column) else "--:" for column in range(len(table.headers))]
    rows = [[_cell(table, column, cell) for column, cell in enumerate(row)] for row in table.rows]
    lines = [f"| {' | '.join(row)} |" for row in [[*table.headers], sides, *rows]]
    return "\n".join(lines) + (f"\n\n{_escaped(table.left_out)}" if table.left_out else "")


def _is_text(table: Table, column: int) -> bool:
    return column < table.names or not table.headers[column]


def _cell(table: Table, column: int, cell: str) -> str:
    return _code(cell) if column < table.names else cell


def _code(text: str, most: int = _MOST_NAME) -> str:
    """Show *text* literally; as a code span, or in entities where a span could be broken."""
    shown = _shortened(visible(text), most)
    if not shown.strip():
        return "(empty)"
    if "`" in shown or "|" in shown:
        return f"<code>{_escaped(shown)}</code>"
    return f"`{shown}`"


def _escaped(text: str) -> str:
    """Write what Markdown or HTML could act upon as entities, ASCII only; `·` and letters stay."""
    return _ACTIVE.sub(lambda match: _entity(match[0]), visible(text)).replace("_", "&#95;")


def _entity(char: str) -> str:
    return f"&#{ord(char)};" if char.isascii() and char not in "$:%+" else char


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)
