"""Meters gRPC where it carries model calls: those of xAI's and Google's SDKs.

The meter sits on the stubs' methods, sync and async, below every interceptor.  A call whose method
nobody knows (`grpc_speech`) goes its way untouched.  What comes back is the same object as without
us, of a class of ours that listens while it is awaited or iterated.

gRPC retries by itself, below all of this, calls that never reached a server or that one turned
away; these cost nothing, and nobody sees them.  gRPC is not imported here.

Tried and rejected: interceptors, which stand in the way of every call that a channel makes, and
which a channel that was made before has not.

Source: grpcio 1.85.1 (`grpc/_channel.py`, `grpc/aio/_channel.py`, `grpc/aio/_call.py`).
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters.clients.grpc_speech import speech_of
from pytest_specbudget.meters.hooks import replace_method
from pytest_specbudget.meters.journey import leave
from pytest_specbudget.meters.watching import current_watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Mapping
    from types import ModuleType

    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.clients.grpc_speech import Speech
    from pytest_specbudget.meters.hooks import Undo

__all__ = ["watch_aio_stubs", "watch_stubs"]

_EAR = "specbudget_ear"
_TARGET = "specbudget_target"
_NOWHERE = "(gRPC)"
_EVENTS = {"content-type": "text/event-stream"}
_SCHEMES = ("dns:", "ipv4:", "ipv6:")

_BROKEN = (
    "Stream removed",
    "Socket closed",
    "recvmsg",
    "RST_STREAM",
    "GOAWAY",
    "keepalive",
    "larger than max",
    "deserializing",
)
"""What gRPC says of a call that a server had taken and whose answer was lost on the way."""

_STATUSES: Mapping[str, int] = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "ABORTED": 409,
    "RESOURCE_EXHAUSTED": 429,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
}
"""The HTTP status for the code of a call that was turned away; 500 for what is not here.

Source: https://github.com/googleapis/googleapis `google/rpc/code.proto` (checked 2026-11-22)."""

_GIVEN_UP = frozenset({"CANCELLED", "DEADLINE_EXCEEDED"})
"""The codes of a call that the client no longer waited for; a server may go on with it."""


def watch_stubs(module: ModuleType) -> Undo:
    """Meter the stubs' methods of `grpc._channel`."""
    unary = module._UnaryUnaryMultiCallable  # noqa: SLF001 # the public base class has no bodies
    streams = (
        module._UnaryStreamMultiCallable,  # noqa: SLF001 # likewise
        module._SingleThreadedUnaryStreamMultiCallable,  # noqa: SLF001 # likewise
    )
    with ExitStack() as undo:
        undo.callback(replace_method(unary, "__call__", _metering(_hear_message)))
        undo.callback(replace_method(unary, "with_call", _metering(_hear_first)))
        undo.callback(replace_method(unary, "future", _metering(_hear_later)))
        for stream in streams:
            undo.callback(replace_method(stream, "__call__", _metering(_listening(_stream))))
        return undo.pop_all().close


def watch_aio_stubs(module: ModuleType) -> Undo:
    """Meter the stubs' methods of `grpc.aio._channel`."""
    with ExitStack() as undo:
        undo.callback(replace_method(module.Channel, "__init__", _noting_target))
        for stub, kind in (
            (module.UnaryUnaryMultiCallable, _aio_message),
            (module.UnaryStreamMultiCallable, _aio_stream),
        ):
            undo.callback(replace_method(stub, "__call__", _metering(_listening(kind))))
        return undo.pop_all().close


def _noting_target(original: Any) -> Any:
    def __init__(channel: Any, target: Any, *args: Any, **options: Any) -> None:  # noqa: N807 # it becomes one
        original(channel, target, *args, **options)
        channel.__dict__[_TARGET] = target

    return __init__


def _metering(hear: Callable[[_Ear, Any], None]) -> Any:
    """Wrap a stub's method; *hear* gives what it returns to an ear."""

    def around(original: Any) -> Any:
        def call(stub: Any, request: Any, *args: Any, **options: Any) -> Any:
            ear = _begin(stub, request)
            if ear is None:
                return original(stub, request, *args, **options)
            try:
                answer = original(stub, request, *args, **options)
            except BaseException as error:
                ear.fail(error)
                raise
            hear(ear, answer)
            return answer

        return call

    return around


def _begin(stub: Any, request: Any) -> _Ear | None:
    """Open an attempt if this is a model call; may refuse it."""
    watch = current_watch()
    method: bytes = stub._method  # noqa: SLF001 # it has no public name
    speech = None if watch is None else speech_of(method)
    if watch is None or speech is None:
        return None
    try:
        attempt = speech.begin(watch, _host(stub), method.decode(), request)
        if attempt is None:
            return None
    except Exception as error:  # noqa: BLE001 # see `Shield`
        watch.shield.hold(error)
        return None
    leave(attempt)
    return _Ear(attempt, speech)


def _host(stub: Any) -> str:
    """Return where a channel leads, without scheme and port."""
    target = getattr(stub, "_target", None)
    if target is None:
        target = vars(stub._references[0]).get(_TARGET, _NOWHERE)  # noqa: SLF001 # its channel
    name: str = target.decode() if isinstance(target, bytes) else str(target)
    name = name.rpartition("/")[2]
    for scheme in _SCHEMES:
        name = name.removeprefix(scheme)
    return (name.rpartition(":")[0] or name).strip("[]").lower()


class _Ear:
    """Hears one call; nothing in it raises."""

    __slots__ = ("_attempt", "_begun", "_speech")

    def __init__(self, attempt: Attempt, speech: Speech) -> None:
        self._attempt = attempt
        self._speech = speech
        self._begun = False

    def whole(self, message: Any) -> None:
        """Hear the only message."""
        attempt = self._attempt
        attempt.mark.open = False
        try:
            attempt.whole(200, {}, self._speech.document(message))
        except Exception as error:  # noqa: BLE001 # see `Shield`
            attempt.hearing.hold(error)
        attempt.finish("complete")

    def piece(self, message: Any) -> None:
        """Hear one of several messages; after the first, those that tell something."""
        first, self._begun = not self._begun, True
        try:
            if first:
                self._attempt.head(200, _EVENTS)
            if first or self._speech.tells(message):
                self._attempt.feed(b"data: %b\n\n" % self._speech.document(message))
        except Exception as error:  # noqa: BLE001 # see `Shield`
            self._attempt.hearing.hold(error)

    def done(self) -> None:
        """Hear that no more messages come."""
        self._attempt.mark.open = False
        if not self._begun:
            self._attempt.head(200, _EVENTS)
        self._attempt.feed(self._speech.last)
        self._attempt.finish("complete")

    def fail(self, error: BaseException) -> None:
        """Hear what was raised."""
        try:
            status = None if self._begun else _status_of(error)
            if status is not None:
                self._attempt.head(status, {})
        except Exception as problem:  # noqa: BLE001 # see `Shield`
            self._attempt.shield.hold(problem)
        self._attempt.fail(error)

    def deaf(self, error: Exception) -> None:
        """Note that nothing will be heard."""
        self._attempt.hearing.hold(error)

    def __del__(self) -> None:
        self._attempt.lose()


def _status_of(error: BaseException) -> int | None:
    """Return the HTTP status of a call that was turned away, or None if it may have been served.

    gRPC has no word for who made a code: the server, or the client, which never reached one or
    lost it.  A server that is not there has the status of one that is busy.
    """
    code, words = getattr(error, "code", None), getattr(error, "debug_error_string", None)
    if code is None or words is None or code().name in _GIVEN_UP:
        return None
    told = str(words())
    return None if any(sign in told for sign in _BROKEN) else _STATUSES.get(code().name, 500)


def _hear_message(ear: _Ear, message: Any) -> None:
    ear.whole(message)


def _hear_first(ear: _Ear, answer: Any) -> None:
    ear.whole(answer[0])


def _hear_later(ear: _Ear, future: Any) -> None:
    def settled(future: Any) -> None:
        try:
            message = future.result()
        except BaseException as error:  # noqa: BLE001 # it is the caller's, who will see it too
            ear.fail(error)
        else:
            ear.whole(message)

    future.add_done_callback(settled)


def _listening(kind: Callable[[Any], dict[str, Any]]) -> Callable[[_Ear, Any], None]:
    """Return what lets a call listen by the methods that *kind* makes for its class."""

    def hear(ear: _Ear, call: Any) -> None:
        try:
            call.__dict__[_EAR] = ear
            call.__class__ = _heard(kind, call.__class__)
        except Exception as error:  # noqa: BLE001 # see `Shield`
            ear.deaf(error)

    return hear


@cache
def _heard(kind: Any, call: Any) -> Any:
    # With one base and no slots of its own it is laid out as that base, which it has to stand for.
    methods = {"__module__": call.__module__, "__slots__": (), **kind(call)}
    return type(call.__name__, (call,), methods)


def _stream(base: Any) -> dict[str, Any]:
    """Make what listens to a stream of a sync stub."""

    def __next__(call: Any) -> Any:  # noqa: N807 # it becomes one
        ear: _Ear = call.__dict__[_EAR]
        try:
            message = base.__next__(call)
        except StopIteration:
            ear.done()
            raise
        except BaseException as error:
            ear.fail(error)
            raise
        ear.piece(message)
        return message

    return {"__next__": __next__}


def _aio_message(base: Any) -> dict[str, Any]:
    """Make what listens to a single message of an async stub."""

    def __await__(call: Any) -> Generator[Any, None, Any]:  # noqa: N807 # it becomes one
        ear: _Ear = call.__dict__[_EAR]
        try:
            message = yield from base.__await__(call)
        except BaseException as error:
            ear.fail(error)
            raise
        ear.whole(message)
        return message

    return {"__await__": __await__}


def _aio_stream(base: Any) -> dict[str, Any]:
    """Make what listens to a stream of an async stub, which is iterated or read by hand."""

    def __aiter__(call: Any) -> AsyncIterator[Any]:  # noqa: N807 # it becomes one
        return _passing(base.__aiter__(call), call.__dict__[_EAR])

    async def read(call: Any) -> Any:
        ear: _Ear = call.__dict__[_EAR]
        try:
            message = await base.read(call)
        except BaseException as error:
            ear.fail(error)
            raise
        if message is sys.modules["grpc.aio"].EOF:
            ear.done()
        else:
            ear.piece(message)
        return message

    return {"__aiter__": __aiter__, "read": read}


async def _passing(messages: AsyncIterator[Any], ear: _Ear) -> AsyncIterator[Any]:
    try:
        async for message in messages:
            ear.piece(message)
            yield message
    except GeneratorExit:  # the reader stopped early; the call is lost with its ear
        raise
    except BaseException as error:
        ear.fail(error)
        raise
    ear.done()
