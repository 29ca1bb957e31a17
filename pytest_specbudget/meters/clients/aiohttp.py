"""Meters aiohttp's `ClientSession`, and with it the SDKs that call through one.

The meter sits on the session's public methods.  vcrpy and aioresponses replace
`ClientSession._request` below them, and put back what they found there, or what was there when
vcrpy was imported; as nothing of ours is ever there, that may happen in any order.  A call that
comes from httpx over aiohttp is metered above, and left alone here.

aiohttp is not imported here.

Source: aiohttp 3.9.5 to 3.14.5 (`aiohttp/client.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial, wraps
from io import BytesIO, StringIO
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters.clients.aiohttp_body import follow
from pytest_specbudget.meters.hooks import replace_method
from pytest_specbudget.meters.nested import is_carried
from pytest_specbudget.meters.origin import apart, current_mark, open_mark
from pytest_specbudget.meters.raised import raised_by
from pytest_specbudget.meters.uploads import request_of
from pytest_specbudget.meters.watching import current_watch, trouble
from pytest_specbudget.providers import candidate

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from types import ModuleType

    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.hooks import Undo
    from pytest_specbudget.meters.origin import Mark
    from pytest_specbudget.meters.watching import Watch

__all__ = ["watch_session", "watch_test_client"]

_ENCODING = "content-encoding"
_VERBS = ("get", "post", "put")
"""What a provider may be asked by; the others would be slowed down for nothing."""

_asks_own_app: ContextVar[bool] = ContextVar("specbudget_asks_own_app", default=False)


def watch_session(module: ModuleType) -> Undo:
    """Meter `ClientSession` and the function `request` of *module*, which is `aiohttp.client`."""
    with ExitStack() as undo:
        undo.callback(replace_method(module.ClientSession, "request", _around_request))
        for verb in _VERBS:
            undo.callback(replace_method(module.ClientSession, verb, _around_verb(verb.upper())))
        undo.callback(_replace_function(module))
        return undo.pop_all().close


def watch_test_client(module: ModuleType) -> Undo:
    """Take what `TestClient` of *module*, which is `aiohttp.test_utils`, asks for a fake.

    It asks an app of the tests themselves.  The calls that the app makes are metered.
    """

    def around(original: Any) -> Any:
        async def _request(client: Any, *args: Any, **options: Any) -> Any:
            outer = _asks_own_app.get()
            _asks_own_app.set(True)
            try:
                return await original(client, *args, **options)
            finally:
                _asks_own_app.set(outer)

        return _request

    return replace_method(module.TestClient, "_request", around)


def _around_request(original: Any) -> Any:
    def request(session: Any, method: str, url: Any, **options: Any) -> Any:
        promise = original(session, method, url, **options)
        return _metered(promise, _asked(session, method, url, options))

    return request


def _around_verb(method: str) -> Any:
    def around(original: Any) -> Any:
        def verb(session: Any, url: Any, **options: Any) -> Any:
            promise = original(session, url, **options)
            return _metered(promise, _asked(session, method, url, options))

        return verb

    return around


def _replace_function(module: ModuleType) -> Undo:
    """Replace `aiohttp.request`, which makes a session and calls its `_request`."""
    original = module.request
    package = sys.modules[module.__package__ or module.__name__]

    @wraps(original)
    def request(method: str, url: Any, **options: Any) -> Any:
        promise = original(method, url, **options)
        try:
            _meter_inside(promise, method, url, options)
        except Exception as error:  # noqa: BLE001 # see `Shield`
            trouble("looking at a request", error)
        return promise

    return _swap(original, request, (module, package))


def _meter_inside(promise: Any, method: str, url: Any, options: Mapping[str, Any]) -> None:
    """Let *promise*, which has to close the session that it owns, wait for a metered call."""
    asked = _asked(promise._session, method, url, options)  # noqa: SLF001 # it has no public names
    if asked is not None:
        promise._coro = _Call(promise._coro, asked)  # noqa: SLF001 # likewise


def _swap(original: Any, ours: Any, holders: tuple[ModuleType, ...]) -> Undo:
    """Put *ours* in the place of the function *original*; return what puts it back."""

    def put(new: Any, old: Any) -> None:
        for holder in holders:
            if vars(holder).get(original.__name__) is old:
                setattr(holder, original.__name__, new)

    put(ours, original)
    return partial(put, original, ours)


def _metered(promise: Any, asked: _Asked | None) -> Any:
    """Return *promise* itself, or one like it that meters the model call which it makes."""
    return promise if asked is None else type(promise)(_Call(promise, asked))


def _asked(session: Any, method: str, url: Any, options: Mapping[str, Any]) -> _Asked | None:
    """Return what a session is asked for if it could be a model call, or an attempt runs above."""
    watch = current_watch()
    if watch is None:
        return None
    try:
        target = session._build_url(url)  # noqa: SLF001 # no public way to see a base URL
        if candidate(method.upper(), target.raw_path) or open_mark() is not None:
            return _Asked(session, method.upper(), target, options)
    except Exception as error:  # noqa: BLE001 # see `Shield`
        watch.shield.hold(error)
    return None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody asks a session for; *url* lacks the `params` among the *options*."""

    session: Any
    method: str
    url: Any
    options: Mapping[str, Any]

    def request(self) -> Request:
        params = self.options.get("params")
        url = self.url.update_query(params) if params else self.url
        body, form = self._body(), self.options.get("data")
        return request_of(self.method, url.host, url.raw_path, body, url.raw_query_string, form)

    def undoes_encoding(self) -> bool:
        """Tell whether aiohttp decodes the answer before anybody can hear it."""
        chosen = self.options.get("auto_decompress")
        return bool(self.session.auto_decompress if chosen is None else chosen)

    def _body(self) -> bytes | None:
        data, document = self.options.get("data"), self.options.get("json")
        if data is not None or document is None:
            return _bytes_of(data)
        try:
            return _bytes_of(self._serialised(document))
        except Exception:  # noqa: BLE001 # the caller will hear of it from aiohttp
            return None

    def _serialised(self, document: Any) -> str | bytes:
        # A session may have a second writer, which goes first and has no public name.
        to_bytes = getattr(self.session, "_json_serialize_bytes", None)
        text: str | bytes = (to_bytes or self.session.json_serialize)(document)
        return text


def _bytes_of(data: Any) -> bytes | None:
    """Return the bytes that aiohttp will send, or None where looking would use them up."""
    match data:
        case None:
            return b""
        case bytes() | bytearray() | memoryview():
            return bytes(data)
        case str():
            return data.encode()
        case BytesIO():
            return data.getvalue()[data.tell() :]
        case StringIO():
            return data.getvalue()[data.tell() :].encode()
    value = getattr(data, "_value", None)  # of a payload that aiohttp made of bytes
    return value if isinstance(value, bytes) else None


class _Call(Coroutine[Any, Any, Any]):
    """Awaits a promise of aiohttp's and meters it; until it is awaited, it is that promise.

    So one that is closed, or cancelled before it began, is closed as if nobody metered.
    """

    __slots__ = ("_asked", "_promise", "_run")

    def __init__(self, promise: Any, asked: _Asked) -> None:
        self._promise = promise
        self._asked = asked
        self._run: Coroutine[Any, Any, Any] | None = None

    def send(self, value: Any) -> Any:
        return self._started().send(value)

    def throw(self, *error: Any) -> Any:
        return (self._run or self._promise).throw(*error)

    def close(self) -> None:
        (self._run or self._promise).close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._started().__await__()

    def _started(self) -> Coroutine[Any, Any, Any]:
        if self._run is None:
            self._run = _metering(self._promise, self._asked)
        return self._run


async def _metering(promise: Any, asked: _Asked) -> Any:
    outer = current_mark.get()
    if outer is not None and _is_carried(outer, asked):
        return await promise
    attempt = _begin(promise, asked)
    if attempt is None:
        with apart():
            return await promise
    # An app of the tests answers: its own calls are metered, and nobody marks this one.
    current_mark.set(None if _asks_own_app.get() else attempt.mark)
    try:
        response = await promise
    except BaseException as error:
        _fail(attempt, error, asked)
        raise
    finally:
        current_mark.set(outer)
    _listen(attempt, response, asked)
    return response


def _begin(promise: Any, asked: _Asked) -> Attempt | None:
    """Open an attempt if this is a model call; may refuse it."""
    watch = current_watch()
    if watch is None or not candidate(asked.method, asked.url.raw_path):
        return None
    try:
        return _opened(watch, asked)
    except BaseException:
        promise.close()
        raise


def _opened(watch: Watch, asked: _Asked) -> Attempt | None:
    try:
        return watch.begin(asked.request())
    except Exception as error:  # noqa: BLE001 # see `Shield`
        watch.unreadable(str(asked.url.host), error)
        return None


def _is_carried(mark: Mark, asked: _Asked) -> bool:
    """Tell whether a client above meters this very request; where nobody can tell, it does."""
    if not mark.open or mark.request is None:
        return mark.open
    try:
        return is_carried(mark.request, asked.request(), moved=mark.may_have_moved)
    except Exception as error:  # noqa: BLE001 # see `Shield`
        trouble("looking at a request", error)
        return True


def _fail(attempt: Attempt, error: BaseException, asked: _Asked) -> None:
    """Book what was raised; `raise_for_status` raises an answer, or what its caller likes."""
    try:
        _hear_answer(attempt, error, asked)
    except Exception as problem:  # noqa: BLE001 # see `Shield`
        attempt.hearing.hold(problem)
    if raised_by(error) == "aiohttp.client":
        attempt.mark.end_unasked()
    attempt.mark.unasked = attempt.mark.unasked or _is_misshapen(error)
    attempt.fail(error)


def _hear_answer(attempt: Attempt, error: BaseException, asked: _Asked) -> None:
    response = _answer_before(error, asked.session)
    if response is not None and response.status == attempt.mark.came_to:
        attempt.head(response.status, _headers(response, asked))
        attempt.feed(response._body or b"")  # noqa: SLF001 # the public way is a coroutine
        return
    status, headers = getattr(error, "status", None), getattr(error, "headers", None)
    # An answer that makes no sense to aiohttp gets a status of its own, with a cause.
    if isinstance(status, int) and headers is not None and error.__cause__ is None:
        attempt.head(status, headers)


def _answer_before(error: BaseException, session: Any) -> Any:
    """Return the last answer that *session* had when *error* passed it; it may be stale."""
    frames = (frame for frame, _ in walk_tb(error.__traceback__))
    sending = (frame for frame in frames if frame.f_code.co_name == "_request")
    answers = (one.f_locals.get("resp") for one in sending if one.f_locals.get("self") is session)
    return next(answers, None)


def _is_misshapen(error: BaseException) -> bool:
    """Tell whether a head could not be written: nothing leaves before all of it is there."""
    names = (frame.f_code.co_name for frame, _ in walk_tb(error.__traceback__))
    return isinstance(error, ValueError) and "write_headers" in names


def _listen(attempt: Attempt, response: Any, asked: _Asked) -> None:
    """Let *attempt* hear the answer: at once if it was read, else while it comes in."""
    attempt.mark.open = False
    if not issubclass(type(response), sys.modules["aiohttp"].ClientResponse):
        _stand_in(attempt, response)
        return
    try:
        _note_requests(attempt, response)
        attempt.head(response.status, _headers(response, asked))
        # Set where a cassette answered or stored the answer; the stream may be used up.
        body = response._body  # noqa: SLF001 # the public way is a coroutine
        if body is None:
            follow(attempt, response.content)
            return
        attempt.feed(body)
    except Exception as error:  # noqa: BLE001 # see `Shield`
        attempt.hearing.hold(error)
    attempt.finish("complete")


def _note_requests(attempt: Attempt, response: Any) -> None:
    """Note what the response tells of who was asked, and how often."""
    mark = attempt.mark
    # Read off the wire, also where a connector could not be patched; fakes have no version.
    if response.version is not None and not _asks_own_app.get():
        mark.wire = True
    # Redirects stand in the history; what a middleware sent besides, and was given, is hidden.
    mark.note_requests(told=len(response.history) + mark.challenges + 1)


def _stand_in(attempt: Attempt, response: Any) -> None:
    """Book what somebody answers with instead of a response; looking into a mock calls it."""
    status = getattr(response, "status", None)
    if isinstance(status, int):
        attempt.head(status, {})
    if attempt.mark.source == "mock":
        attempt.hearing.tripped = True
    else:
        attempt.hearing.hold(TypeError(f"{type(response).__qualname__} is no ClientResponse"))
    attempt.finish("complete")


def _headers(response: Any, asked: _Asked) -> Mapping[str, str]:
    """Return the headers as they fit the body that will be heard."""
    headers: Mapping[str, str] = response.headers
    if _ENCODING not in headers or not asked.undoes_encoding():
        return headers
    lower = {name.lower(): value for name, value in headers.items()}
    del lower[_ENCODING]
    return lower
