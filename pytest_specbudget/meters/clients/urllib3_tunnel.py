"""Begins an attempt of urllib3 before the tunnel through a proxy that it needs.

urllib3 makes the tunnel above `_make_request`, where attempts begin else: one whose tunnel is
denied would be in no books, and one that may not be sent would have reached the proxy.  Where it
is made, the attempt waits for that request.  urllib3 is not imported here.

Source: urllib3 1.26.20 and 2.8.0, urllib3.future 2.25.904 (`connectionpool.py`).
"""

from __future__ import annotations

from inspect import currentframe
from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters.hooks import replace_method
from pytest_specbudget.meters.journey import current_journey, open_attempt
from pytest_specbudget.meters.origin import current_mark

if TYPE_CHECKING:
    from types import FrameType, ModuleType

    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.hooks import Undo
    from pytest_specbudget.meters.journey import Journey

__all__ = ["watch_tunnels"]


def watch_tunnels(module: ModuleType) -> Undo:
    """Meter `HTTPSConnectionPool._prepare_proxy` of `urllib3.connectionpool`."""
    return replace_method(module.HTTPSConnectionPool, "_prepare_proxy", _tunnelling)


def _tunnelling(original: Any) -> Any:
    def prepare_proxy(pool: Any, conn: Any) -> None:
        journey = current_journey()
        attempt = None if journey is None else _begun(journey, pool)
        if journey is None or attempt is None:
            original(pool, conn)
            return
        _tunnel(attempt, original, pool, conn)
        journey.waiting = attempt

    return prepare_proxy


def _begun(journey: Journey, pool: Any) -> Attempt | None:
    """Open an attempt, unless one waits already, at what `urlopen` is about to send."""
    frame = None if journey.waiting is not None else _sending(pool, currentframe())
    if frame is None:
        return None
    asked = frame.f_locals
    return open_attempt(asked.get("method"), pool.host, asked.get("url", ""), asked.get("body"))


def _sending(pool: Any, frame: FrameType | None) -> FrameType | None:
    """Return the frame of the `urlopen` of *pool* that runs, or None."""
    while frame is not None:
        if frame.f_code.co_name == "urlopen" and frame.f_locals.get("self") is pool:
            return frame
        frame = frame.f_back
    return None


def _tunnel(attempt: Attempt, prepare: Any, pool: Any, conn: Any) -> None:
    outer = current_mark.get()
    current_mark.set(attempt.mark)
    try:
        prepare(pool, conn)
    except BaseException as error:
        attempt.mark.unasked = True
        attempt.fail(error)
        raise
    finally:
        current_mark.set(outer)
