"""Hard ceilings: a call that could break one is refused before it is sent.

What counts is what all processes of the run have spent together, by the same rules as the verdict,
and what they have in flight.  A call commits the most that it can cost to every ceiling that covers
it, and only then looks at the sums; so of two calls that reach for the same rest at once, in
whatever process, one is refused, perhaps both.  When it is booked, what it really cost takes the
place of the most that it could.  Where that stays unknown, the most that it could cost stays.
Where it is more than that most, calls like it are held to as much (`surprises`).

Calls count when the network is about to be touched: replayed and mocked calls are never refused,
and add to what is spent as they do in the verdict.  A fixture's calls count in each worker.

Amounts are whole attodollars; in the shared sums they are units of that, rounded up, where a
ceiling is too high for the words of a cell.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast
from weakref import WeakSet

from pytest_specbudget.bookkeeping.appraisal import Appraiser
from pytest_specbudget.bookkeeping.gates import Marked, spend_gates
from pytest_specbudget.bookkeeping.hearsay import error_words, repeatable_name
from pytest_specbudget.bookkeeping.shared import SharedSums, key_of
from pytest_specbudget.bookkeeping.surprises import Surprises
from pytest_specbudget.budgets.admission import (
    Standing,
    Stop,
    Unbounded,
    Worst,
    over,
    unbounded,
)
from pytest_specbudget.budgets.gate import cost_of
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_specbudget.bookkeeping.desk import PriceDesk
    from pytest_specbudget.bookkeeping.surprises import Kind
    from pytest_specbudget.budgets.gate import Ceiling, SpendGate
    from pytest_specbudget.core.attribution import Attribution
    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.providers import Listener
    from pytest_specbudget.settings.settings import Settings

__all__ = ["SUMS", "Admission", "Hold"]

SUMS = "spending.sums"
"""The file with the shared sums, in the folder of the run's journals."""

_HIGHEST = 2**60
"""No ceiling is more units than this, so that what breaks it still fits a cell."""

_every: WeakSet[Admission] = WeakSet()
"""Whoever admits calls in this process, so that a forked child can begin anew."""

_Change = tuple[tuple["_Account", ...], int, int]
"""Accounts, and what is added to their committed and in-flight amounts."""


@dataclass(slots=True, eq=False)
class _Account:
    """What this process has committed to one ceiling.

    Attributes:
        gate: Which kind of ceiling.
        subject: Whose ceiling.
        ceiling: How much, and where it was set.
        own: The place of our own cell in the shared sums.
        all: The places of the cells of all processes.
        unit: How many attodollars one unit there is.
        committed: What is spent and what is in flight, in attodollars.
        in_flight: How much of that is in flight.
    """

    gate: SpendGate
    subject: str
    ceiling: Ceiling
    own: int
    all: list[int]
    unit: int
    committed: int = 0
    in_flight: int = 0


class Admission:
    """Admits the calls of one process under the hard ceilings of its run."""

    def __init__(
        self,
        *,
        settings: Settings,
        desk: PriceDesk,
        folder: Path,
        refuse: Callable[[str], BaseException],
    ) -> None:
        """Start with the ceilings of the settings; those of markers come with `limit`.

        Args:
            settings: The ceilings, and how they judge.
            desk: Who prices.
            folder: Where the journals of the run lie.
            refuse: Makes the signal that refuses a call.
        """
        self.refuse = refuse
        self._settings = settings
        self._appraiser = Appraiser(settings, desk)
        self._sums = SharedSums(folder / SUMS)
        self._surprises = Surprises(self._sums)
        self._lock = threading.Lock()
        self._waiting: deque[_Change] = deque()
        self._known: dict[tuple[str | None, ...], tuple[_Account, ...]] = {}
        self._accounts: dict[tuple[str, str], _Account] = {}
        self._met: set[tuple[str, str]] = set()
        self._pid = os.getpid()
        self.limit(Marked(), has_specs=True)
        _every.add(self)

    def limit(self, marks: Marked, *, has_specs: bool) -> None:
        """Hold calls to the ceilings that markers set, too."""
        self._gates = spend_gates(self._settings, marks, has_specs=has_specs)
        self._known.clear()

    def open(self, request: Request, listener: Listener, owner: Attribution) -> Hold:
        """Begin to hold a call to its ceilings; nothing is committed yet."""
        try:
            return Hold(self, request, listener, owner, self._covering(owner), self._pid)
        except OSError:  # it will be met again, and refused, where the call would leave
            return Hold(self, request, listener, owner)

    def stopped(self, hold: Hold) -> Stop | None:
        """Commit the most that a call can cost, or say why it must not be sent."""
        accounts = self._accounts_of(hold)
        if not accounts:
            return None
        worst = self._appraiser.worst(hold.request, hold.listener)
        if isinstance(worst, Unbounded):
            return unbounded(self._standing(accounts[0]), hold.call, worst)
        if worst.cost and (seen := self._surprises.least(hold.kind)) > worst.cost.atto:
            worst = Worst(cost=Money(seen), seen=True)
        standing = self._commit(accounts, worst.cost.atto)
        if standing is not None:
            return over(standing, hold.call, worst)
        hold.worst = worst.cost.atto
        hold.in_flight += hold.worst
        return None

    def was_met(self, request: Request) -> bool:
        """Tell whether what only resembled a model call turned out to be one, as *request* does."""
        return (request.host, request.path) in self._met

    def settle(self, charge: Charge, hold: Hold | None, hidden: int = 0) -> None:
        """Put what a booked call costs in the place of what it could.

        Args:
            charge: The call.
            hold: What was committed for it, or None.
            hidden: How many more requests left within the same send; each may have cost as much.
        """
        worst = hold.worst if hold is not None else 0
        if hold is not None and not hold.listener.certain:
            self._met.add((hold.request.host, hold.request.path))
        spent = self._cost(charge)
        if charge.uncertain:
            spent = max(spent, worst)
        if hold is not None and 0 < hold.in_flight == worst < spent:
            self._learn(hold, spent)
        spent += hidden * worst
        if hold is not None:
            self.release(hold, spent)
        elif spent:
            self._change((self._covering(charge.attribution), spent, 0))

    def take_back(self, charge: Charge) -> None:
        """Take back what a call that nobody paid added, where another attempt replaces its own."""
        with suppress(OSError):  # more is committed than need be, and whoever calls next says why
            if spent := self._cost(charge):
                self._change((self._covering(charge.attribution), -spent, 0))

    def _learn(self, hold: Hold, spent: int) -> None:
        """Hold the next calls of its kind to what one came to cost, where it could not."""
        with suppress(OSError):  # no call after it is admitted either, and says why
            self._surprises.note(hold.kind, spent)

    def release(self, hold: Hold, spent: int = 0) -> None:
        """Let go of what was committed for a call that came to cost *spent*."""
        accounts = self._accounts_of(hold)
        in_flight, hold.in_flight = hold.in_flight, 0
        if spent or in_flight:
            self._change((accounts, spent - in_flight, -in_flight))

    def close(self) -> None:
        """Let go of the shared sums."""
        _every.discard(self)
        self._sums.close()

    def start_over(self) -> None:
        """Begin anew in a forked child: what its parent committed stays its parent's."""
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._waiting.clear()
        self._known.clear()
        self._accounts.clear()
        self._sums.adopt()
        self._surprises.start_over()

    def _accounts_of(self, hold: Hold) -> tuple[_Account, ...]:
        """Return the accounts of a call; in a child, one of its parent's has committed nothing."""
        if hold.pid != self._pid:
            hold.accounts, hold.pid = self._covering(hold.owner), self._pid
            hold.in_flight = 0
        return hold.accounts

    def _cost(self, charge: Charge) -> int:
        if charge.mocked and self._settings.count_mocked:
            charge = replace(charge, source="replay")
        return cost_of(charge, self._settings.judge).atto

    def _covering(self, owner: Attribution) -> tuple[_Account, ...]:
        """Return an account for every ceiling that covers the calls of *owner*."""
        key = (owner.test, owner.within, owner.spec, owner.command, owner.stage)
        known = self._known.get(key)
        if known is None:
            call = cast("Charge", _Owned(owner))
            known = self._known[key] = tuple(
                self._account(gate, subject, ceiling)
                for gate in self._gates
                for subject in gate.subjects(call)
                if (ceiling := gate.ceiling_of(subject)) is not None
            )
        return known

    def _account(self, gate: SpendGate, subject: str, ceiling: Ceiling) -> _Account:
        unit = 1
        while ceiling.amount.atto > unit * _HIGHEST:
            unit *= 10
        key, sums = key_of(gate.scope, subject, str(unit)), self._sums
        made = _Account(gate, subject, ceiling, sums.own(key), sums.all(key), unit)
        # Of two threads that ask at once, both get the same.
        return self._accounts.setdefault((gate.scope, subject), made)

    def _commit(self, accounts: tuple[_Account, ...], worst: int) -> Standing | None:
        """Commit *worst* to all of *accounts*; to none, and say which is in the way, if one is."""
        with self._lock:
            self._apply_waiting()
            self._apply((accounts, worst, worst))
            self._sums.look()
            exceeded = self._exceeded(accounts)
            if exceeded is not None:
                self._apply((accounts, -worst, -worst))
        self._drain()
        return None if exceeded is None else self._standing(exceeded)

    def _exceeded(self, accounts: tuple[_Account, ...]) -> _Account | None:
        committed = self._sums.committed
        for account in accounts:
            if committed(account.all) * account.unit > account.ceiling.amount.atto:
                return account
        return None

    def _standing(self, account: _Account) -> Standing:
        shown = account.gate.show(account.subject)
        alone = account.gate.scope in ("session", "spec")
        return Standing(
            name=shown if alone else f'{account.gate.scope} "{shown}"',
            ceiling=account.ceiling,
            committed=Money(self._sums.committed(account.all) * account.unit),
            in_flight=Money(self._sums.in_flight(account.all) * account.unit),
        )

    def _change(self, change: _Change) -> None:
        """Apply *change* now, or leave it to the thread that is at it.

        Nobody waits here: the garbage collector may close a stream, and so book its call, within
        any line of this module.
        """
        self._waiting.append(change)
        self._drain()

    def _drain(self) -> None:
        while self._waiting and self._lock.acquire(blocking=False):
            try:
                self._apply_waiting()
            finally:
                self._lock.release()

    def _apply_waiting(self) -> None:
        while self._waiting:
            self._apply(self._waiting.popleft())

    def _apply(self, change: _Change) -> None:
        accounts, committed, in_flight = change
        publish = self._sums.publish
        for account in accounts:
            account.committed += committed
            account.in_flight += in_flight
            unit = account.unit
            publish(account.own, -(-account.committed // unit), account.in_flight // unit)


@dataclass(slots=True, eq=False)
class Hold:
    """What one call has committed, from the network to the books.

    Attributes:
        admission: Who admits it.
        request: What is about to be sent.
        listener: Who will listen to the answer.
        owner: Whom the call belongs to.
        accounts: The ceilings that cover it.
        pid: The process whose accounts these are.
        worst: The most that one request of it can cost, in attodollars.
        in_flight: What is committed for all of its requests.
        stop: Why it was refused, or None.
    """

    admission: Admission
    request: Request
    listener: Listener
    owner: Attribution
    accounts: tuple[_Account, ...] = ()
    pid: int = 0
    worst: int = 0
    in_flight: int = 0
    stop: Stop | None = None

    @property
    def kind(self) -> Kind:
        """Which calls are like it."""
        return self.request.host, self.listener.request_model

    @property
    def call(self) -> str:
        """What is about to happen, for people."""
        return f"a call to {repeatable_name(self.listener.request_model)} at {self.request.host}"

    def take(self) -> None:
        """Commit the most that the call can cost.

        What merely resembles a model call is let pass, as it is in the books, until an answer shows
        that calls of its host and path are model calls.

        Raises:
            CallRefused: If that could break a ceiling, or cannot be said.
        """
        if not (self.listener.certain or self.admission.was_met(self.request)):
            return
        try:
            self.stop = self.admission.stopped(self)
        except Exception as error:  # noqa: BLE001 - what cannot be reckoned must not be spent
            self.stop = _failed(error)
        if self.stop is not None:
            raise self.admission.refuse(str(self.stop))

    def release(self) -> None:
        """Let go of a call that is no charge; what was sent before it was refused may have cost."""
        self.admission.release(self, self.in_flight if self.stop is not None else 0)


@dataclass(frozen=True, slots=True)
class _Owned:
    """What a ceiling looks at to find out whether it covers a call that is no charge yet."""

    attribution: Attribution


def _failed(error: Exception) -> Stop:
    return Stop(
        subject="stop_loss",
        what="a model call was refused: whether it would break a ceiling could not be reckoned",
        origin="stop_loss",
        why=error_words(error),
        remedy="mend what raised, or run without --spec-stop-loss",
    )


def _start_over_in_child() -> None:
    for admission in tuple(_every):
        admission.start_over()


if hasattr(os, "register_at_fork"):  # where processes fork
    os.register_at_fork(after_in_child=_start_over_in_child)
