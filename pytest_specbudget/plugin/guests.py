"""Tells a run of pytest that is a guest in its process from one whose process is pytest's own.

A test may run pytest, as `pytester` does, and so may a script or a notebook.  Such a program goes
on when the run has ended, and what the run changed must be undone.  Where pytest is the program, a
call that comes later is a straggler of its tests.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.plugin.run import is_worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    import pytest

__all__ = ["is_a_guest"]

_RUNNER = "_pytest.runner"
"""The module in whose functions a test runs; by name, because it is private.

Source: pytest 8.2 to 9.2 (`runtestprotocol`, `call_and_report` of `_pytest/runner.py`)."""

_PROGRAMS = ("pytest", "py.test")
"""How pytest's programs are called, and the folder of its `__main__.py`."""


def is_a_guest(config: pytest.Config) -> bool:
    """Tell whether somebody else's program goes on when the run of *config* has ended."""
    return _is_within_a_test() or not (is_worker(config) or _is_the_program(sys.argv[0]))


def _is_the_program(path: str) -> bool:
    """Tell whether *path*, by which the process was started, is pytest's."""
    program = Path(path)
    named = program.parent if program.name == "__main__.py" else program
    return named.name.removesuffix(".exe") in _PROGRAMS


def _is_within_a_test() -> bool:
    """Tell whether this thread is in the middle of a test."""
    return any(frame.f_globals.get("__name__") == _RUNNER for frame in _frames())


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 # CPython's own way to ask
    while frame is not None:
        yield frame
        frame = frame.f_back
