"""Tables on standard output, as the reports draw theirs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pytest_specbudget.reports.figures import visible
from pytest_specbudget.reports.terminal import takes_unicode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["print_table", "say"]


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]], *, names: int = 1) -> None:
    """Print *rows* below *headers*; the first *names* columns are text, the others figures."""
    from tabulate import tabulate  # noqa: PLC0415 - `--help` and `--json` need no table

    unicode = takes_unicode(sys.stdout.encoding)
    cells = [[visible(cell, unicode=unicode) for cell in row] for row in (headers, *rows)]
    sides = ["left" if column < names else "right" for column in range(len(headers))]
    table = tabulate(cells, tablefmt="plain", disable_numparse=True, colalign=sides)
    for row in table.splitlines():
        print(row.rstrip())


def say(text: str = "") -> None:
    """Print one line, with what would steer a terminal escaped."""
    print(visible(text, unicode=takes_unicode(sys.stdout.encoding)))
