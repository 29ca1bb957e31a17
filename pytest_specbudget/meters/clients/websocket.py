"""Sees that a session with a model is opened over a WebSocket; what passes in it is not read.

The meter sits where websockets, websocket-client and aiohttp open one.  A session is admitted like
any call, so that it may be refused, and booked as one whose counts nobody knows, which is a finding
and not a silence.  websockets asks only when it has connected, and leaves that open where it is
refused.  None of these libraries is imported here.

Source: websockets 15.0.1 (`client.py`), websocket-client 1.9.0 (`_core.py`), aiohttp 3.14.5
(`client.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters.hooks import replace_method
from pytest_specbudget.meters.journey import leave, lower
from pytest_specbudget.meters.watching import current_watch
from pytest_specbudget.providers.realtime import listener_to

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.hooks import Undo

__all__ = [
    "hang_up",
    "hang_up_async",
    "watch_app_sockets",
    "watch_handshakes",
    "watch_sockets",
]

_ATTEMPT = "specbudget_attempt"
_OPENED = 101


def watch_handshakes(module: ModuleType) -> Undo:
    """See what `ClientProtocol` of `websockets.client` asks for, and how it is answered."""
    undo = replace_method(module.ClientProtocol, "connect", _asking)
    undo_too = replace_method(module.ClientProtocol, "process_response", _answering)

    def both() -> None:
        undo_too()
        undo()

    return both


def hang_up(module: ModuleType) -> Undo:
    """Close what `ClientConnection` of `websockets.sync.client` had opened, where it is refused."""

    def around(original: Any) -> Any:
        def handshake(connection: Any, *args: Any, **options: Any) -> None:
            try:
                original(connection, *args, **options)
            except CallRefused:
                connection.close_socket()
                raise

        return handshake

    return replace_method(module.ClientConnection, "handshake", around)


def hang_up_async(module: ModuleType) -> Undo:
    """Close what `ClientConnection` of `websockets.asyncio.client` had opened, likewise."""

    def around(original: Any) -> Any:
        async def handshake(connection: Any, *args: Any, **options: Any) -> None:
            try:
                await original(connection, *args, **options)
            except CallRefused:
                connection.transport.abort()
                raise

        return handshake

    return replace_method(module.ClientConnection, "handshake", around)


def watch_sockets(module: ModuleType) -> Undo:
    """See what `WebSocket` of `websocket._core` connects to."""

    def around(original: Any) -> Any:
        def connect(socket: Any, url: str, **options: Any) -> Any:
            attempt = _begin(url)
            if attempt is None:
                return original(socket, url, **options)
            try:
                connected = original(socket, url, **options)
            except BaseException as error:
                attempt.fail(error)
                raise
            _opened(attempt)
            return connected

        return connect

    return replace_method(module.WebSocket, "connect", around)


def watch_app_sockets(module: ModuleType) -> Undo:
    """See what `ClientSession` of `aiohttp.client` opens."""

    def around(original: Any) -> Any:
        async def ws_connect(session: Any, url: Any, **options: Any) -> Any:
            attempt = _begin(str(url))
            if attempt is None:
                return await original(session, url, **options)
            try:
                connected = await original(session, url, **options)
            except BaseException as error:
                attempt.fail(error)
                raise
            _opened(attempt)
            return connected

        return ws_connect

    return replace_method(module.ClientSession, "_ws_connect", around)


def _asking(original: Any) -> Any:
    def connect(protocol: Any) -> Any:
        uri = protocol.uri
        attempt = _begin(f"ws://{uri.host}{uri.resource_name}")
        protocol.__dict__[_ATTEMPT] = attempt
        return original(protocol)

    return connect


def _answering(original: Any) -> Any:
    def process_response(protocol: Any, response: Any) -> None:
        attempt = protocol.__dict__.pop(_ATTEMPT, None)
        if attempt is not None:
            attempt.head(response.status_code, lower(dict(response.headers.raw_items())))
            attempt.finish("complete")
        original(protocol, response)

    return process_response


def _begin(url: str) -> Attempt | None:
    """Open an attempt if *url* leads to a model; may refuse it."""
    watch = current_watch()
    if watch is None:
        return None
    try:
        parts = urlsplit(url)
        asked = Request("GET", (parts.hostname or "").lower(), parts.path or "/", b"", parts.query)
        listener = listener_to(asked)
        attempt = None if listener is None else watch.open(asked, listener)
    except Exception as error:  # noqa: BLE001 # see `Shield`
        watch.shield.hold(error)
        return None
    if attempt is not None:
        leave(attempt)
    return attempt


def _opened(attempt: Attempt) -> None:
    attempt.head(_OPENED, {})
    attempt.finish("complete")
