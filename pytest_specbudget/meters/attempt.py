"""One HTTP attempt while it lives: from its start line until it is booked, exactly once.

Whoever ends it first books it: the end of the body, `close`, an error or the end of the session,
from whatever thread.  Taking it out of the register is the one step that only one of them can win.

The garbage collector may end it too, but only notes it: it can run inside any line of any thread,
also where a journal's lock is held.  Such attempts are booked at the next safe moment.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import replace
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING

from pytest_specbudget.core.exchange import Exchange
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters.bearable import bearable
from pytest_specbudget.meters.carrier import foreign_carrier
from pytest_specbudget.meters.clock import Clock
from pytest_specbudget.meters.origin import Mark
from pytest_specbudget.meters.outcome import outcome_of
from pytest_specbudget.meters.shield import Shield

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pytest_specbudget.core.exchange import End, Request
    from pytest_specbudget.meters.sink import Sink, Ticket
    from pytest_specbudget.providers import Listener

__all__ = ["Attempt", "Register"]

_NO_HEADERS: Mapping[str, str] = {}
_BEGAN = "specbudget_began"
"""Where a refusal remembers when the attempt began that it ended."""


class Register:
    """The attempts that are not booked yet; any thread may use it without a lock.

    Attributes:
        sink: Where they are booked.
        shield: Holds back what goes wrong while they are.
        lost: Those that the garbage collector ended.
    """

    __slots__ = ("_open", "lost", "shield", "sink")

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.shield = Shield(sink, "metering a model call")
        self._open: dict[int, Attempt] = {}
        self.lost: deque[Attempt] = deque()

    def add(self, attempt: Attempt) -> None:
        """Keep *attempt* until somebody claims it."""
        self._open[id(attempt)] = attempt

    def claim(self, attempt: Attempt) -> bool:
        """Take *attempt* out; True for the first who asks and for nobody else."""
        return self._open.pop(id(attempt), None) is not None

    def lose(self, attempt: Attempt) -> None:
        """Put *attempt* aside, claimed already, to be booked as abandoned by `settle`."""
        self.lost.append(attempt)

    def settle(self) -> None:
        """Book what the garbage collector ended."""
        while self.lost:
            try:
                attempt = self.lost.popleft()
            except IndexError:  # another thread settles too and took the last one
                return
            attempt.book("abandoned")

    def finish_open(self) -> None:
        """Book everything that is not booked, as abandoned."""
        self.settle()
        for attempt in tuple(self._open.values()):
            attempt.finish("abandoned")


class Attempt:
    """What is known so far about one admitted call; nothing in it raises, except for `whole`.

    Attributes:
        mark: Who is answering.
        shield: Holds back what else goes wrong.
    """

    _status: int | None = None
    _headers = _NO_HEADERS
    _first_byte: float | None = None
    _ended: float | None = None
    _hearing: Shield | None = None

    def __init__(
        self, request: Request, listener: Listener, ticket: Ticket, register: Register
    ) -> None:
        self._request = request
        self._listener = listener
        self._ticket = ticket
        self._register = register
        self.shield = register.shield
        self.mark = mark = Mark(partial(_wire, ticket, self.shield), request)
        mark.again = self._again
        self._sent_at = Clock.utc()
        self._started = Clock.tick()
        register.add(self)

    @property
    def hearing(self) -> Shield:
        """Holds back what goes wrong while its answer is read, and remembers that it did."""
        if self._hearing is None:
            self._hearing = Shield(self._register.sink, "reading a model's answer")
        return self._hearing

    @property
    def _misheard(self) -> bool:
        return self._hearing is not None and self._hearing.tripped

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        """Hear the head of an answer whose body will pass, encoded as on the wire.

        *headers* find a name in any case.
        """
        self._status = status
        self._headers = headers
        if not self._misheard:
            try:
                self._listener.head(status, headers)
            except Exception as error:  # noqa: BLE001 # see `Shield`
                self.hearing.hold(error)

    def feed(self, data: bytes) -> None:
        """Hear the next piece of the body."""
        if self._first_byte is None:
            self._first_byte = Clock.tick()
        if not self._misheard:
            try:
                self._listener.feed(data)
            except Exception as error:  # noqa: BLE001 # see `Shield`
                self.hearing.hold(error)

    def whole(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Hear an answer whose body the client has read and decoded already; within `hearing`."""
        self._status = status
        self._headers = headers
        self._listener.head(status, headers)
        self._listener.whole(body)

    def finish(self, end: End, error: BaseException | None = None) -> None:
        """Book it, unless somebody has."""
        if self._register.claim(self):
            self.book(end, error)

    def fail(self, error: BaseException) -> None:
        """Book what the send raised instead of answering."""
        self.mark.open = False
        if self._status is None:
            self._status = self.mark.answered
        # Who raises a refusal over an answer, a cassette that cannot keep it, say, refused no call.
        unanswered = self._status is None
        refused = unanswered and isinstance(error, CallRefused) and not self._refused_below(error)
        self.finish("refused" if refused else "error", error)

    def _refused_below(self, refusal: CallRefused) -> bool:
        """Tell whether *refusal* is that of an attempt which began while this one ran."""
        began = vars(refusal).setdefault(_BEGAN, self._started)
        if began > self._started:
            return True
        vars(refusal)[_BEGAN] = self._started
        return False

    def _again(self, came_to: int | BaseException) -> None:
        """Book what failed below, where a transport of the user's sends once more, and begin anew.

        Raises:
            CallRefused: If the next attempt is not admitted; nothing is left to book then.
        """
        if not self._register.claim(self):
            return
        if isinstance(came_to, int):
            self._status = came_to
        self.book("complete" if isinstance(came_to, int) else "error", _error_in(came_to))
        self._renew()
        self._register.add(self)

    def _renew(self) -> None:
        sink = self._register.sink
        listener = sink.recognise(self._request)
        if listener is not None:
            self._listener = listener
        self._ticket = sink.admit(self._request, self._listener)
        self._status, self._headers, self._first_byte = None, {}, None
        self._sent_at, self._started = Clock.utc(), Clock.tick()
        mark = self.mark
        mark.requests, mark.asides, mark.challenges, mark.sent = 0, 0, 0, None
        mark.before_wire, mark.again = partial(_wire, self._ticket, self.shield), self._again

    def lose(self) -> None:
        """Note that the garbage collector took its body; may be called anywhere."""
        if self._register.claim(self):
            self._ended = Clock.tick()
            self._register.lose(self)

    def book(self, end: End, error: BaseException | None = None) -> None:
        """Tell the ticket; only for whoever claimed it."""
        ended = self._ended if self._ended is not None else Clock.tick()
        self.mark.again = None  # it holds this attempt, which holds the mark
        try:
            reading = self._reading(end)
            self._ticket.book(self._exchange(end, error, ended), reading)
        except Exception as problem:  # noqa: BLE001 # see `Shield`
            self.shield.hold(problem)

    def _reading(self, end: End) -> Reading:
        try:
            reading = self._listener.finish(end)
        except Exception as error:  # noqa: BLE001 # see `Shield`
            self.hearing.hold(error)
            return _unreadable(self._listener)
        return replace(reading, usage_state="unreadable") if self._misheard else reading

    def _exchange(self, end: End, error: BaseException | None, ended: float) -> Exchange:
        mark, first = self.mark, self._first_byte
        source = mark.source
        return Exchange(
            self._request,
            self._status,
            source,
            outcome_of(self._status, error, mark),
            end,
            self._sent_at,
            ended - self._started,
            _moment(self._headers.get("date")) if mark.stored == "replay" else None,
            None if first is None else first - self._started,
            None if error is None else _told(error),
            mark.hidden,
            foreign_carrier(mark.transport) if source == "mock" else None,
            mark.cassette,
            mark.index,
            mark.mismatch,
            mark.altered,
            mark.bypassed,
        )


def _error_in(came_to: int | BaseException) -> BaseException | None:
    return came_to if isinstance(came_to, BaseException) else None


def _wire(ticket: Ticket, shield: Shield) -> None:
    """Tell *ticket* that the network is next; only a refusal comes through."""
    try:
        ticket.wire()
    except CallRefused as refusal:
        raise bearable(refusal) from None
    except Exception as error:  # noqa: BLE001 # see `Shield`
        shield.hold(error)


def _unreadable(listener: Listener) -> Reading:
    """Return what is known of an answer by its request alone; an unknown is not a zero."""
    return Reading(
        provider=listener.provider,
        operation=listener.operation,
        request_model=listener.request_model,
        usage_state="unreadable",
        certain=listener.certain,
    )


def _moment(date: str | None) -> datetime | None:
    """Read an HTTP date; None for one that is missing or makes no sense."""
    try:
        return parsedate_to_datetime(date) if date is not None else None
    except ValueError:
        return None


def _told(error: BaseException) -> str:
    name = type(error).__name__
    with suppress(Exception):  # a foreign exception's own __str__ may raise
        return f"{name}: {error}".removesuffix(": ")
    return name
