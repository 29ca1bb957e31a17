"""Meters a Python process that a test started, and gives way to the `sitecustomize` behind it.

Python imports this before the program, because the test's process put this folder into
`PYTHONPATH`.  A Python that has no pytest-specbudget runs as if nobody had asked.
"""

# ruff: noqa: INP001 # the folder is put into a path and is no package

from __future__ import annotations

import os
import sys

_TOLD = "PYTEST_SPECBUDGET_CHILD"
_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 # pathlib takes 10 ms


def _begin() -> None:
    told = os.environ.get(_TOLD)
    if told is None:
        return
    try:
        from pytest_specbudget.bookkeeping.child import begin  # noqa: PLC0415 # only where asked
    except ImportError:
        return
    try:
        begin(told)
    except Exception as error:  # noqa: BLE001 # the program must run
        print(f"specbudget: process {os.getpid()} is not metered: {error!r}", file=sys.stderr)  # noqa: T201 # nobody else is there to say it


def _give_way() -> None:
    """Import the module that this one stands in front of, if there is one."""
    sys.path[:] = [path for path in sys.path if os.path.abspath(path) != _HERE]  # noqa: PTH100 # as above
    ours = sys.modules.pop(__name__)
    try:
        __import__(__name__)
    except ModuleNotFoundError as error:
        if error.name != __name__:
            raise
    finally:
        sys.modules.setdefault(__name__, ours)


_begin()
_give_way()
