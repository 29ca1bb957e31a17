"""Meters `http.client`, and so `urllib.request`; marks what it sends.

The meter sits on `request` and `getresponse` of the connection.  Under vcrpy that connection is one
of its stubs, which is metered in the same way.  Whoever builds a request from `putrequest` and
`endheaders` is metered there, with the body that goes along with the headers; one that is sent
later, by `send`, is not known before it has left.

Source: CPython 3.11 to 3.14 (`http/client.py`), vcrpy 9.4.2 (`vcr/stubs/__init__.py`).
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters.clients.http_body import answered
from pytest_specbudget.meters.hooks import replace_method
from pytest_specbudget.meters.journey import beside, current_journey, depart, leave, open_attempt
from pytest_specbudget.meters.origin import current_mark, open_mark, wired

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.hooks import Undo

__all__ = [
    "about_to_connect",
    "mark_connection",
    "note_unsent",
    "watch_connection",
    "watch_opener",
    "watch_stub",
]

_ATTEMPT = "specbudget_attempt"
_ANNOUNCED = "specbudget_announced"
_BUILT = "specbudget_built"
_STATE = "_HTTPConnection__state"
_UNFINISHED = "Request-started"
"""The state of a connection, which has no public name, between `putrequest` and `endheaders`."""

_UNSEEN = object()
"""A body that nobody can look at."""


def mark_connection(module: ModuleType) -> Undo:
    """Mark what passes `HTTPConnection` of `http.client`, below vcrpy's stubs."""
    with ExitStack() as undo:
        undo.callback(replace_method(module.HTTPConnection, "putrequest", _putting))
        undo.callback(replace_method(module.HTTPConnection, "endheaders", _ending))
        return undo.pop_all().close


def _putting(original: Any) -> Any:
    def putrequest(connection: Any, method: Any, url: Any, *args: Any, **options: Any) -> Any:
        mark = open_mark()
        if mark is None:
            connection.__dict__[_BUILT] = (method, url)
        elif connection.__dict__.pop(_ANNOUNCED, None) is not mark:
            wired()
        return original(connection, method, url, *args, **options)

    return putrequest


def _ending(original: Any) -> Any:
    """Begin an attempt at a request that was built by hand; nothing of it has left until now."""

    def endheaders(connection: Any, message_body: Any = None, **options: Any) -> Any:
        built = connection.__dict__.pop(_BUILT, None)
        attempt = None if built is None else _begun(connection, built, message_body)
        if attempt is None:
            return original(connection, message_body, **options)
        sent = _carry(attempt, original, connection, message_body, **options)
        connection.__dict__[_ATTEMPT] = attempt
        return sent

    return endheaders


def _begun(connection: Any, built: tuple[Any, Any], body: Any) -> Attempt | None:
    """Open an attempt; a body that is not there yet may come, and counts as one not seen."""
    method, url = built
    attempt = open_attempt(method, _host(connection), url, _UNSEEN if body is None else body)
    if attempt is not None:
        leave(attempt)
    return attempt


def about_to_connect(connection: Any) -> None:
    """Mark a request whose connection is made before it; may raise to refuse it."""
    mark = open_mark()
    if mark is not None and not mark.wire:
        wired()
        connection.__dict__[_ANNOUNCED] = mark


def watch_connection(module: ModuleType) -> Undo:
    """Meter `HTTPConnection` of `http.client`."""
    return _watch(module.HTTPConnection)


def watch_stub(module: ModuleType) -> Undo:
    """Meter the connection that vcrpy puts in place of it, of `vcr.stubs`."""
    return _watch(module.VCRConnection)


def watch_opener(module: ModuleType) -> Undo:
    """Let redirects that `OpenerDirector` of `urllib.request` follows be one attempt."""
    return replace_method(module.OpenerDirector, "open", _opening)


def _watch(connection: type) -> Undo:
    with ExitStack() as undo:
        undo.callback(replace_method(connection, "request", _sending))
        undo.callback(replace_method(connection, "getresponse", _receiving))
        return undo.pop_all().close


def _opening(original: Any) -> Any:
    def open_url(opener: Any, *args: Any, **options: Any) -> Any:
        if current_journey() is not None:
            return original(opener, *args, **options)
        journey = depart()
        try:
            return original(opener, *args, **options)
        finally:
            journey.end()

    return open_url


def _sending(original: Any) -> Any:
    def request(
        connection: Any, method: str, url: str, body: Any = None, *args: Any, **options: Any
    ) -> Any:
        host = _host(connection)
        attempt = open_attempt(method, host, url, body)
        if attempt is None:
            with beside(method, host, url, body):
                return original(connection, method, url, body, *args, **options)
        sent = _carry(attempt, original, connection, method, url, body, *args, **options)
        # Past `__setattr__`: vcrpy's stub would write it on the real connection, too.
        connection.__dict__[_ATTEMPT] = attempt
        return sent

    return request


def _receiving(original: Any) -> Any:
    def getresponse(connection: Any, *args: Any, **options: Any) -> Any:
        attempt = connection.__dict__.pop(_ATTEMPT, None)
        if attempt is None:
            return _noting_status(original(connection, *args, **options))
        response = _carry(attempt, original, connection, *args, **options)
        answered(attempt, response)
        return response

    return getresponse


def _noting_status(response: Any) -> Any:
    """Tell who meters above: urllib3 may read the body, and fail, before it hands anything on."""
    mark = open_mark()
    if mark is not None and mark.wire:
        mark.came_to = getattr(response, "status", None)
    return response


def _carry(attempt: Attempt, call: Any, connection: Any, *args: Any, **options: Any) -> Any:
    """Make one of the two calls that an attempt consists of."""
    outer = current_mark.get()
    current_mark.set(attempt.mark)
    try:
        return call(connection, *args, **options)
    except BaseException as error:
        note_unsent(attempt, connection)
        attempt.fail(error)
        raise
    finally:
        current_mark.set(outer)


def note_unsent(attempt: Attempt, connection: Any) -> None:
    """Note that what went wrong did so before a head was whole: nothing of it leaves before."""
    if getattr(_real(connection), _STATE, None) == _UNFINISHED:
        attempt.mark.unasked = True


def _real(connection: Any) -> Any:
    """Return the connection itself, and not what vcrpy puts in its place."""
    return getattr(connection, "real_connection", connection)


def _host(connection: Any) -> str:
    """Return who is asked, behind a proxy's tunnel if there is one."""
    real = _real(connection)
    return str(getattr(real, "_tunnel_host", None) or getattr(real, "host", ""))
