"""Pieces of GitHub's and GitLab's Markdown in which text from outside can do nothing.

What others chose (names, origins, messages, prompts) is only ever a code span or a fenced block.
Neither Markdown nor HTML acts there, no address becomes a link, and neither site looks there for
people to call or issues to refer to.  Entities would not be enough: an `@` that is written as one
is a mention as soon as it is rendered, and so is a link, in an element `<code>`, too.

Source: GitHub Flavored Markdown 0.29, sections 4.10 (tables), 6.3 (code spans), 6.9 (autolinks);
tried with cmark-gfm (cmarkgfm 2025.10.22) on 2026-11-22.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.reports.blocks import block
from pytest_specbudget.reports.figures import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.reports.tables import Table

__all__ = [
    "LIMIT",
    "MARKER",
    "MOST_LINE",
    "Fold",
    "assembled",
    "bullets",
    "code",
    "drawn_table",
    "fenced",
    "findings_text",
    "length",
    "shortened",
]

MARKER = "<!-- specbudget -->"
"""The first line of every comment, by which a workflow finds the one to renew."""

LIMIT = 65_000
"""Characters; GitHub refuses a comment of more than 65,536 ("body is too long")."""

MOST_LINE = 400
"""Characters of a line in a fence; what is longer is cut."""

_WIDTH = 100
_MOST_NAME = 200
_LEFT_OUT = "Not all of it fits into a comment; the `json` report has the rest."
_WORDS = re.compile(r"[\dA-Za-z %]*")
_FIGURE = re.compile(r"(?!.*(?:www\.|//))[\da-zM .,;/()=$%+?-]*", re.ASCII)
_NOTHING = "-"
_BACKTICKS = re.compile("`+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """A section that is opened by a click.

    Attributes:
        title: What it is about; our own words.
        draw: Writes its content with at most so many entries, and says how many it left out.
        most: How many entries there are, or should be shown at most.
        opened: Whether it stands open from the start.
    """

    title: str
    draw: Callable[[int], str]
    most: int
    opened: bool = False


def assembled(standing: Sequence[str], folds: Iterable[Fold]) -> str:
    """Put a comment together that stays under `LIMIT`, cut at whole entries.

    Each fold may take twice its share of the room that is left, so that a long one leaves some for
    those that follow; of what does not fit, the comment says so.
    """
    parts = [*standing]
    waiting = [*folds]
    room = LIMIT - length([*parts, _LEFT_OUT]) - 1
    cut = False
    for place, fold in enumerate(waiting):
        drawn, fits = _fitting(fold, 2 * room // (len(waiting) - place + 1))
        parts += [drawn] if drawn else []
        room -= length([drawn]) if drawn else 0
        cut = cut or not fits
    return "\n\n".join([*parts, *([_LEFT_OUT] if cut else [])]) + "\n"


def length(parts: Iterable[str]) -> int:
    """Count the characters of *parts* with what stands between them."""
    return sum(len(part) + len("\n\n") for part in parts)


def code(text: str, most: int = _MOST_NAME) -> str:
    """Show *text* literally, as a code span; a `|`, which would end a cell, by its number."""
    shown = shortened(_visibly(text, most).replace("|", "\\x7c"), most)
    if not shown.strip():
        return "(empty)"
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if "`" in shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def fenced(lines: Iterable[str], language: str = "text") -> str:
    """Show *lines* literally, in a fence that none of them can close."""
    text = "\n".join(_visibly(line, MOST_LINE) for line in lines)
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def bullets(texts: Iterable[str], more: int = 0) -> str:
    """List *texts*, which are Markdown already, and say how many more there are."""
    rest = [f"and {more:,} more"] if more > 0 else []
    return "\n".join(f"- {text}" for text in [*texts, *rest])


def drawn_table(table: Table) -> str:
    """Draw *table*; names are code, and so is each other cell that is more than a figure.

    What is said of a row that is over its limit is bold.
    """
    if not table.rows:
        return ""
    columns = range(len(table.headers))
    rows = [
        [_header(header) for header in table.headers],
        [":--" if _is_text(table, column) else "--:" for column in columns],
        *([_cell(table, place, column) for column in columns] for place in range(len(table.rows))),
    ]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return lines + (f"\n\n{table.left_out}" if table.left_out else "")


def findings_text(found: Sequence[Finding], most: int) -> str:
    """Show at most so many findings, each in its parts."""
    blocks = [block(finding, width=_WIDTH) for finding in found[:most]]
    text = fenced([line for one in blocks for line in (*one, "")][:-1])
    more = len(found) - most
    return text + (f"\n\nand {more:,} more in the `json` report" if more > 0 else "")


def shortened(text: str, most: int) -> str:
    """Cut *text* to so many characters, and show that it was cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)


def _visibly(text: str, most: int) -> str:
    return shortened(visible(text[: most + 1]), most)


def _fitting(fold: Fold, room: int) -> tuple[str, bool]:
    """Draw *fold* with as many entries as fit; and tell whether none was lost to the room."""
    most = fold.most
    while most > 0:
        drawn = _folded(fold, fold.draw(most))
        if length([drawn]) <= room:
            return drawn, most == fold.most
        most //= 2
    return "", fold.most == 0


def _folded(fold: Fold, content: str) -> str:
    tag = "<details open>" if fold.opened else "<details>"
    return f"{tag}<summary>{fold.title}</summary>\n\n{content}\n\n</details>"


def _is_text(table: Table, column: int) -> bool:
    return column < table.names or not table.headers[column]


def _cell(table: Table, place: int, column: int) -> str:
    cell = table.rows[place][column]
    if column < table.names and cell != _NOTHING:
        return code(cell)
    remark = not table.headers[column] and place in table.over and cell.isalpha()
    return f"**{cell}**" if remark else _figure(cell)


def _header(text: str) -> str:
    return text if _WORDS.fullmatch(text) else code(text)


def _figure(cell: str) -> str:
    return cell if _FIGURE.fullmatch(cell) else code(cell)
