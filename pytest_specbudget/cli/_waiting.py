"""What a command says on a terminal while somebody waits; in a pipe or a log it says nothing.

`rich` draws it where it is installed (extra `history`); without it there is one plain line.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_specbudget.reports.figures import visible
from pytest_specbudget.reports.terminal import takes_unicode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["counting", "working"]


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say *what* is being done while it is, where nobody knows how long that takes."""
    if not sys.stderr.isatty():
        yield
        return
    shown = visible(what, unicode=takes_unicode(sys.stderr.encoding))
    rich = _rich("rich.console", "rich.text")
    if rich is None:
        print(f"{shown} ...", file=sys.stderr, flush=True)
        yield
        return
    console, text = rich
    with console.Console(stderr=True).status(text.Text(shown)):  # a path is no markup
        yield


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Give a function to call after each of *total* steps of *what*, and draw how many are done."""
    rich = _rich("rich.console", "rich.progress") if sys.stderr.isatty() else None
    if rich is None:
        with working(what):
            yield lambda: None
        return
    console, bars = rich
    with bars.Progress(console=console.Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def _rich(*modules: str) -> list[Any] | None:
    """Return modules of `rich`, or None where it is not installed."""
    try:
        return [import_module(module) for module in modules]
    except ModuleNotFoundError:
        return None
