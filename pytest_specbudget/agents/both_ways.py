"""Calls functions from tasks and coroutines from plain code, in the caller's own context.

Who is charged for a call is kept in the context, so it goes along into each thread.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["awaited", "finished"]


def finished(outcome: Any) -> Any:
    """Return *outcome*, or what comes of it where it has to be awaited."""
    if not inspect.isawaitable(outcome):
        return outcome
    if not _in_a_loop():
        return asyncio.run(_awaiting(outcome))
    context = contextvars.copy_context()
    with ThreadPoolExecutor(max_workers=1) as threads:
        return threads.submit(context.run, asyncio.run, _awaiting(outcome)).result()


async def awaited(function: Callable[[], Any]) -> Any:
    """Call *function* while others work: in a thread, unless it gives something to await."""
    if inspect.iscoroutinefunction(function):
        return await function()
    outcome = await asyncio.to_thread(function)
    return await outcome if inspect.isawaitable(outcome) else outcome


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _awaiting(outcome: Awaitable[Any]) -> Any:
    return await outcome
