"""The answerer that is asked before every recording, and lets most calls pass.

It holds the faults that a test asked for.  A call that one of them is due for is answered by it,
or with a recorded answer that it has altered; nothing is ever sent for a fault's sake.  Where a
call is being recorded, what is recorded and handed out is the provider's answer, unaltered.

A made-up answer is a fake's: it is booked as mocked, and never judged.  An altered one that still
tells its counts is booked as the recording's, because a provider charges for bad output, too; one
that does not tell them any more is a fake's again.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes.fault_answers import injected
from pytest_specbudget.cassettes.faults import ALTERING, HIDES_USAGE, Call, Fault, altered
from pytest_specbudget.cassettes.misses import describe
from pytest_specbudget.cassettes.requests import request_of
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.meters.origin import open_mark
from pytest_specbudget.meters.scope import routing

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.cassettes.interaction import Answer, Asked
    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.providers import Listener

__all__ = ["Due", "Faulty", "InjectedTimeoutError", "Injection"]


class InjectedTimeoutError(TimeoutError):
    """No answer came in time; clients that have an error of their own for it are given that."""


@dataclass(slots=True, eq=False)
class Injection:
    """One fault that a test asked for, and what has become of it.

    Attributes:
        fault: What it is.
        seen: How many calls it fits.
        taken: How many of them it was due for.
        hits: How many it has happened to.
        recorded: How many were recorded instead.
    """

    fault: Fault
    seen: int = 0
    taken: int = 0
    hits: int = 0
    recorded: int = 0

    def take(self) -> bool:
        """Tell whether it is due now; if so, that is one of its times."""
        is_due = self.seen >= self.fault.after and self.taken < self.fault.times
        self.taken += is_due
        return is_due


class Faulty:
    """The faults of one test; safe for threads.

    Attributes:
        injections: Each with what has become of it, in the order asked for.
        is_open: Whether the test still runs.
    """

    def __init__(
        self,
        *,
        recognise: Callable[[Request], Listener | None],
        refuse: Callable[[str], BaseException],
        tell: Callable[..., None],
    ) -> None:
        """Start without any fault.

        Args:
            recognise: Tells model calls, the only ones that a fault happens to.
            refuse: Makes the exception for a call whose fault is impossible, from a message.
            tell: Told of each fault that happens, by names and values.
        """
        self.injections: list[Injection] = []
        self.is_open = True
        self.refuse = refuse
        self.tell = tell
        self._recognise = recognise
        self._lock = Lock()

    def add(self, fault: Fault) -> Injection:
        """Let *fault* happen from now on."""
        injection = Injection(fault)
        with self._lock:
            self.injections.append(injection)
        return injection

    def take(self, asked: Asked) -> Due | None:
        """Return what is due for *asked*, the first of several, or None.

        Every fault counts the calls that it fits, also those that another one happens to.
        """
        call = self._call(asked)
        if call is None:
            return None
        with self._lock:
            fitting = [one for one in self.injections if one.fault.fits(call)]
            chosen = next((one for one in fitting if one.take()), None)
            for one in fitting:
                one.seen += 1
        return None if chosen is None else Due(self, chosen, asked, call)

    def note(self, injection: Injection, call: Call, **values: Any) -> None:
        """Count one time that it happened, and tell of it."""
        with self._lock:
            injection.hits += 1
        self.tell(
            fault=injection.fault.kind,
            asked=str(injection.fault),
            model=call.model or None,
            host=call.request.host,
            path=call.request.path,
            role=call.role,
            **values,
        )

    def _call(self, asked: Asked) -> Call | None:
        request = request_of(asked)
        listener = self._recognise(request) if self.injections else None
        if listener is None:
            return None
        routed = routing()
        return Call(
            request=request,
            model=listener.request_model or "",
            streaming=listener.streaming,
            role=None if routed is None else routed.role,
        )


@dataclass(frozen=True, slots=True)
class Due:
    """A fault that is to happen to one call, now."""

    faulty: Faulty
    injection: Injection
    asked: Asked
    call: Call

    @property
    def alters(self) -> bool:
        """Whether it needs the recorded answer."""
        return self.injection.fault.kind in ALTERING

    def answer(self) -> Answer:
        """Return the answer that stands for the provider's.

        Raises:
            InjectedTimeoutError: If no answer is what is to happen.
            BaseException: Made by `refuse`, if there is no such answer.
        """
        fault = self.injection.fault
        if fault.kind == "timeout":
            self.faulty.note(self.injection, self.call)
            raise InjectedTimeoutError(fault.words or "timed out (injected by spec_fault)")
        answer = self._made(injected, fault, self.call)
        self.faulty.note(self.injection, self.call)
        return answer

    def altered(self, answer: Answer) -> Answer:
        """Return what becomes of a recorded *answer*.

        Raises:
            BaseException: Made by `refuse`, if that cannot be done to it.
        """
        fault, mark = self.injection.fault, open_mark()
        new = self._made(altered, fault, self.call.request, answer)
        place = {} if mark is None else {"cassette": mark.cassette, "cassette_index": mark.index}
        self.faulty.note(self.injection, self.call, **place)
        if mark is not None:
            mark.altered = fault.kind
            if fault.kind in HIDES_USAGE:
                mark.stored = mark.mismatch = None
        return new

    def stand_aside(self, *, recording: bool) -> None:
        """Let the call be recorded, unaltered.

        Raises:
            BaseException: Made by `refuse`, if it would be sent and not even recorded.
        """
        if not recording:
            raise self.faulty.refuse(
                f"{self.injection.fault} alters a recorded answer, and there is none to "
                f"{describe(self.asked)}\n    record the test: --spec-record=new"
            )
        self.injection.recorded += 1

    def _made(self, make: Callable[..., Answer], *values: Any) -> Answer:
        try:
            return make(*values)
        except ValueError as problem:
            raise self.faulty.refuse(f"{self.injection.fault}: {reason_of(problem)}") from problem
