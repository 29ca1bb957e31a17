"""Answers of `http.client`, heard while they are read.

urllib3, requests, botocore and `urllib.request` all read from such a response.  It is heard here,
below whatever they decode, so the bytes are those of the wire without its chunks.  A piece is
handed on as soon as it came: nothing is held, joined or split, and nothing is read ahead.

urllib3.future, which replaces urllib3 where both are installed, has responses of its own that are
read in the same way; those of its async half have coroutines in the place of some methods.

The response gets a class of its own, made from the one that it had.  A wrapper would not do:
clients look into the response, and `isinstance` has to hold.  `http.client` is imported by whoever
made the response.
"""

from __future__ import annotations

from functools import cache, wraps
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters.journey import current_journey, lower

if TYPE_CHECKING:
    from types import TracebackType

    from pytest_specbudget.meters.attempt import Attempt

__all__ = ["Hearing", "answered", "hearing_of"]

_HEARING = "specbudget_hearing"
_READS = ("read", "read1", "readinto", "readline")
_LIKE_ONE = "LowLevelResponse"
"""How the classes of urllib3.future's responses end."""


class Hearing:
    """Hears what is read from one response; a `with` block is one step of reading.

    Reading methods call one another, and only the outermost tells what its caller got.

    Attributes:
        attempt: Who listens.
        depth: How many steps are under way, each within the one before.
    """

    __slots__ = ("attempt", "depth")

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.depth = 0

    def __enter__(self) -> bool:
        """Begin a step; True for the outermost."""
        self.depth += 1
        return self.depth == 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.depth -= 1
        if error is not None and self.depth == 0:
            self.attempt.finish("error", error)


def hearing_of(file: object) -> Hearing | None:
    """Return who hears *file*, or None."""
    hearing: Hearing | None = getattr(file, _HEARING, None)
    return hearing


def answered(attempt: Attempt, response: Any, body: bytes | None = None) -> None:
    """Let *attempt* hear *response*: at once if it is all there, else while it is read.

    An answer that cannot be listened to makes the attempt unreadable.

    Args:
        attempt: The attempt, whose send is over.
        response: A response of `http.client`, or of a client that reads from one.
        body: The decoded body, if the client has read it already.
    """
    attempt.mark.open = False
    try:
        status, headers = response.status, lower(response.headers)
        journey = current_journey()
        if journey is not None and journey.moved(attempt, status, headers):
            return
        if body is not None:
            attempt.whole(status, headers, body)
        else:
            attempt.head(status, headers)
            if _is_followed(attempt, response):
                return
    except Exception as error:  # noqa: BLE001 # see `Shield`
        attempt.hearing.hold(error)
    attempt.finish("complete")


def _is_followed(attempt: Attempt, response: Any) -> bool:
    """Let *attempt* hear the body; True if whoever reads it will end the attempt."""
    recorded = getattr(response, "recorded_response", None)
    if recorded is not None:  # vcrpy's: all of it is there, however much is read
        attempt.feed(recorded["body"]["string"])
        return False
    file = _file_of(response)
    if file.isclosed() or file.length == 0:
        return False
    setattr(file, _HEARING, Hearing(attempt))
    kind: Any = type(file)
    file.__class__ = _heard(kind)
    return True


def _file_of(response: Any) -> Any:
    """Return the response of `http.client`, or what stands for one, that *response* reads from."""
    from http.client import HTTPResponse  # noqa: PLC0415 # 20 ms, and imported by now

    file = getattr(response, "_original_response", None) or response
    if not isinstance(file, HTTPResponse) and not type(file).__name__.endswith(_LIKE_ONE):
        raise TypeError(f"nobody can listen to a {type(file).__module__}.{type(file).__qualname__}")
    return file


@cache
def _heard(kind: Any) -> Any:
    """Make the class of a response that is a *kind* and is heard."""
    methods = {name: getattr(kind, name) for name in _READS if hasattr(kind, name)}
    namespace: dict[str, Any] = {
        name: (_awaiting if iscoroutinefunction(method) else _reading)(method)
        for name, method in methods.items()
    }
    namespace["close"] = _closing(kind.close)
    namespace["__del__"] = _losing(getattr(kind, "__del__", None))
    return type(kind.__name__, (kind,), {**namespace, "__module__": kind.__module__})


def _reading(method: Any) -> Any:
    @wraps(method)
    def read(file: Any, *args: Any, **options: Any) -> Any:
        hearing: Hearing = file.specbudget_hearing
        with hearing as outermost:
            got = method(file, *args, **options)
        if outermost:
            wanted: Any = next(iter((*args, *options.values())), None)
            piece = bytes(wanted[:got]) if isinstance(got, int) else got
            _tell(hearing.attempt, file, piece, is_asked=wanted is None or bool(wanted))
        return got

    return read


def _awaiting(method: Any) -> Any:
    @wraps(method)
    async def read(file: Any, size: int | None = None) -> Any:
        hearing: Hearing = file.specbudget_hearing
        with hearing as outermost:
            got = await method(file, size)
        if outermost:
            _tell(hearing.attempt, file, got, is_asked=size is None or bool(size))
        return got

    return read


def _tell(attempt: Attempt, file: Any, piece: bytes, *, is_asked: bool) -> None:
    """Let *attempt* hear *piece*, and that it was the last."""
    if piece:
        attempt.feed(piece)
    left = file.length
    if file.isclosed() or left == 0 or (is_asked and not piece):
        # http.client itself says so only to who reads all at once.
        cut = EOFError(f"the answer ended {left} bytes too early") if left else None
        attempt.finish("error" if cut else "complete", cut)


def _closing(method: Any) -> Any:
    @wraps(method)
    def close(file: Any) -> None:
        hearing: Hearing = file.specbudget_hearing
        try:
            method(file)
        finally:
            if not hearing.depth:  # else a reader closes it, who will say why
                hearing.attempt.finish("closed")

    return close


def _losing(method: Any) -> Any:
    def __del__(file: Any) -> None:  # noqa: N807 # it becomes one
        file.specbudget_hearing.attempt.lose()
        if method is not None:
            method(file)

    return __del__
