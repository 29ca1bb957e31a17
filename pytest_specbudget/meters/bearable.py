"""Refusals where what is no `Exception` is heard by nobody.

A refusal is no `Exception`, so that no SDK retries or swallows it.  A worker of
`multiprocessing.Pool` or `ThreadPool` dies of that without an answer, and so does a plain thread
that hands its results to a queue: whoever waits for one waits for ever.  There, a refusal is an
`Exception` as well: SDKs may retry it, and are refused again.  Event loops and executors hand on
whatever is raised.

Source: CPython 3.11 to 3.14 (`worker` of `multiprocessing/pool.py`, `_WorkItem.run` of
`concurrent/futures/thread.py`, `Task.__step` of `asyncio/tasks.py`).
"""

from __future__ import annotations

import sys
from threading import Thread, current_thread, main_thread

from pytest_specbudget.errors import CallRefused

__all__ = ["WorkerRefusalError", "bearable"]


class WorkerRefusalError(CallRefused, Exception):
    """A model call was refused in a thread or worker; it can be handed to who waits for it."""


def bearable(refusal: CallRefused) -> CallRefused:
    """Return *refusal*, or what says the same where it would be deadly."""
    deadly = _works_in_a_pool() or _dies_unheard()
    return WorkerRefusalError(str(refusal)) if deadly else refusal


def _works_in_a_pool() -> bool:
    threads = sys.modules.get("multiprocessing.dummy")
    if threads is not None and isinstance(current_thread(), threads.DummyProcess):
        return True
    processes = sys.modules.get("multiprocessing.process")
    return processes is not None and "PoolWorker" in processes.current_process().name


def _dies_unheard() -> bool:
    """Tell whether this is a plain thread that no event loop and no executor runs."""
    thread = current_thread()
    if type(thread) is not Thread or thread is main_thread():
        return False
    work = getattr(thread, "_target", None)  # private; without it, all plain threads are
    return getattr(work, "__module__", "") != "concurrent.futures.thread" and not _has_a_loop()


def _has_a_loop() -> bool:
    asyncio = sys.modules.get("asyncio")
    # The public function says it with an error, and this one is exported for those who run loops.
    return asyncio is not None and asyncio._get_running_loop() is not None  # noqa: SLF001 - see above
