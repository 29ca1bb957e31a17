"""A finding as a block of text: what was measured, who set the limit, where, what to do.

Lines are wrapped between words; an amount, a quoted name and a node id are never cut, and what is
there to be pasted stays as it is.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from pytest_specbudget.reports.figures import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.core.finding import Finding

__all__ = ["block"]

_LABEL = 13
_INDENT = " " * 4
_LEAST_WIDTH = 40
_MOST_DETAILS = 8
_COLUMN = "   "
_UNKNOWN = "budget-uncertain"
"""The one rule about budgets that names no spending, but what nobody knows."""

_GLUE = "\0"
_TOGETHER = re.compile(r'"[^"]*"|`[^`]*`|[\d.,]+ %')


def block(finding: Finding, *, width: int, unicode: bool = True) -> list[str]:
    """Write *finding* in its four parts and where to read more, one string a line."""
    lines = [
        *_wrapped(finding.message, finding.subject, f"{finding.rule}  ", _INDENT, width),
        *_part("set by", [finding.origin] if finding.origin else []),
        *_part(_where(finding), list(_details(finding, width - len(_INDENT) - _LABEL))),
        *_part("try", _remedy(finding, width - len(_INDENT) - _LABEL)),
        *_part("more", [f"specbudget explain {finding.rule}"]),
    ]
    return [visible(line, unicode=unicode) for line in lines]


def _part(label: str, lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield f"{_INDENT}{label:<{_LABEL}}{line}".rstrip()
        label = ""


def _where(finding: Finding) -> str:
    spent = finding.rule.startswith("budget-") and finding.rule != _UNKNOWN
    return "most of it" if spent else "where"


def _details(finding: Finding, width: int) -> Iterator[str]:
    for detail in finding.details[:_MOST_DETAILS]:
        name, *columns = detail.rsplit(_COLUMN, 2)
        if len(detail) <= width or not columns:
            yield detail
        else:
            yield from (name, _COLUMN.join(["", *columns]))
    more = len(finding.details) - _MOST_DETAILS
    if more > 0:
        yield f"and {more:,} more"


def _remedy(finding: Finding, width: int) -> list[str]:
    if "\n" in finding.remedy:
        return finding.remedy.splitlines()
    return _wrapped(finding.remedy, finding.subject, "", "", width)


def _wrapped(text: str, subject: str, first: str, rest: str, width: int) -> list[str]:
    wrapper = textwrap.TextWrapper(
        width=max(width, _LEAST_WIDTH),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    text, subject = visible(text), visible(subject)
    kept = text.replace(subject, _glued(subject)) if subject else text
    kept = _TOGETHER.sub(lambda match: _glued(match[0]), kept)
    return [line.replace(_GLUE, " ") for line in wrapper.wrap(kept)] if text else []


def _glued(text: str) -> str:
    return text.replace(" ", _GLUE)
