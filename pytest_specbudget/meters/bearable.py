"""Refusals in the workers of `multiprocessing.Pool` and `ThreadPool`.

A refusal is no `Exception`, so that no SDK retries or swallows it.  A worker of these pools dies of
what is no `Exception`, without an answer, and whoever waits for one waits for ever.  There, a
refusal is an `Exception` as well: SDKs may retry it, and are refused again.

Source: CPython 3.11 to 3.14 (`worker` of `multiprocessing/pool.py`).
"""

from __future__ import annotations

import sys
from threading import current_thread

from pytest_specbudget.errors import CallRefused

__all__ = ["WorkerRefusalError", "bearable"]


class WorkerRefusalError(CallRefused, Exception):
    """A model call was refused in a worker of a pool; it can be sent to who waits for it."""


def bearable(refusal: CallRefused) -> CallRefused:
    """Return *refusal*, or what says the same where it would be deadly."""
    return WorkerRefusalError(str(refusal)) if _works_in_a_pool() else refusal


def _works_in_a_pool() -> bool:
    threads = sys.modules.get("multiprocessing.dummy")
    if threads is not None and isinstance(current_thread(), threads.DummyProcess):
        return True
    processes = sys.modules.get("multiprocessing.process")
    return processes is not None and "PoolWorker" in processes.current_process().name
