"""The order in which one question is sent, with which key, and when again; no I/O, no clock.

A key that is refused for now, or turned down, gives way to the next one at once.  When none is
left, the same is done again after a wait, as often and as long as `Patience` allows.  Each attempt
is a request of its own.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, TypeAlias

from pytest_specbudget.agents.values import BadReply, Rejected, Reply, Unavailable
from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from pytest_specbudget.agents.values import Call, NoReply

__all__ = ["Attempts", "Patience", "Pause", "advanced", "attempts"]

_DOUBLINGS = 20
_OF_THE_KEY = (401, 402, 403)
"""The statuses that turn down who asks, and not what is asked: unknown, unpaid, not allowed."""


@value
class Patience:
    """How often and how long to wait for a model that cannot be had.

    Attributes:
        retries: How often the same is sent again, 0 or more.
        longest_wait_s: The longest single wait, in seconds; a provider that asks for more is not
            waited for.
        first_wait_s: The first wait where the provider names none; each further one is twice as
            long.
    """

    retries: int = 2
    longest_wait_s: float = 60.0
    first_wait_s: float = 0.5

    def pause(self, failure: Unavailable, tried: int) -> float | None:
        """Return how long to wait after *tried* retries, in seconds; None for giving up."""
        usual = min(self.first_wait_s * 2.0 ** min(tried, _DOUBLINGS), self.longest_wait_s)
        wait = usual if failure.retry_after_s is None else failure.retry_after_s
        worth_it = failure.again and tried < self.retries and wait <= self.longest_wait_s
        return wait if worth_it else None


@value
class Pause:
    """A wait, in seconds."""

    seconds: float


Attempts: TypeAlias = "Generator[Call | Pause, Reply | NoReply | None, Reply]"
"""Yields what to send, and is sent what came of it; or a wait, and is sent None."""


def attempts(calls: Sequence[Call], patience: Patience) -> Attempts:
    """Say what to send next until there is a reply.

    Args:
        calls: The same request with each of the keys, in the order of trying; at least one.
        patience: How often and how long to wait.

    Raises:
        NoReply: If there is none to be had.
    """
    for tried in count():
        outcome = yield from _with_each_key(calls)
        if isinstance(outcome, Reply):
            return outcome
        pause = patience.pause(outcome, tried) if isinstance(outcome, Unavailable) else None
        if pause is None:
            raise outcome
        yield Pause(seconds=pause)
    raise AssertionError("counting does not end")


def advanced(steps: Attempts, outcome: Reply | NoReply | None) -> Call | Pause | Reply:
    """Tell *steps* what came of the last one; return the next one, or the reply."""
    try:
        return steps.send(outcome)
    except StopIteration as end:
        reply: Reply = end.value
        return reply


def _with_each_key(
    calls: Sequence[Call],
) -> Generator[Call | Pause, Reply | NoReply | None, Reply | NoReply]:
    """Send with one key after the other while they are refused for now, or turned down."""
    turned_down: list[NoReply] = []
    refused: list[Unavailable] = []
    for call in calls:
        outcome = (yield call) or BadReply("nobody tells what came of it")
        if isinstance(outcome, Rejected) and outcome.status in _OF_THE_KEY:
            turned_down.append(outcome)
        elif isinstance(outcome, Unavailable) and outcome.kind == "rate_limit":
            refused.append(outcome)
        else:
            return outcome
    return min(refused, key=_soonest) if refused else turned_down[0]


def _soonest(refused: Unavailable) -> tuple[bool, float]:
    """Sort what may be tried again by when; one that names no wait may be tried soon."""
    return not refused.again, refused.retry_after_s or 0.0
