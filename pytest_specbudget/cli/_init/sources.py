"""The Python files of a repository: all test modules, and of the others those that say something.

A file is parsed only if a word in it makes that worth while, so that a large repository is quick.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_specbudget.cli._init.libraries import CLIENTS, SDKS, UNMETERED
from pytest_specbudget.cli._init.source import Module, read_source
from pytest_specbudget.cli._init.tree import small_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pytest_specbudget.cli._init.pytest_files import PytestSettings

__all__ = ["read_modules"]

_ROOTS = sorted({name.partition(".")[0] for name in (*SDKS, *CLIENTS, *UNMETERED)})
_IMPORTING = re.compile(rf"^\s*(?:import|from)\s+(?:{'|'.join(_ROOTS)})\b", re.MULTILINE)
_ADDRESS = re.compile(r"base_url|api_base|endpoint|vcr_|use_cassette", re.IGNORECASE)
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


def read_modules(
    rootdir: Path,
    names: Sequence[str],
    settings: PytestSettings,
    unread: Callable[[str], None],
    marker: str = "spec",
) -> Iterator[Module]:
    """Yield what the Python files among *names* say, as far as it matters.

    Args:
        rootdir: What the names are relative to.
        names: Files.
        settings: Which of them are test modules.
        unread: Told in one line of each file that cannot be read.
        marker: The name of our marker.
    """
    tests = set(settings.modules(names))
    for name in names:
        if name.endswith(".py"):
            text = small_text(rootdir / name)
            if text is None:
                unread(f"{name}: too large, or cannot be opened")
            elif name in tests or _IMPORTING.search(text) or _ADDRESS.search(text):
                try:
                    yield read_source(text, name, settings if name in tests else None, marker)
                except _UNREADABLE as problem:
                    unread(_unreadable(name, problem))
                    yield Module(name=name)


def _unreadable(name: str, problem: BaseException) -> str:
    reason = problem.msg if isinstance(problem, SyntaxError) else type(problem).__name__
    line = f", line {problem.lineno}" if isinstance(problem, SyntaxError) else ""
    return f"{name}{line}: cannot be read as Python ({reason})"
