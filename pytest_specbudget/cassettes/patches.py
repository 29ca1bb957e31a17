"""How vcrpy's patches are made to ask us, once for the whole run.

vcrpy patches every HTTP library that it knows for each cassette, and takes the patches off again.
Its patches are global, so two cassettes in two threads tear each other's off.  Here they are put
on once and look up, at each call, who answers it: a tape, a cassette that somebody else opened
with vcrpy, or nobody.  If nobody does, the call goes where it was going and streams keep flowing.

While a test has faults to be injected these are asked first, of every call; what they let pass is
answered as ever, but a live stream is then read to its end before its caller gets it.

Importing this module imports vcrpy, which costs 250 ms: `router` does it when it is needed.

Source: vcrpy 9.4.2 (`vcr/patch.py`, `vcr/cassette.py`, `vcr/stubs/`), the same seams in 8.2.1.
"""

from __future__ import annotations

import functools
import http.client
import inspect
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

import vcr.cassette  # type: ignore[import-untyped]  # vcrpy ships no types
import vcr.patch  # type: ignore[import-untyped]  # vcrpy ships no types
from vcr.errors import (  # type: ignore[import-untyped]  # vcrpy ships no types
    CannotOverwriteExistingCassetteException,
)

from pytest_specbudget.cassettes.current import asked_first, current, opened
from pytest_specbudget.cassettes.faulty import Due, Faulty, InjectedTimeoutError
from pytest_specbudget.cassettes.interaction import Answer, Asked, body_bytes, plain_headers
from pytest_specbudget.cassettes.one_stream import one_stream
from pytest_specbudget.cassettes.tape import Played, Tape
from pytest_specbudget.meters import origin
from pytest_specbudget.meters.carrier import foreign_carrier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["installed"]

# Fakes that a test puts into a client.  They cost nothing, so a tape leaves them alone.
_FAKES = {"MockTransport", "WSGITransport", "ASGITransport"}

# vcrpy's groups in `skip_patchers` by the module of the connection class; requests uses urllib3's.
_GROUPS = {
    "vcr.stubs": {"httplib"},
    "vcr.stubs.requests_stubs": {"requests", "urllib3"},
    "vcr.stubs.urllib3_stubs": {"requests", "urllib3"},
    "vcr.stubs.boto3_stubs": {"boto3"},
    "vcr.stubs.httplib2_stubs": {"httplib2"},
}


@contextmanager
def installed() -> Iterator[None]:
    """Put the patches on; at the end every attribute is what it was before."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(vcr.patch, "force_reset", _NarrowReset()))
        stack.enter_context(
            mock.patch.object(vcr.cassette.CassetteContextDecorator, "_patch_generator", _adopt)
        )
        stack.callback(origin.tell_if_open(lambda: current() is not None))
        for patcher in _Builder(_Router()).build():
            stack.enter_context(patcher)
        stack.enter_context(one_stream())
        yield


class _Router:
    """What vcrpy's stubs take for a cassette: it answers from the tape of the moment.

    A stub asks `can_play_response_for` and then either `play_response` or `append`.  The first
    question already takes the answer off the tape and keeps it on the request, so that no two
    calls are promised the same answer, and an answer goes to the tape that sent the call out.
    """

    _path = "<specbudget>"
    record_mode = "new_episodes"
    # A miss is raised in `can_play_response_for`, so vcrpy has nothing left to forbid.
    write_protected = False
    skip_patchers = ()
    custom_patches = ()

    def can_play_response_for(self, request: Any) -> bool:
        return _claim(request).play is not None

    def play_response(self, request: Any) -> Any:
        return request.specbudget_claim.play()

    def append(self, request: Any, response: dict[str, Any]) -> None:
        # aiohttp's stub stores redirects that it never asked about; no fault is meant for those.
        # vcrpy's cassettes copy the request, and would copy themselves with what hangs on it.
        claim = vars(request).pop("specbudget_claim", None) or _found(request, _asked(request))
        claim.store(request, response)

    def filter_request(self, request: Any) -> Any:
        return request

    def find_requests_with_most_matches(
        self, request: Any
    ) -> list[tuple[Any, list[Any], list[Any]]]:
        """Let aiohttp's stub, which asks this after a redirect, go on with *request* itself."""
        return [(request, [], [])]


class _Claim(NamedTuple):
    """What becomes of a request.

    Attributes:
        play: Hands the answer out, and tells the meters whose it is; None if the request is sent.
        store: Takes what is answered then.
        records: Whether that is kept.
    """

    play: Callable[[], Any] | None
    store: Callable[[Any, dict[str, Any]], None] = lambda _request, _response: None
    records: bool = False


def _claim(request: Any) -> _Claim:
    """Take the answer to *request*, once, however often a stub asks."""
    claim: _Claim | None = getattr(request, "specbudget_claim", None)
    if claim is None:
        claim = request.specbudget_claim = _claimed(request)
    return claim


def _claimed(request: Any) -> _Claim:
    asked, first = _asked(request), asked_first()
    due = first.take(asked) if isinstance(first, Faulty) else None
    if due is None:
        return _found(request, asked)
    if due.alters:
        return _altered(due, _found(request, asked))
    return _Claim(lambda: _as_vcrpy_has_it(due.answer()))


def _altered(due: Due, found: _Claim) -> _Claim:
    play = found.play
    if play is None:
        due.stand_aside(recording=found.records)
        return found
    return _Claim(lambda: _as_vcrpy_has_it(due.altered(_answer(play()))))


def _found(request: Any, asked: Asked) -> _Claim:
    """Look for the answer in the recording of the moment, which may refuse the request."""
    answerer = current()
    if isinstance(answerer, Tape):
        return _on_tape(answerer, asked)
    if isinstance(answerer, _Adopted):
        return _on_cassette(answerer.cassette, request)
    return _Claim(None)


def _on_tape(tape: Tape, asked: Asked) -> _Claim:
    played = tape.take(asked)
    if played is None and (refusal := tape.refusal(asked)) is not None:
        raise refusal

    def store(request: Any, response: dict[str, Any]) -> None:
        if _is_faked():
            return  # what a fake below us says is no provider's answer, and nothing to replay
        sent, answer = replace(asked, headers=plain_headers(request.headers)), _answer(response)
        try:
            place = tape.store(sent, answer)
        except BaseException:
            _note_lost(tape, answer)
            raise
        origin.recorded(str(tape.path), place)

    def play(played: Played) -> dict[str, Any]:
        origin.replayed(str(tape.path), played.number, played.mismatch)
        return _as_vcrpy_has_it(played.answer)

    return _Claim(None if played is None else functools.partial(play, played), store, records=True)


def _note_lost(tape: Tape, answer: Answer) -> None:
    """Note that the current call was answered, and so paid for, though its caller never hears.

    The tape did take part: the call did not go past it.
    """
    origin.recorded(str(tape.path))
    mark = origin.open_mark()
    if mark is not None:
        mark.came_to = answer.status


def _is_faked() -> bool:
    """Tell whether a fake below us answered the current call: it reached no network that we watch.

    What a transport of another package does is not watched.
    """
    mark = origin.open_mark()
    if mark is None or mark.before_wire is None or mark.wire:
        return False
    return foreign_carrier(mark.transport) is None


def _on_cassette(cassette: Any, request: Any) -> _Claim:
    """Ask a cassette of vcrpy's as its own stubs would."""
    if cassette.can_play_response_for(request):
        return _Claim(lambda: cassette.play_response(request))
    is_kept = bool(cassette.filter_request(request))
    if cassette.write_protected and is_kept:
        raise CannotOverwriteExistingCassetteException(cassette=cassette, failed_request=request)
    return _Claim(None, cassette.append, records=is_kept)


def _asked(request: Any) -> Asked:
    """Bring a request to what matching looks at; headers are read when it is stored."""
    return Asked(method=request.method, uri=request.uri, body=body_bytes(request.body))


def _answer(response: dict[str, Any]) -> Answer:
    return Answer(
        status=response["status"]["code"],
        reason=response["status"]["message"],
        body=body_bytes(response["body"].get("string")) or b"",
        headers=plain_headers(response["headers"]),
    )


def _as_vcrpy_has_it(answer: Answer) -> dict[str, Any]:
    """Hand out a copy: vcrpy's stub for http.client deletes a header from what it is given."""
    return {
        "status": {"code": answer.status, "message": answer.reason},
        "headers": {name: list(values) for name, values in answer.headers.items()},
        "body": {"string": answer.body},
    }


class _Adopted:
    """A cassette that somebody opened with vcrpy: answered by vcrpy's own code, through us.

    Attributes:
        functions: vcrpy's replacements of library functions, bound to this cassette, by class
            and attribute; libraries in its `skip_patchers` are not among them.
    """

    def __init__(self, cassette: Any) -> None:
        self.cassette = cassette
        self.is_open = True
        self.functions = dict(_functions_for(cassette))

    def skips(self, groups: set[str]) -> bool:
        return groups <= set(getattr(self.cassette, "skip_patchers", ()))


def _functions_for(cassette: Any) -> Iterator[tuple[tuple[Any, str], Callable[..., Any]]]:
    for patcher in vcr.patch.CassettePatcherBuilder(cassette).build():
        if hasattr(patcher, "attribute") and inspect.isfunction(patcher.new):
            yield (patcher.getter(), patcher.attribute), patcher.new


def _adopt(_: Any, cassette: Any) -> Iterator[Any]:
    """Stand in for vcrpy's own way of opening a cassette, which would patch everything again."""
    adopted = _Adopted(cassette)
    builder = vcr.patch.CassettePatcherBuilder(cassette)
    with ExitStack() as stack:
        for patcher in builder._build_patchers_from_mock_triples(cassette.custom_patches):  # noqa: SLF001 - vcrpy has no public name for it
            stack.enter_context(patcher)
        # vcrpy's cassettes reach every thread, so this one has to.
        stack.enter_context(opened(adopted, shared=True))
        try:
            yield cassette
        finally:
            adopted.is_open = False


class _Builder(vcr.patch.CassettePatcherBuilder):  # type: ignore[misc]  # vcrpy ships no types
    """Builds vcrpy's patches so that each looks up who answers when it is called."""

    def _build_patcher(self, obj: Any, patched_attribute: str, replacement_class: Any) -> Any:
        if _asks_for_itself_by_name(obj):
            return None
        patcher = super()._build_patcher(obj, patched_attribute, replacement_class)
        if patcher is not None and _replaces_a_call(patcher.new):
            before = getattr(obj, patched_attribute)
            patcher.new = _dispatching(obj, patched_attribute, patcher.new, before)
        return patcher

    def _build_cassette_subclass(self, base_class: type) -> type:
        groups = _GROUPS.get(base_class.__module__, set())
        namespace = {"groups": groups, "router": self._cassette, "cassette": property(_answering)}
        return type(f"Routed{base_class.__name__}", (_Untouched, base_class), namespace)


def _asks_for_itself_by_name(owner: Any) -> bool:
    """Tell urllib3 1.26's `connection`, whose classes say `super(HTTPConnection, self)`.

    With another class under that name the real connection breaks.  Pools don't look there: they
    take `ConnectionCls`, which is patched.
    """
    if getattr(owner, "__name__", None) != "urllib3.connection":
        return False
    return str(getattr(sys.modules["urllib3"], "__version__", "")).startswith("1.")


def _replaces_a_call(replacement: Any) -> bool:
    """Tell a library's whole call apart from a helper, such as a check for dropped connections."""
    return inspect.isfunction(replacement) and replacement.__name__ in {
        "handle_request",
        "handle_async_request",
        "_request",
        "fetch_impl",
    }


def _dispatching(
    owner: Any, attribute: str, through_tape: Callable[..., Any], before: Callable[..., Any]
) -> Callable[..., Any]:
    is_fake = getattr(owner, "__name__", "") in _FAKES
    through_faults = _timing_out(owner, through_tape)

    @functools.wraps(before)
    def dispatch(*args: Any, **kwargs: Any) -> Any:
        if asked_first() is not None and not is_fake:
            return through_faults(*args, **kwargs)
        answerer = current()
        if isinstance(answerer, _Adopted):
            return answerer.functions.get((owner, attribute), before)(*args, **kwargs)
        return (before if answerer is None or is_fake else through_tape)(*args, **kwargs)

    return dispatch


def _timing_out(owner: Any, call: Callable[..., Any]) -> Callable[..., Any]:
    """Let *call* time out as the library of *owner* does.

    httpx and httpx2 have errors of their own; aiohttp, and what stands on `http.client`, make
    theirs of the `TimeoutError` that it is.
    """
    library = sys.modules.get(getattr(owner, "__module__", "").partition(".")[0])
    kind = getattr(library, "ReadTimeout", InjectedTimeoutError)

    def timing_out(*args: Any, **kwargs: Any) -> Any:
        try:
            result = call(*args, **kwargs)
        except InjectedTimeoutError as problem:
            raise kind(str(problem)) from None
        return awaited(result) if inspect.iscoroutine(result) else result

    async def awaited(result: Any) -> Any:
        try:
            return await result
        except InjectedTimeoutError as problem:
            raise kind(str(problem)) from None

    return timing_out


def _answering(connection: Any) -> Any:
    """Return what a connection takes for its cassette."""
    answerer = current()
    if isinstance(answerer, _Adopted) and asked_first() is None:
        return answerer.cassette
    return connection.router


class _Untouched:
    """Lets a connection behave as the real one while nobody answers for it."""

    groups: set[str]
    real_connection: Any

    def _passes(self) -> bool:
        if asked_first() is not None:
            return False
        answerer = current()
        return answerer is None or (isinstance(answerer, _Adopted) and answerer.skips(self.groups))

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("connect", self._passes())(*args, **kwargs)

    def request(self, *args: Any, **kwargs: Any) -> Any:
        return self._begin("request")(*args, **kwargs)

    def putrequest(self, *args: Any, **kwargs: Any) -> Any:
        return self._begin("putrequest")(*args, **kwargs)

    def putheader(self, *args: Any, **kwargs: Any) -> Any:
        return self._go_on("putheader")(*args, **kwargs)

    def endheaders(self, *args: Any, **kwargs: Any) -> Any:
        return self._go_on("endheaders")(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> Any:
        return self._go_on("send")(*args, **kwargs)

    def getresponse(self, *args: Any, **kwargs: Any) -> Any:
        return self._go_on("getresponse")(*args, **kwargs)

    def _begin(self, method: str) -> Any:
        """Decide for a whole request, so that it ends as it began."""
        self.__dict__["_is_passing"] = passes = self._passes()
        return self._either(method, passes)

    def _go_on(self, method: str) -> Any:
        return self._either(method, self.__dict__.get("_is_passing", False))

    def _either(self, method: str, passes: bool) -> Any:  # noqa: FBT001 - it is the first half of the name
        return getattr(self.real_connection if passes else super(), method)


class _NarrowReset:
    """Puts the two real connection classes back while one of vcrpy's stubs makes or uses one.

    `http.client.HTTPSConnection.__init__` looks its own class up by name, so those two names have
    to be real for a moment.  vcrpy's own `force_reset` takes off every patch of every library,
    and calls of other threads slip out to the network meanwhile.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = 0
        self._replaced: tuple[Any, Any] = (None, None)

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._replaced = _swap(vcr.patch._HTTPConnection, vcr.patch._HTTPSConnection)  # noqa: SLF001 - where vcrpy keeps the originals
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0:
                    _swap(*self._replaced)


def _swap(plain: Any, secure: Any) -> tuple[Any, Any]:
    replaced = http.client.HTTPConnection, http.client.HTTPSConnection
    http.client.HTTPConnection, http.client.HTTPSConnection = plain, secure  # type: ignore[misc]  # that is the point
    return replaced
