"""Meters urllib3, and so what stands on it: requests, boto3 (botocore), and others.

The meter sits on `HTTPConnectionPool._make_request` of urllib3 1.26 and 2, which runs once for each
attempt, above the connections that vcrpy replaces.  urllib3 is not imported here.

urllib3.future has the same shape, and more: it stands in the place of urllib3 where both are
installed, and niquests calls through it, sync and async.  What it sends does not pass
`http.client`, so its connections are marked here.  Requests whose answers are asked for later
(`multiplexed`) are not read: they are findings.

Tried and rejected: `urlopen`, which calls itself for each retry and each redirect, so that one
call of it is several attempts.

Source: urllib3 1.26.20 and 2.8.0 (`connectionpool.py`, `response.py`); urllib3.future 2.25.904
(`backend/hface.py`, `backend/_base.py`, `_async/connectionpool.py`).
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters.clients.http_body import answered, hearing_of
from pytest_specbudget.meters.clients.http_client import about_to_connect, note_unsent
from pytest_specbudget.meters.hooks import replace_method
from pytest_specbudget.meters.journey import beside, open_attempt, travelling
from pytest_specbudget.meters.origin import current_mark, open_mark, wired
from pytest_specbudget.meters.raised import raised_by

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.clients.http_body import Hearing
    from pytest_specbudget.meters.hooks import Undo

__all__ = [
    "hear_chunks",
    "mark_async_backend",
    "mark_backend",
    "mark_secure_connection",
    "watch_async_pool",
    "watch_manager",
    "watch_pool",
]

_OWN = ("urllib3.", "urllib3_future.")
"""How the modules of both are called."""


def watch_pool(module: ModuleType) -> Undo:
    """Meter the attempts of `HTTPConnectionPool` of `urllib3.connectionpool`."""
    with ExitStack() as undo:
        undo.callback(replace_method(module.HTTPConnectionPool, "_make_request", _metered))
        undo.callback(replace_method(module.HTTPConnectionPool, "urlopen", travelling))
        return undo.pop_all().close


def watch_async_pool(module: ModuleType) -> Undo:
    """Meter the attempts of `AsyncHTTPConnectionPool` of urllib3.future."""
    return replace_method(module.AsyncHTTPConnectionPool, "_make_request", _metered_async)


def mark_backend(module: ModuleType) -> Undo:
    """Mark what passes `HfaceBackend` of urllib3.future, which takes the place of `http.client`."""
    return replace_method(module.HfaceBackend, "putrequest", _marked)


def mark_async_backend(module: ModuleType) -> Undo:
    """Mark what passes `AsyncHfaceBackend` of urllib3.future."""
    return replace_method(module.AsyncHfaceBackend, "putrequest", _marked)


def watch_manager(module: ModuleType) -> Undo:
    """Let redirects that `PoolManager` of `urllib3.poolmanager` follows be one attempt."""
    return replace_method(module.PoolManager, "urlopen", travelling)


def mark_secure_connection(module: ModuleType) -> Undo:
    """Mark what makes `HTTPSConnection` of `urllib3.connection` connect, ahead of its request."""

    def around(original: Any) -> Any:
        def connect(connection: Any, *args: Any, **options: Any) -> Any:
            about_to_connect(connection)
            try:
                return original(connection, *args, **options)
            except BaseException:
                _note_unasked()
                raise

        return connect

    return replace_method(module.HTTPSConnection, "connect", around)


def _note_unasked() -> None:
    """Note that nobody heard the request: the connection that it waited for was never made."""
    mark = open_mark()
    if mark is not None:
        mark.unasked = True


def hear_chunks(module: ModuleType) -> Undo:
    """Hear what `HTTPResponse` of `urllib3.response` reads past `http.client`, chunk by chunk.

    It also tells a response that nobody holds any more from one that was closed: urllib3's own,
    which owns that of `http.client`, closes it when it is collected.  urllib3.future reads nothing
    past its own stand-in for that one.
    """
    response = module.HTTPResponse
    if hasattr(module, "LowLevelResponse"):
        return _lose_with(response)
    with ExitStack() as undo:
        undo.callback(replace_method(response, "_handle_chunk", _hearing_chunk))
        undo.callback(replace_method(response, "_update_chunk_length", _hearing_chunk_length))
        undo.callback(_lose_with(response))
        return undo.pop_all().close


def _metered(original: Any) -> Any:
    def make_request(
        pool: Any, conn: Any, method: str, url: str, *args: Any, **options: Any
    ) -> Any:
        body = options.get("body")
        attempt = open_attempt(method, pool.host, url, body)
        if attempt is None:
            with beside(method, pool.host, url, body):
                return original(pool, conn, method, url, *args, **options)
        outer = current_mark.get()
        current_mark.set(attempt.mark)
        try:
            response = original(pool, conn, method, url, *args, **options)
        except BaseException as error:
            _fail(attempt, conn, error)
            raise
        finally:
            current_mark.set(outer)
        answered(attempt, response, _read_already(response, options))
        return response

    return make_request


def _fail(attempt: Attempt, conn: Any, error: BaseException) -> None:
    """Book what was raised, perhaps by urllib3 itself, which found nobody to ask."""
    note_unsent(attempt, conn)
    if raised_by(error).startswith(_OWN):
        attempt.mark.end_unasked()
    attempt.fail(error)


def _metered_async(original: Any) -> Any:
    async def make_request(
        pool: Any, conn: Any, method: str, url: str, *args: Any, **options: Any
    ) -> Any:
        body = args[0] if args else options.get("body")
        attempt = open_attempt(method, pool.host, url, body)
        if attempt is None:
            with beside(method, pool.host, url, body):
                return await original(pool, conn, method, url, *args, **options)
        outer = current_mark.get()
        current_mark.set(attempt.mark)
        try:
            response = await original(pool, conn, method, url, *args, **options)
        except BaseException as error:
            _fail(attempt, conn, error)
            raise
        finally:
            current_mark.set(outer)
        # Where it has been read, it is kept; the public way to it is a coroutine.
        read = response._body if options.get("preload_content") else None  # noqa: SLF001
        answered(attempt, response, read)
        return response

    return make_request


def _marked(original: Any) -> Any:
    def putrequest(connection: Any, *args: Any, **options: Any) -> Any:
        wired()
        return original(connection, *args, **options)

    return putrequest


def _read_already(response: Any, options: Any) -> bytes | None:
    """Return the decoded body if urllib3 2 has read it; 1.26 reads after the attempt.

    What vcrpy puts in its place never decodes.
    """
    decodes = options.get("decode_content", True) and not hasattr(response, "recorded_response")
    return response.data if decodes and options.get("preload_content") else None


def _hearing_chunk(original: Any) -> Any:
    def handle_chunk(response: Any, *args: Any, **options: Any) -> Any:
        hearing = _hearing(response)
        if hearing is None:
            return original(response, *args, **options)
        with hearing:
            chunk = original(response, *args, **options)
        hearing.attempt.feed(chunk)
        return chunk

    return handle_chunk


def _hearing_chunk_length(original: Any) -> Any:
    def update_chunk_length(response: Any) -> None:
        hearing = _hearing(response)
        if hearing is None:
            original(response)
            return
        with hearing:
            original(response)
        if response.chunk_left == 0:
            hearing.attempt.finish("complete")

    return update_chunk_length


def _hearing(response: Any) -> Hearing | None:
    return hearing_of(getattr(response, "_fp", None))  # urllib3 has no public name for it


def _lose_with(response: Any) -> Undo:
    finalize = response.__del__  # inherited

    def __del__(dying: Any) -> None:  # noqa: N807 # it becomes one
        hearing = _hearing(dying)
        if hearing is not None:
            hearing.attempt.lose()
        finalize(dying)

    response.__del__ = __del__

    def undo() -> None:
        if vars(response).get("__del__") is __del__:
            del response.__del__

    return undo
