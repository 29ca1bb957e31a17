"""Meters httpcore and httpcore2 where somebody calls them by hand: `pool.request`, `pool.stream`.

httpx goes another way (`handle_request`), and is metered above it; so this costs its calls nothing.
Whoever calls `handle_request` by hand is not seen.  Neither library is imported here.

Source: httpcore 1.0.9 and httpcore2 2.16.2 (`_sync/interfaces.py`, `_async/interfaces.py`).
"""

from __future__ import annotations

from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_specbudget.meters import tee
from pytest_specbudget.meters.hooks import replace_method
from pytest_specbudget.meters.journey import beside, open_attempt
from pytest_specbudget.meters.origin import current_mark, wired

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from contextlib import AbstractContextManager
    from types import ModuleType

    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.hooks import Undo

__all__ = ["watch_async_requests", "watch_requests"]

_SYNC = tee.of(tee.SyncTee, object)
_ASYNC = tee.of(tee.AsyncTee, object)


def watch_requests(module: ModuleType) -> Undo:
    """Meter `RequestInterface` of `httpcore._sync.interfaces` or its like."""
    with ExitStack() as undo:
        undo.callback(replace_method(module.RequestInterface, "request", _requesting))
        undo.callback(replace_method(module.RequestInterface, "stream", _streaming))
        return undo.pop_all().close


def watch_async_requests(module: ModuleType) -> Undo:
    """Meter `AsyncRequestInterface` of `httpcore._async.interfaces` or its like."""
    with ExitStack() as undo:
        undo.callback(replace_method(module.AsyncRequestInterface, "request", _requesting_async))
        undo.callback(replace_method(module.AsyncRequestInterface, "stream", _streaming_async))
        return undo.pop_all().close


def _requesting(original: Any) -> Any:
    def request(client: Any, method: Any, url: Any, **options: Any) -> Any:
        attempt = _begin(method, url, options)
        if attempt is None:
            with _beside(method, url, options):
                return original(client, method, url, **options)
        with _sending(attempt, client):
            response = original(client, method, url, **options)
        _hear_whole(attempt, response)
        return response

    return request


def _requesting_async(original: Any) -> Any:
    async def request(client: Any, method: Any, url: Any, **options: Any) -> Any:
        attempt = _begin(method, url, options)
        if attempt is None:
            with _beside(method, url, options):
                return await original(client, method, url, **options)
        with _sending(attempt, client):
            response = await original(client, method, url, **options)
        _hear_whole(attempt, response)
        return response

    return request


def _streaming(original: Any) -> Any:
    @contextmanager
    def stream(client: Any, method: Any, url: Any, **options: Any) -> Iterator[Any]:
        attempt, opened = _begin(method, url, options), original(client, method, url, **options)
        if attempt is None:
            with ExitStack() as closing:
                with _beside(method, url, options):
                    response = closing.enter_context(opened)
                yield response
            return
        with ExitStack() as closing:
            with _sending(attempt, client):
                response = closing.enter_context(opened)
            _follow(attempt, response, _SYNC)
            yield response

    return stream


def _streaming_async(original: Any) -> Any:
    @asynccontextmanager
    async def stream(client: Any, method: Any, url: Any, **options: Any) -> AsyncIterator[Any]:
        attempt, opened = _begin(method, url, options), original(client, method, url, **options)
        if attempt is None:
            async with AsyncExitStack() as closing:
                with _beside(method, url, options):
                    response = await closing.enter_async_context(opened)
                yield response
            return
        with _sending(attempt, client):
            response = await opened.__aenter__()
        _follow(attempt, response, _ASYNC)
        try:
            yield response
        finally:
            await response.aclose()  # all that leaving `opened` would do

    return stream


def _begin(method: Any, url: Any, options: dict[str, Any]) -> Attempt | None:
    """Open an attempt if this is a model call that nobody above meters; may refuse it."""
    host, target = _place(url)
    return open_attempt(_text(method), host, target, options.get("content"))


def _beside(method: Any, url: Any, options: dict[str, Any]) -> AbstractContextManager[None]:
    host, target = _place(url)
    return beside(_text(method), host, target, options.get("content"))


def _place(url: Any) -> tuple[str, Any]:
    """Return the host and the path with its query that *url* of either kind leads to."""
    if hasattr(url, "target"):  # httpcore's own
        return _text(url.host), _text(url.target)
    parts = urlsplit(_text(url))
    return parts.hostname or "", f"{parts.path}?{parts.query}" if parts.query else parts.path


def _text(words: Any) -> Any:
    return words.decode("ascii", "replace") if isinstance(words, bytes) else words


@contextmanager
def _sending(attempt: Attempt, client: Any) -> Iterator[None]:
    """Let the layers below say who answers, while the request is sent."""
    outer = current_mark.get()
    current_mark.set(attempt.mark)
    try:
        if not hasattr(client, "connections"):  # a single connection, which no pool marks
            wired()
        yield
    except BaseException as error:
        attempt.fail(error)
        raise
    finally:
        current_mark.set(outer)
        attempt.mark.open = False


def _headers(response: Any) -> dict[str, str]:
    return {name.decode().lower(): value.decode("latin-1") for name, value in response.headers}


def _hear_whole(attempt: Attempt, response: Any) -> None:
    try:
        attempt.head(response.status, _headers(response))
        attempt.feed(response.content)
    except Exception as error:  # noqa: BLE001 # see `Shield`
        attempt.hearing.hold(error)
    attempt.finish("complete")


def _follow(attempt: Attempt, response: Any, tee_type: Any) -> None:
    """Let *attempt* hear the answer while it is read."""
    try:
        attempt.head(response.status, _headers(response))
        response.stream = tee_type(response.stream, attempt)
    except Exception as error:  # noqa: BLE001 # see `Shield`
        attempt.hearing.hold(error)
        attempt.finish("complete")
