"""What a send of httpx that raised had asked by then, and what it was answered.

A client keeps both in the frames that the error passed on its way up, and nowhere else: a hook that
raises, or an auth flow, hides an answer that may have cost something.  Where nothing was raised,
nothing here is called.

Source: httpx 0.28.1 and httpx2 2.16.2 (`_client.py`).
"""

from __future__ import annotations

from itertools import islice, takewhile
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["steps_before"]

_METER = "pytest_specbudget.meters.clients.httpx"
_ASKING = "_send_single_request"
"""Which method of a client asks the transport."""
_SENDING = ("send", "_send_handling_auth", "_send_handling_redirects", _ASKING)
"""Each of them calls the next."""


def steps_before(error: BaseException, client: Any) -> list[tuple[Any, Any]]:
    """Return each request that *client* handed to a transport before *error*, and its answer.

    The answer to the last is None where the transport itself raised.  *error* has passed the meter
    of that send, and no frame above it.
    """
    frames = _frames_of(client, error)
    steps = [(answer.request, answer) for answer in _answers(frames)]
    if frames and frames[-1].f_code.co_name == _ASKING and "response" not in frames[-1].f_locals:
        steps.append((frames[-1].f_locals["request"], None))
    return steps


def _frames_of(client: Any, error: BaseException) -> list[FrameType]:
    """Return those that send, outermost first; not what a hook sends by the same client."""
    passed = (frame for frame, _ in islice(walk_tb(error.__traceback__), 1, None))
    own = takewhile(lambda frame: frame.f_globals.get("__name__") != _METER, passed)
    sending = (frame for frame in own if frame.f_code.co_name in _SENDING)
    return [frame for frame in sending if frame.f_locals.get("self") is client]


def _answers(frames: list[FrameType]) -> list[Any]:
    """Return what was answered, in order; a response knows what came before it too late."""
    last = frames[-1].f_locals.get("response") if frames else None
    kept = (frame.f_locals["history"] for frame in reversed(frames) if "history" in frame.f_locals)
    history = next(kept, last.history if last is not None else [])
    is_new = last is not None and all(last is not earlier for earlier in history)
    return [*history, last] if is_new else list(history)
