"""Meters `requests`, where answers may come from a fake that stands in for its adapters.

The attempt is begun on `Session.send`, above `responses` and `requests-mock`, and carried by
urllib3's meter.  What urllib3 never carried was answered by a fake.  Retries below one `send` are
attempts of their own there, and redirects are not.  requests is not imported here.

A requests-mock that was imported before the watch began calls the `send` that it found then: what
it answers is not seen, and what it lets through is metered by urllib3's meter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters.hooks import replace_method
from pytest_specbudget.meters.journey import current_journey, depart, lower, open_attempt

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.hooks import Undo

__all__ = ["watch_sends"]

_KNOWN = frozenset({"requests", "requests_mock", "responses"})


def watch_sends(module: ModuleType) -> Undo:
    """Meter `Session.send` of `requests.sessions`."""
    return replace_method(module.Session, "send", _metered)


def _metered(original: Any) -> Any:
    def send(session: Any, request: Any, **options: Any) -> Any:
        attempt = _begun(request) if current_journey() is None else None
        if attempt is None:
            return original(session, request, **options)
        journey = depart(attempt)
        try:
            response = original(session, request, **options)
        except BaseException as error:
            if journey.end() is not None:
                attempt.fail(error)
            raise
        if journey.end() is not None:
            _hear_fake(attempt, session, response)
        return response

    return send


def _begun(request: Any) -> Attempt | None:
    """Open an attempt if *request* is a model call; may refuse it."""
    if not hasattr(request, "body"):  # it was never prepared, and `send` will say so
        return None
    return open_attempt(request.method, "", request.url, request.body)


def _hear_fake(attempt: Attempt, session: Any, response: Any) -> None:
    """Let *attempt* hear what nobody below it carried; a body that is still unread stays so."""
    attempt.mark.open = False
    try:
        status, headers = response.status_code, lower(response.headers)
        attempt.mark.transport = _foreign_adapter(session, response)
        if response._content_consumed:  # noqa: SLF001 # reading `content` would consume it
            attempt.whole(status, headers, response.content)
        else:
            attempt.head(status, headers)
    except Exception as error:  # noqa: BLE001 # see `Shield`
        attempt.hearing.hold(error)
    attempt.finish("complete")


def _foreign_adapter(session: Any, response: Any) -> object | None:
    """Return the adapter that answered if it is not a fake that we know."""
    adapter = session.get_adapter(response.request.url)
    package = type(adapter).__module__.partition(".")[0]
    return None if package in _KNOWN else adapter
