"""Meters the clients of httpx and of httpx2, which have the same shape.

The meter sits on `Client.send`, above cassettes and mocks, and sees one attempt of an SDK as one
call, whatever redirects and authentication it takes.  Neither library is imported here.

Tried and rejected: transports, because vcrpy 8.2 and newer replaces them and a replayed call would
not be seen.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.meters import tee
from pytest_specbudget.meters.carrier import runs_an_app
from pytest_specbudget.meters.clients.httpx_trail import steps_before
from pytest_specbudget.meters.hooks import replace_method
from pytest_specbudget.meters.nested import is_carried
from pytest_specbudget.meters.origin import apart, current_mark
from pytest_specbudget.meters.uploads import request_of
from pytest_specbudget.meters.watching import current_watch, trouble
from pytest_specbudget.providers import candidate

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.hooks import Undo
    from pytest_specbudget.meters.origin import Mark

__all__ = ["watch_async_client", "watch_client"]

_UNTOUCHED = nullcontext()


def watch_client(module: ModuleType) -> Undo:
    """Meter `Client.send` of *module*, which is `httpx._client` or its like."""
    tee_type = tee.of(tee.SyncTee, module.SyncByteStream)

    def around(original: Any) -> Any:
        def send(client: Any, request: Any, *args: Any, **options: Any) -> Any:
            outer = current_mark.get()
            if outer is not None and _is_carried(outer, request):
                return original(client, request, *args, **options)
            attempt = _begin(request)
            if attempt is None:
                with _UNTOUCHED if outer is None else apart():
                    return original(client, request, *args, **options)
            _set_mark(attempt, client, request)
            try:
                response = original(client, request, *args, **options)
            except BaseException as error:
                _fail(attempt, client, error)
                raise
            finally:
                current_mark.set(outer)
            _listen(attempt, response, tee_type)
            return response

        return send

    return replace_method(module.Client, "send", around)


def watch_async_client(module: ModuleType) -> Undo:
    """Meter `AsyncClient.send` of *module*, which is `httpx._client` or its like."""
    tee_type = tee.of(tee.AsyncTee, module.AsyncByteStream)

    def around(original: Any) -> Any:
        async def send(client: Any, request: Any, *args: Any, **options: Any) -> Any:
            outer = current_mark.get()
            if outer is not None and _is_carried(outer, request):
                return await original(client, request, *args, **options)
            attempt = _begin(request)
            if attempt is None:
                with _UNTOUCHED if outer is None else apart():
                    return await original(client, request, *args, **options)
            _set_mark(attempt, client, request)
            try:
                response = await original(client, request, *args, **options)
            except BaseException as error:
                _fail(attempt, client, error)
                raise
            finally:
                # No token: a coroutine that is closed from outside ends in another context.
                current_mark.set(outer)
            _listen(attempt, response, tee_type)
            return response

        return send

    return replace_method(module.AsyncClient, "send", around)


def _begin(request: Any) -> Attempt | None:
    """Open an attempt if this is a model call; may refuse it."""
    watch = current_watch()
    if watch is None:
        return None
    try:
        # As on the wire: unquoted, `%3A` and `%2F` in a model's name would pass for separators.
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        if candidate(request.method, path):
            host, body = request.url.host, _content(request)
            if body is None:  # an upload, put together while it is sent
                return watch.begin(
                    request_of(request.method, host, path, None, query, request.stream)
                )
            return watch.begin(Request(request.method, host, path, body, query))
    except Exception as error:  # noqa: BLE001 # see `Shield`
        watch.unreadable(request.url.host, error)
    return None


def _is_carried(mark: Mark, request: Any) -> bool:
    """Tell whether a client above meters this very request; where nobody can tell, it does."""
    if not mark.open or mark.request is None:
        return mark.open
    try:
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        sent = Request(request.method, request.url.host, path, _content(request), query)
        return is_carried(mark.request, sent, moved=mark.may_have_moved)
    except Exception as error:  # noqa: BLE001 # see `Shield`
        trouble("looking at a request", error)
        return True


def _fail(attempt: Attempt, client: Any, error: BaseException) -> None:
    """Book what was raised: by who was asked, before anybody was, or with the answer at hand."""
    try:
        _hear_steps(attempt, client, error)
    except Exception as problem:  # noqa: BLE001 # see `Shield`
        attempt.hearing.hold(problem)
    finally:
        attempt.fail(error)


def _hear_steps(attempt: Attempt, client: Any, error: BaseException) -> None:
    """Hear what was answered before *error*: a closed client asks nobody, a hook comes last."""
    steps = [step for step in steps_before(error, client) if _may_be_metered(step[0])]
    if not steps:
        attempt.mark.end_unasked()
        return
    attempt.mark.note_requests(told=len(steps))
    *earlier, (_, answer) = steps
    _book_earlier(attempt, [response for _, response in earlier])
    if answer is None:
        answer = _answer_in(error, attempt.mark)
    if answer is not None:
        _hear(attempt, answer)


def _answer_in(error: BaseException, mark: Mark) -> Any:
    """Return the answer over which a transport raised *error*, if it is that to its last request.

    It may be one of an earlier request, or of one that fetched a token.
    """
    response: Any = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if status is None or mark.came_to not in (None, status):
        return None
    return response if _is_carried(mark, response.request) else None


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
        if response.history:
            _book_earlier(attempt, response.history)
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
    if attempt.mark.requests > 1:
        # Redirects and answers to a log-in stand in the history; what else was sent is hidden.
        earlier = [one for one in response.history if _may_be_metered(one.request)]
        attempt.mark.note_requests(told=len(earlier) + 1)


def _may_be_metered(request: Any) -> bool:
    path, _, _ = request.url.raw_path.decode("ascii").partition("?")
    return candidate(request.method, path)


def _book_earlier(attempt: Attempt, history: list[Any]) -> None:
    """Book the model calls that an auth flow sent, and was answered, before the last one."""
    for response in history:
        earlier = _begin(response.request) if response.is_success else None
        if earlier is not None:
            earlier.mark.take_source(attempt.mark)
            _hear_whole(earlier, response)


def _hear_whole(attempt: Attempt, response: Any) -> None:
    attempt.mark.open = False
    try:
        attempt.whole(response.status_code, response.headers, _content(response) or b"")
    except Exception as error:  # noqa: BLE001 # see `Shield`
        attempt.hearing.hold(error)
    attempt.finish("complete")


def _hear(attempt: Attempt, response: Any) -> None:
    """Hear as much of an answer as has been read."""
    body = _content(response)
    if body is None:
        attempt.head(response.status_code, response.headers)
    else:
        attempt.whole(response.status_code, response.headers, body)


def _follow(attempt: Attempt, response: Any, tee_type: Any) -> None:
    if response.is_closed:
        attempt.finish("closed")
    else:
        response.stream = tee_type(response.stream, attempt)
