"""Meters lm15, which writes HTTP to sockets of its own; dspy calls through a copy of it.

The meter sits on the two transports, sync and async, where one call is one attempt.  No cassette
and no fake of another package answers below them, so what gets there reaches the network.  A
transport of the tests themselves is a fake, and none of these.  lm15 is not imported here.

Source: lm15 1.0.0rc3 as in dspy 3.4.1, and 1.5.0 (`transports/_sync.py`, `transports/_async.py`,
`transports/_types.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_specbudget.meters import tee
from pytest_specbudget.meters.hooks import replace_method
from pytest_specbudget.meters.journey import leave, lower, open_attempt

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.hooks import Undo

__all__ = ["watch_async_transport", "watch_transport"]

_SYNC = tee.of(tee.SyncTee, object)
_ASYNC = tee.of(tee.AsyncTee, object)


def watch_transport(module: ModuleType) -> Undo:
    """Meter `StdlibTransport` of `lm15.transports._sync`."""

    def around(original: Any) -> Any:
        def stream(transport: Any, request: Any) -> Any:
            attempt = _begin(request)
            if attempt is None:
                return original(transport, request)
            leave(attempt)
            try:
                response = original(transport, request)
            except BaseException as error:
                attempt.fail(error)
                raise
            _listen(attempt, response, _SYNC, _closing)
            return response

        return stream

    return replace_method(module.StdlibTransport, "stream", around)


def watch_async_transport(module: ModuleType) -> Undo:
    """Meter `StdlibAsyncTransport` of `lm15.transports._async`."""

    def around(original: Any) -> Any:
        async def do_stream(transport: Any, request: Any) -> Any:
            attempt = _begin(request)
            if attempt is None:
                return await original(transport, request)
            leave(attempt)
            try:
                response = await original(transport, request)
            except BaseException as error:
                attempt.fail(error)
                raise
            _listen(attempt, response, _ASYNC, _closing_async)
            return response

        return do_stream

    return replace_method(module.StdlibAsyncTransport, "_do_stream", around)


def _begin(request: Any) -> Attempt | None:
    """Open an attempt if this is a model call; may refuse it."""
    url = urlsplit(request.url)
    target = f"{url.path}?{url.query}" if url.query else url.path
    return open_attempt(request.method, url.hostname or "", target, request.body)


def _listen(attempt: Attempt, response: Any, tee_type: Any, closing: Any) -> None:
    """Let *attempt* hear the answer while it is read, and that it was closed."""
    try:
        attempt.head(response.status, lower(dict(response.headers)))
        response._chunks = tee_type(response._chunks, attempt)  # noqa: SLF001 # it has no public name
        response._release = closing(response._release, attempt)  # noqa: SLF001 # likewise
    except Exception as error:  # noqa: BLE001 # see `Shield`
        attempt.hearing.hold(error)
        attempt.finish("complete")


def _closing(release: Any, attempt: Attempt) -> Any:
    def released(body_consumed: bool) -> None:  # noqa: FBT001 # its own signature
        try:
            release(body_consumed)
        finally:
            attempt.finish("closed")

    return released


def _closing_async(release: Any, attempt: Attempt) -> Any:
    async def released(body_consumed: bool) -> None:  # noqa: FBT001 # its own signature
        try:
            await release(body_consumed)
        finally:
            attempt.finish("closed")

    return released
