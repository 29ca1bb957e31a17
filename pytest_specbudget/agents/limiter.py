"""How many requests a provider gets at once, and how quickly one after the other.

One limiter serves threads and tasks of any event loop alike: who must wait waits for a future.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

__all__ = ["Limit", "Limiter"]


@value
class Limit:
    """What one provider is asked at most.

    Attributes:
        at_once: Requests on their way at one time, 1 or more.
        apart_s: Seconds from the start of one to the start of the next, 0 or more.
    """

    at_once: int = 8
    apart_s: float = 0.0


class Limiter:
    """Holds requests to one provider back to a `Limit`."""

    def __init__(self, limit: Limit, seconds: Callable[[], float]) -> None:
        """Args: the limit, and a clock that tells seconds and does not go back."""
        self._limit = limit
        self._seconds = seconds
        self._lock = threading.Lock()
        self._free = limit.at_once
        self._waiting: deque[Future[None]] = deque()
        self._next_start = 0.0

    @contextmanager
    def turn(self, sleep: Callable[[float], object]) -> Iterator[None]:
        """Wait for one's turn, and take it."""
        place = self._place()
        with self._given_back(place):
            place.result()
            if (wait := self._wait()) > 0:
                sleep(wait)
            yield

    @asynccontextmanager
    async def turn_async(self, sleep: Callable[[float], Awaitable[object]]) -> AsyncIterator[None]:
        """Wait for one's turn while others work, and take it."""
        place = self._place()
        with self._given_back(place):
            if not place.done():
                await asyncio.wrap_future(place)
            if (wait := self._wait()) > 0:
                await sleep(wait)
            yield

    def _place(self) -> Future[None]:
        """Return a place that is one's own when it is done."""
        place: Future[None] = Future()
        with self._lock:
            if self._free > 0:
                self._free -= 1
                place.set_result(None)
            else:
                self._waiting.append(place)
        return place

    @contextmanager
    def _given_back(self, place: Future[None]) -> Iterator[None]:
        """Let the next one in at the end, also of one who was called off while waiting."""
        try:
            yield
        finally:
            if not place.cancel():
                self._let_in()

    def _let_in(self) -> None:
        with self._lock:
            while self._waiting:
                place = self._waiting.popleft()
                if place.set_running_or_notify_cancel():
                    place.set_result(None)
                    return
            self._free += 1

    def _wait(self) -> float:
        """Book the next start; return how far away it is, in seconds."""
        with self._lock:
            now = self._seconds()
            start = max(now, self._next_start)
            self._next_start = start + self._limit.apart_s
            return start - now
