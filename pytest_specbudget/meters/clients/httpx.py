"""Meters the clients of httpx and of httpx2, which have the same shape.

The meter sits on `Client.send`, above cassettes and mocks, and sees one attempt of an SDK as one
call, whatever redirects and authentication it takes.  Neither library is imported here.

Tried and rejected: transports, because vcrpy 8.2 and newer replaces them and a replayed call would
not be seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.meters import tee
from pytest_specbudget.meters.carrier import runs_an_app
from pytest_specbudget.meters.hooks import replace_method
from pytest_specbudget.meters.origin import current_mark, open_mark
from pytest_specbudget.meters.watching import current_watch
from pytest_specbudget.providers import candidate

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.hooks import Undo

__all__ = ["watch_async_client", "watch_client"]


def watch_client(module: ModuleType) -> Undo:
    """Meter `Client.send` of *module*, which is `httpx._client` or its like."""
    tee_type = tee.of(tee.SyncTee, module.SyncByteStream)

    def around(original: Any) -> Any:
        def send(client: Any, request: Any, *args: Any, **options: Any) -> Any:
            attempt = _begin(request)
            if attempt is None:
                return original(client, request, *args, **options)
            _set_mark(attempt, client, request)
            try:
                response = original(client, request, *args, **options)
            except BaseException as error:
                attempt.fail(error)
                raise
            finally:
                current_mark.set(None)
            _listen(attempt, response, tee_type)
            return response

        return send

    return replace_method(module.Client, "send", around)


def watch_async_client(module: ModuleType) -> Undo:
    """Meter `AsyncClient.send` of *module*, which is `httpx._client` or its like."""
    tee_type = tee.of(tee.AsyncTee, module.AsyncByteStream)

    def around(original: Any) -> Any:
        async def send(client: Any, request: Any, *args: Any, **options: Any) -> Any:
            attempt = _begin(request)
            if attempt is None:
                return await original(client, request, *args, **options)
            _set_mark(attempt, client, request)
            try:
                response = await original(client, request, *args, **options)
            except BaseException as error:
                attempt.fail(error)
                raise
            finally:
                # No token: a coroutine that is closed from outside ends in another context.
                current_mark.set(None)
            _listen(attempt, response, tee_type)
            return response

        return send

    return replace_method(module.AsyncClient, "send", around)


def _begin(request: Any) -> Attempt | None:
    """Open an attempt if this is a model call that nobody above meters; may refuse it."""
    watch = current_watch()
    if watch is None or open_mark() is not None:
        return None
    try:
        # As on the wire: unquoted, `%3A` and `%2F` in a model's name would pass for separators.
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        if candidate(request.method, path):
            host, body = request.url.host, _content(request)
            return watch.begin(Request(request.method, host, path, body, query))
    except Exception as error:  # noqa: BLE001 # see `Shield`
        watch.shield.hold(error)
    return None


def _content(message: Any) -> bytes | None:
    """Return the body of a request or response if it was read; reading it here would disturb."""
    try:
        body: bytes = message.content
    except RuntimeError:  # RequestNotRead and ResponseNotRead of both libraries
        return None
    return body


def _set_mark(attempt: Attempt, client: Any, request: Any) -> None:
    """Let the layers below say who answers.

    An app that runs inside the call makes calls of its own.  They are metered for themselves, and
    nobody marks the outer one, so that it counts as answered by a fake, which is what it is.
    """
    inside = False
    try:
        transport = client._transport_for_url(request.url)  # noqa: SLF001 # no public way to ask
        inside = runs_an_app(transport)
        attempt.mark.transport = None if inside else transport
    except Exception as error:  # noqa: BLE001 # see `Shield`
        attempt.shield.hold(error)
    current_mark.set(None if inside else attempt.mark)


def _listen(attempt: Attempt, response: Any, tee_type: Any) -> None:
    """Let *attempt* hear the answer: at once if it was read, else while it is read."""
    attempt.mark.open = False
    try:
        _note_requests(attempt, response)
        body = _content(response)
        if body is None:
            attempt.head(response.status_code, response.headers)
            _follow(attempt, response, tee_type)
            return
        attempt.whole(response.status_code, response.headers, body)
    except Exception as error:  # noqa: BLE001 # see `Shield`
        attempt.hearing.hold(error)
    attempt.finish("complete")


def _note_requests(attempt: Attempt, response: Any) -> None:
    """Note what the response tells of who was asked, and how often."""
    # The same fact as the pool's mark, for a library version whose pool could not be patched.
    if "network_stream" in response.extensions:
        attempt.mark.wire = True
    # Redirects and answers to a log-in stand in the history; what else was sent is hidden.
    attempt.mark.hidden = max(0, attempt.mark.requests - len(response.history) - 1)


def _follow(attempt: Attempt, response: Any, tee_type: Any) -> None:
    if response.is_closed:
        attempt.finish("closed")
    else:
        response.stream = tee_type(response.stream, attempt)
