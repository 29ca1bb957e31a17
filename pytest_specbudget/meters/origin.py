"""Who answers the call that this context is making.

A meter opens a `Mark` around each send.  Whoever answers below it - a cassette, the network -
notes that on the mark: the cassette router and vcrpy say `replayed` or `recorded`, the connection
pools say `wired`.  A call that nobody marked was answered by a fake.

The mark is also the guard against counting one attempt twice, where one client calls another with
the very request that it was given.  What else is sent meanwhile is sent `apart`.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters.nested import is_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_specbudget.core.exchange import Mismatch, Request, Source

__all__ = [
    "Mark",
    "apart",
    "current_mark",
    "open_mark",
    "recorded",
    "replayed",
    "tell_if_open",
    "wired",
]


@dataclass(slots=True, eq=False)
class Mark:
    """What is known so far about who answers one attempt.

    Attributes:
        request: What the attempt was asked to send, or None if nobody can send that once more.
        unasked: Whether it came to an end before anybody was asked, a network or a fake.
        wire: Whether it reached a connection pool, below every cassette and every mock.
        requests: How often it did.
        asides: How many of these, but for the last, were no model call: a token, say.
        challenges: How many of these, but for the last, were answered with a demand to log in.
        sent: The last of these, as a connection pool takes it; None where it tells nothing.
        hidden: How many of these nobody will be told of: not the answer, not a redirect.
        stored: `replay` or `record` where a cassette was involved.
        cassette: Its path.
        index: The place of the interaction in it, from 0, or None if unknown.
        mismatch: What that interaction was asked, if not what this call asks.
        altered: What was done to that interaction's answer on purpose, or None.
        bypassed: Whether the call reached the network while a cassette was open.
        transport: What carries the call, or None if an app inside the process answers it; where
            nobody marked the call, it may have reached a network by other means.
        open: Whether the send still runs; a task that outlives it carries a closed mark.
        before_wire: Called when the network is about to be touched; may raise to refuse.
        came_to: What its last request came to: the status, or what was raised; None while it runs
            and where nobody below tells.
        again: Called with that, where it failed and another request follows: a transport retries.
            May raise to refuse.
    """

    before_wire: Callable[[], None] | None = None
    request: Request | None = None
    unasked: bool = False
    wire: bool = False
    requests: int = 0
    asides: int = 0
    challenges: int = 0
    sent: Any = None
    hidden: int = 0
    stored: Source | None = None
    cassette: str | None = None
    index: int | None = None
    mismatch: Mismatch | None = None
    altered: str | None = None
    bypassed: bool = False
    transport: object | None = None
    open: bool = True
    came_to: int | BaseException | None = None
    again: Callable[[int | BaseException], None] | None = None

    @property
    def may_have_moved(self) -> bool:
        """Whether somebody may have answered already, a cassette, too, and led it elsewhere."""
        return self.wire or self.stored is not None

    @property
    def source(self) -> Source:
        """Who answered, as far as anybody said so."""
        if self.stored is not None:
            return self.stored
        return "live" if self.wire or self.unasked else "mock"

    @property
    def answered(self) -> int | None:
        """The status that its last request came to, where somebody below tells."""
        came_to = None if is_aside(self.sent) else self.came_to
        return came_to if isinstance(came_to, int) else None

    @property
    def broke(self) -> BaseException | None:
        """What its last request came to if that is an error; a transport may raise another."""
        came_to = None if is_aside(self.sent) else self.came_to
        return came_to if isinstance(came_to, BaseException) else None

    def note_requests(self, told: int) -> None:
        """Note how many of its requests nobody will be told of, of whom *told* are model calls."""
        self.hidden = max(0, self._model_requests() - told)

    def _model_requests(self) -> int:
        return self.requests - self.asides - is_aside(self.sent)

    def take_source(self, mark: Mark) -> None:
        """Be answered by whoever answered *mark*."""
        self.wire, self.stored, self.cassette = mark.wire, mark.stored, mark.cassette

    def end_unasked(self) -> None:
        """Note that what ended it was raised before anybody was asked, as far as nobody said so."""
        self.unasked = self.unasked or not (self._model_requests() or self.stored)


_FIRST_ERROR_STATUS = 400
_CHALLENGES = (401, 407)
"""After which the client itself asks once more, with credentials; that is the same attempt."""

_is_open: list[Callable[[], bool]] = []


def tell_if_open(ask: Callable[[], bool]) -> Callable[[], None]:
    """Let *ask* say whether a cassette is open where it is called; returns what undoes it."""
    _is_open.append(ask)
    return lambda: _is_open.remove(ask)


current_mark: ContextVar[Mark | None] = ContextVar("specbudget_mark", default=None)


def open_mark() -> Mark | None:
    """Return the mark of the send that this context is in, or None."""
    mark = current_mark.get()
    return mark if mark is not None and mark.open else None


@contextmanager
def apart() -> Iterator[None]:
    """Let what this context sends meanwhile be nobody's, whatever attempt it is in."""
    outer = current_mark.get()
    current_mark.set(None)
    try:
        yield
    finally:
        current_mark.set(outer)


def replayed(cassette: str, index: int | None = None, mismatch: Mismatch | None = None) -> None:
    """Note that a cassette answers the current call, perhaps with what another was answered."""
    _store("replay", cassette, index)
    mark = open_mark()
    if mark is not None:
        mark.mismatch = mismatch


def recorded(cassette: str, index: int | None = None) -> None:
    """Note that a cassette stores the answer to the current call."""
    _store("record", cassette, index)


def wired() -> Mark | None:
    """Note that the current call is about to reach the network; may raise to refuse it.

    Returns:
        The mark of that call, for whoever can tell what this request comes to.
    """
    mark = open_mark()
    if mark is not None:
        if mark.came_to is not None:
            _follow(mark, mark.came_to)
        if mark.before_wire is not None:
            mark.before_wire()
        mark.wire = True
        mark.bypassed = any(ask() for ask in _is_open)
        mark.requests += 1
    return mark


def _follow(mark: Mark, came_to: int | BaseException) -> None:
    """Part a request from the one before, if that failed: it was an attempt of its own."""
    mark.came_to = None
    if is_aside(mark.sent):
        mark.asides += 1
        return
    asks_to_log_in = came_to in _CHALLENGES
    mark.challenges += asks_to_log_in
    failed = not isinstance(came_to, int) or came_to >= _FIRST_ERROR_STATUS
    if failed and not asks_to_log_in and mark.again is not None:
        mark.again(came_to)


def _store(source: Source, cassette: str, index: int | None) -> None:
    mark = open_mark()
    if mark is not None:
        mark.stored, mark.cassette, mark.index = source, cassette, index
