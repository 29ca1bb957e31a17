"""Run in a process that `multiprocessing` starts, before anything of the user's.

The process may have been forked from a server which another test started, or which started before
all tests.  `told` are the variables that it would have if the test had started it itself.  A Python
that has no pytest-specbudget runs as if nobody had asked.
"""

# ruff: noqa: INP001 # it is run by its path, and is no part of a package

from __future__ import annotations

import os
import sys

told: dict[str, str] = globals()["told"]
os.environ.update(told)

try:
    from pytest_specbudget.bookkeeping.child import begin
except ImportError:
    pass
else:
    try:
        begin(told["PYTEST_SPECBUDGET_CHILD"])
    except Exception as error:  # noqa: BLE001 # the program must run
        print(f"specbudget: process {os.getpid()} is not metered: {error!r}", file=sys.stderr)  # noqa: T201 # nobody else is there to say it
