"""Carries requests over httpx and brings back what came of them; loaded with the first question.

What is no `Exception`, such as the refusal of a call that is not recorded, passes through.
"""

from __future__ import annotations

import threading
from contextlib import aclosing, asynccontextmanager, closing, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx

from pytest_specbudget.agents.inquiry import Answered
from pytest_specbudget.agents.values import BadReply, NoReply, Unavailable
from pytest_specbudget.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from ssl import SSLContext

    from pytest_specbudget.agents.values import Call

__all__ = ["Connections"]

_LONGEST_BODY = 64 << 20
_CONNECT_S = 10.0
_UNDONE = "content-encoding"


class _Arriving:
    """A body that is on its way, within bounds of size and time."""

    def __init__(self, seconds: Callable[[], float], timeout_s: float) -> None:
        self._seconds = seconds
        self._until = seconds() + timeout_s
        self._pieces: list[bytes] = []
        self._size = 0

    def add(self, piece: bytes) -> None:
        """Take the next piece.

        Raises:
            NoReply: If it is too much, or too late.
        """
        self._size += len(piece)
        if self._size > _LONGEST_BODY:
            raise BadReply(f"the answer is longer than {_LONGEST_BODY >> 20} MiB")
        if self._seconds() > self._until:
            raise Unavailable("timeout", message="the answer takes too long", again=False)
        self._pieces.append(piece)

    def answered(self, response: httpx.Response) -> Answered:
        """Return the whole of it."""
        headers = {name.lower(): text for name, text in response.headers.items()}
        headers.pop(_UNDONE, None)
        body = b"".join(self._pieces)
        return Answered(status=response.status_code, headers=headers, body=body)


class Connections:
    """Connections to providers, kept for threads, and opened anew for each question of a task.

    Connections belong to an event loop, and nobody tells when one ends.
    """

    def __init__(self, timeout_s: float, seconds: Callable[[], float]) -> None:
        """Args: how long an answer and any part of it may take, and what a stopwatch shows."""
        self._timeout_s = timeout_s
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: httpx.Client | None = None
        self._options: dict[str, Any] = {
            "timeout": httpx.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_S)),
            "follow_redirects": False,  # so that no key goes elsewhere
            "verify": _trusted(),
        }

    def close(self) -> None:
        """Let go of those that are kept."""
        with self._lock:
            kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    def send(self, call: Call) -> Answered:
        """Send *call* and wait for all of the answer.

        Raises:
            NoReply: If none came.
            SettingError: If the request can never get out.
        """
        client, arriving = self._client(), self._arriving()
        with _travelling():
            response = client.send(_request(client, call), stream=True)
            with closing(response):
                for piece in response.iter_bytes():
                    arriving.add(piece)
        return arriving.answered(response)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[httpx.AsyncClient]:
        """Open connections for one question of a task."""
        async with httpx.AsyncClient(**self._options) as client:
            yield client

    async def send_async(self, client: httpx.AsyncClient, call: Call) -> Answered:
        """Send *call* and let others work until all of the answer is there; raises as `send`."""
        arriving = self._arriving()
        with _travelling():
            response = await client.send(_request(client, call), stream=True)
            async with aclosing(response):
                async for piece in response.aiter_bytes():
                    arriving.add(piece)
        return arriving.answered(response)

    def _client(self) -> httpx.Client:
        with self._lock:
            if self._kept is None:
                self._kept = httpx.Client(**self._options)
            return self._kept

    def _arriving(self) -> _Arriving:
        return _Arriving(self._seconds, self._timeout_s)


@cache
def _trusted() -> SSLContext:
    """Return whom to trust; to load that takes longer than all else about a client."""
    return httpx.create_ssl_context()


@contextmanager
def _travelling() -> Iterator[None]:
    """Say in our own words what goes wrong on the way; never what httpx says of a header."""
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as problem:
        raise SettingError([f"a model cannot be asked: {type(problem).__name__}"]) from None
    except httpx.HTTPError as problem:
        raise _lost(problem) from problem


def _request(client: httpx.Client | httpx.AsyncClient, call: Call) -> httpx.Request:
    try:
        return client.build_request(
            call.method, call.url, headers=dict(call.headers), content=call.body
        )
    except UnicodeEncodeError:
        raise SettingError(["a key or a model's name holds what no request can hold"]) from None


def _lost(problem: httpx.HTTPError) -> NoReply:
    """Say what a failure means; a request that is not out yet may be sent again.

    Source: https://www.python-httpx.org/exceptions/ and the code of httpx 0.28.1.
    """
    words = f"{type(problem).__name__}: {problem}".rstrip(": ")
    if isinstance(problem, httpx.DecodingError):
        return BadReply(f"the body cannot be unpacked: {words}")
    unsent = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
    late = isinstance(problem, httpx.TimeoutException)
    return Unavailable(
        "timeout" if late else "connection", message=words, again=isinstance(problem, unsent)
    )
