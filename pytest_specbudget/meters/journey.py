"""One send as its caller sees it, over the hops that it takes.

Clients that stand on `http.client` follow redirects by sending again: the hops of one send are one
attempt.  It is booked with the answer to the last hop.  A retry is no hop; it is an attempt of its
own.

Where a client is stacked on another (requests on urllib3), the upper one may begin the attempt, so
that it is admitted before anything happens.  It waits until the lower one carries it.  If nobody
did, the answer is a fake's.

What else is sent on the way, by an adapter or a hook, is no hop (`beside`).
"""

from __future__ import annotations

from contextlib import nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_specbudget.meters.nested import is_carried, is_handed_down
from pytest_specbudget.meters.origin import apart, current_mark, open_mark, wired
from pytest_specbudget.meters.uploads import request_of
from pytest_specbudget.meters.watching import current_watch
from pytest_specbudget.providers import candidate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.origin import Mark
    from pytest_specbudget.meters.watching import Watch

__all__ = [
    "Journey",
    "beside",
    "current_journey",
    "depart",
    "leave",
    "lower",
    "open_attempt",
    "travelling",
]

_UNTOUCHED = nullcontext()
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Journey:
    """The hops of one send, while it runs.

    Attributes:
        waiting: The attempt that the next hop carries on, or None.
        open: Whether the send still runs; a task that outlives it carries a closed journey.
    """

    __slots__ = ("_answer", "open", "waiting")

    def __init__(self, waiting: Attempt | None = None) -> None:
        self.waiting = waiting
        self.open = True
        self._answer: tuple[int, Mapping[str, str]] | None = None

    def take(self, request: Request) -> Attempt | None:
        """Hand the attempt that waits to the hop that is about to leave, if *request* is one."""
        attempt = self.waiting
        if attempt is None or not self._leads_to(attempt, request):
            return None
        self.waiting, self._answer = None, None
        attempt.mark.open = True
        return attempt

    def _leads_to(self, attempt: Attempt, request: Request) -> bool:
        own = attempt.mark.request
        return self._answer is not None or own is None or is_handed_down(own, request)

    def moved(self, attempt: Attempt, status: int, headers: Mapping[str, str]) -> bool:
        """Let *attempt* wait for the next hop if its answer points elsewhere."""
        is_another = self.waiting is not None
        if is_another or status not in _REDIRECTS or "location" not in headers:
            return False
        self.waiting, self._answer = attempt, (status, headers)
        return True

    def end(self) -> Attempt | None:
        """End the send; return the attempt that no hop ever carried."""
        self.open = False
        _journey.set(None)
        attempt, self.waiting = self.waiting, None
        if attempt is None or self._answer is None:
            return attempt
        attempt.head(*self._answer)  # a redirect that the client did not follow
        attempt.finish("complete")
        return None


_journey: ContextVar[Journey | None] = ContextVar("specbudget_journey", default=None)


def current_journey() -> Journey | None:
    """Return the send that this context is in, or None."""
    journey = _journey.get()
    return journey if journey is not None and journey.open else None


def depart(waiting: Attempt | None = None) -> Journey:
    """Begin a send in this context; whoever begins it calls `Journey.end`."""
    journey = Journey(waiting)
    _journey.set(journey)
    return journey


def travelling(send: Any) -> Any:
    """Wrap *send*, which may follow redirects, so that its hops are known to belong together.

    Its parameters are those of `urlopen` in urllib3; only a model call is worth it.
    """

    def urlopen(owner: Any, method: Any, url: Any, *args: Any, **options: Any) -> Any:
        if not _may_be_metered(method, url) or current_journey() is not None:
            return send(owner, method, url, *args, **options)
        journey = depart()
        try:
            return send(owner, method, url, *args, **options)
        finally:
            journey.end()

    return urlopen


def open_attempt(method: Any, host: str, target: Any, body: Any) -> Attempt | None:
    """Open an attempt, or carry on the one that waits, if nobody above meters this request.

    Args:
        method: As the client takes it.
        host: Where it goes, unless *target* says so itself.
        target: A path with its query, as on the wire, or a whole URL.
        body: As the client takes it.

    Raises:
        CallRefused: If it is not admitted.
    """
    watch = current_watch()
    if watch is None or not isinstance(target, str) or not isinstance(method, str):
        return None  # what is no text goes wrong in the client, not here
    try:
        return _opened(watch, method, host, target, body)
    except Exception as error:  # noqa: BLE001 # see `Shield`
        watch.unreadable(host, error)
    return None


def _opened(watch: Watch, method: str, host: str, target: str, body: Any) -> Attempt | None:
    journey, mark = current_journey(), open_mark()
    waits = journey is not None and journey.waiting is not None
    if not waits and not _may_be_metered(method, target):
        return None
    request = _request(method, host, target, body)
    if journey is not None and (attempt := journey.take(request)) is not None:
        return attempt
    if _is_carried(mark, request) or not _may_be_metered(method, target):
        return None
    return watch.begin(request)


def beside(method: Any, host: str, target: Any, body: Any) -> AbstractContextManager[None]:
    """Return what keeps a request that opens no attempt from counting for one that runs above.

    Takes what `open_attempt` takes.
    """
    mark = open_mark()
    if mark is None or not isinstance(target, str) or not isinstance(method, str):
        return _UNTOUCHED
    try:
        carried = _is_carried(mark, _request(method, host, target, body))
    except ValueError:  # no URL, which goes wrong in the client, not here
        carried = False
    return _UNTOUCHED if carried else apart()


def _is_carried(mark: Mark | None, request: Request) -> bool:
    """Tell whether somebody above meters this very request, and nobody else need."""
    if mark is None or mark.request is None:
        return mark is not None
    return is_carried(mark.request, request, moved=mark.may_have_moved)


def leave(attempt: Attempt) -> None:
    """Note that nothing stands between *attempt* and the network.

    For clients below which nobody answers, and nobody else is called.

    Raises:
        CallRefused: If it may not be sent after all; the attempt has ended then.
    """
    outer = current_mark.get()
    current_mark.set(attempt.mark)
    try:
        wired()
    except BaseException as error:
        attempt.fail(error)
        raise
    finally:
        current_mark.set(outer)
        attempt.mark.open = False


def _may_be_metered(method: Any, target: Any) -> bool:
    """Tell whether this could be a model call; what is no text goes wrong in the client, not here.

    A URL, too, ends with its path.
    """
    if not isinstance(target, str) or not isinstance(method, str):
        return False
    return candidate(method.upper(), target.partition("?")[0])


def _request(method: str, host: str, target: str, body: Any) -> Request:
    path, _, query = target.partition("?")
    if not path.startswith("/"):
        url = urlsplit(path)
        host, path = url.hostname or "", url.path
    host = host.rpartition("@")[2].lower().strip("[]")  # urllib leaves user and password before it
    return request_of(method.upper(), host, path, _content(body), query, body)


def lower(headers: Any) -> dict[str, str]:
    """Return *headers* of any of the clients as a plain mapping, the names in lower case."""
    return {name.lower(): value for name, value in headers.items()}


def _content(body: Any) -> bytes | None:
    """Return what will be sent, or None for what can be read only once."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode("utf-8", "surrogateescape")
    return bytes(body) if isinstance(body, (bytes, bytearray, memoryview)) else None
