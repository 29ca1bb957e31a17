"""Books what the meters of one process see.

`admit` writes a `start` line before a call is sent, `book` its charge when it has ended; in
between the call may be refused.  What the books of all processes say together is `closing`'s.
"""

from __future__ import annotations

import itertools
import os
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.budgets.gate import cost_of
from pytest_specbudget.core.ledger import Charge, Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import SpecBudgetError
from pytest_specbudget.journal.lines import SCHEMA, Start, charge_line, facts, start_line
from pytest_specbudget.journal.writer import JournalWriter
from pytest_specbudget.meters.clock import Clock
from pytest_specbudget.meters.scope import attribute
from pytest_specbudget.prices.pricing import Quote
from pytest_specbudget.providers import recognise
from pytest_specbudget.providers.deferred import RETRIEVE, named, tells

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_specbudget.bookkeeping.admission import Admission, Hold
    from pytest_specbudget.budgets.gate import Basis
    from pytest_specbudget.core.exchange import Exchange, Request
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.providers import Listener
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Bookkeeper", "Identity", "now"]

_ZERO = Money()
_UNPRICED = Quote(list_cost=None, contracted_cost=None, price_id=None, reason=None)


def now() -> str:
    """Return this instant as the journal writes it: RFC 3339, UTC."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """Write *moment* as RFC 3339 in UTC, to the microsecond."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat("T", "microseconds")[:-6] + "Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which process of which run keeps these books."""

    run: str
    worker: str
    host: str
    commit: str | None = None
    shard: str | None = None

    def header(self) -> dict[str, Any]:
        """Return the first line of the journal."""
        return {
            "kind": "header",
            "schema": SCHEMA,
            "run": self.run,
            "worker": self.worker,
            "host": self.host,
            "pid": os.getpid(),
            "at": now(),
            "commit": self.commit,
            "shard": self.shard,
        }


@dataclass(slots=True, eq=False)
class _Tally:
    """What this process booked so far; figures for fixtures, never for the verdict."""

    basis: Basis = "list"
    count: int = 0
    list_cost: Money = _ZERO
    by_test: dict[str, Totals] = field(default_factory=dict)
    by_spec: dict[str, Money] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def add(self, charge: Charge) -> bool:
        """Take *charge*; tell whether it says something new."""
        self.count += 1
        if charge.list_cost is not None:
            self.list_cost += charge.list_cost
        if self._repeats(charge.reading):
            return False
        if not charge.mocked:
            self._add_cost(charge)
        test = charge.attribution.test
        totals = self.by_test.get(test)
        if totals is None:
            totals = self.by_test[test] = Totals()
        totals.add(charge)
        return True

    def _repeats(self, reading: Reading) -> bool:
        """Tell whether *reading* was retrieved and its work has told its counts already."""
        if reading.response_id is None or reading.usage_state != "complete":
            return False
        names = named(reading)
        repeats = reading.operation == RETRIEVE and not self.told.isdisjoint(names)
        self.told.update(names)
        return repeats

    def _add_cost(self, charge: Charge) -> None:
        cost = cost_of(charge, self.basis)
        if cost:
            spec = charge.attribution.spec
            self.by_spec[spec] = self.by_spec.get(spec, _ZERO) + cost


class Bookkeeper:
    """The books of one process; a `Sink` for its meters.

    Attributes:
        settings: What was asked for.
        identity: Which process this is.
        journal: Where every line goes.
        desk: Who prices.
        tally: What was booked so far.
        admission: Who refuses what could break a hard ceiling; None where there is none.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        identity: Identity,
        folder: Path,
        forbid: Callable[[], BaseException | None] = lambda: None,
        heard: Callable[[Charge], None] = lambda _charge: None,
    ) -> None:
        """Make empty books.

        Args:
            settings: What was asked for.
            identity: Which process this is.
            folder: Where the journal of the run lies.
            forbid: Asked when a call is about to touch the network; what it returns is raised.
            heard: Told of each charge once it is booked.
        """
        name = f"{identity.host}-{os.getpid()}-{identity.worker}.jsonl"
        self.settings = settings
        self.identity = identity
        self.journal = JournalWriter(folder / name, identity.header())
        self.desk = PriceDesk(settings, opened=self._note_catalogue)
        self.tally = _Tally(basis=settings.judge)
        self.forbid = forbid
        self.admission: Admission | None = None
        self._heard = heard
        self._numbers = itertools.count(1)
        # A stream may be closed, and so booked, by the garbage collector within our own lines.
        self._lock = threading.RLock()

    def recognise(self, request: Request) -> Listener | None:
        """Return who listens to the answer, or None if this is no model call."""
        return recognise(request, self.settings.hosts)

    def admit(self, request: Request, listener: Listener) -> _Ticket:
        """Write the start line of a call that is about to be sent; a question has none."""
        attribution, tier = attribute()
        start = Start(
            id=self.new_id(),
            at=stamp(Clock.utc()),
            host=request.host,
            worker=self.identity.worker,
            provider=listener.provider,
            operation=listener.operation,
            model=listener.request_model,
            fingerprint=request.fingerprint(),
            attribution=attribution,
            tier=tier,
        )
        said = facts(start)
        if listener.operation == RETRIEVE:
            return _Question(self, start, said)
        self.journal.append(start_line(start, said))
        if self.admission is None:
            return _Ticket(self, start, said)
        return _Ticket(self, start, said, self.admission.open(request, listener, attribution))

    def trouble(self, where: str, error: Exception) -> None:
        """Write down that metering itself failed; it becomes a finding."""
        attribution, _ = attribute()
        text = f"{type(error).__name__}: {error}"
        self.event("trouble", where=where, error=text, test=attribution.test)

    def event(self, name: str, **values: Any) -> None:
        """Write down something that is no charge."""
        known = {key: value for key, value in values.items() if value is not None}
        self.journal.write({"kind": "event", "event": name, "values": known})

    def book(
        self, charge: Charge, said: str | None = None, hold: Hold | None = None, hidden: int = 0
    ) -> None:
        """Enter *charge*.

        Args:
            charge: The call.
            said: Its `facts`, if they are at hand.
            hold: What it committed under hard ceilings, or None.
            hidden: How many more requests left with it than the client tells of.
        """
        self.journal.append(charge_line(charge, said))
        with self._lock:
            new = self.tally.add(charge)
        if new and self.admission is not None:
            self.admission.settle(charge, hold, hidden)
        try:
            self._heard(charge)
        except Exception as error:  # noqa: BLE001 - a listener must not break the user's call
            self.trouble("a listener to charges", error)

    def new_id(self) -> str:
        """Return an id that no other call of any run has."""
        identity = self.identity
        return f"{identity.run}/{identity.worker}/{os.getpid()}/{next(self._numbers)}"

    def close(self) -> None:
        """Write what to know of the prices, and the footer, and let go of the journal."""
        for stale in self.desk.stale():
            self.event("price-stale", source=stale.source, words=str(stale))
        if self.admission is not None:
            self.admission.close()
        footer = {"count": self.tally.count, "list_cost": str(self.tally.list_cost)}
        self.journal.close({"kind": "footer", **footer})

    def quote(self, reading: Reading, exchange: Exchange) -> Quote:
        """Price *reading*; a catalogue that cannot be read is a reason, not an exception."""
        try:
            return self.desk.quote(reading, exchange)
        except SpecBudgetError as error:
            return replace(_UNPRICED, reason=str(error))

    def _note_catalogue(self, facts: dict[str, Any]) -> None:
        self.event("catalogue", **facts)
        for sentence in self.desk.catalogue.disagreements:
            self.event("prices-disagree", words=sentence)


@dataclass(slots=True, eq=False)
class _Ticket:
    """One admitted attempt, from its start line to its charge."""

    books: Bookkeeper
    start: Start
    said: str
    hold: Hold | None = None
    forbidden: bool = False

    def wire(self) -> None:
        """Refuse the call if nothing may leave the process, or it could break a hard ceiling."""
        refusal = self.books.forbid()
        if refusal is not None:
            self.forbidden = True
            raise refusal
        if self.hold is not None:
            self.hold.take()

    def book(self, exchange: Exchange, reading: Reading) -> None:
        """Enter the finished attempt; one that was refused or is no model call is no charge."""
        if exchange.end == "refused" or _missed(exchange):
            self._note_refusal(exchange)
            self._let_go()
        elif not reading.certain and reading.usage_state in ("none", "unreadable"):
            request = exchange.request
            self._note("resembles", host=request.host, path=request.path)
            self._let_go()
        else:
            self._note_oddities(exchange)
            charge = self._charge(exchange, reading)
            self.books.book(charge, self.said, self.hold, exchange.hidden)

    def _let_go(self) -> None:
        if self.hold is not None:
            self.hold.release()

    def _note_oddities(self, exchange: Exchange) -> None:
        """Write down what a charge cannot say; without the id, which would end the call."""
        if exchange.carrier is not None:
            self.books.event("unseen", carrier=exchange.carrier)
        if exchange.hidden:
            test = self.start.attribution.test
            self.books.event("hidden", test=test, requests=exchange.hidden + 1)

    def _note_refusal(self, exchange: Exchange) -> None:
        """Say who refused: the user's wish to send nothing, or a cassette without an answer."""
        if self.hold is not None and (stop := self.hold.stop) is not None:
            self._note(
                "stopped",
                ceiling=stop.subject,
                message=stop.what,
                origin=stop.origin,
                remedy=stop.remedy,
            )
            return
        name = "refused" if self.forbidden else "missed"
        _, _, message = (exchange.error or "").partition(": ")
        # The lines that follow quote the prompt, which has no place in a journal.
        self._note(name, message=message.partition("\n")[0], stock=_missed(exchange) or None)

    def _note(self, name: str, **values: Any) -> None:
        start = self.start
        self.books.event(name, id=start.id, test=start.attribution.test, **values)

    def _charge(self, exchange: Exchange, reading: Reading) -> Charge:
        quote = self._quote(exchange, reading)
        billed = quote.contracted_cost if exchange.source in ("live", "record") else _ZERO
        start = self.start
        return Charge(
            id=start.id,
            at=start.at,
            host=start.host,
            fingerprint=start.fingerprint,
            reading=reading,
            attribution=start.attribution,
            source=exchange.source,
            outcome=exchange.outcome,
            status=exchange.status,
            list_cost=quote.list_cost,
            contracted_cost=quote.contracted_cost,
            billed_cost=billed,
            price_id=quote.price_id,
            reason=quote.reason,
            worker=start.worker,
            duration_s=round(exchange.duration_s, 6),
            error=exchange.error,
            cassette=exchange.cassette,
            cassette_index=exchange.cassette_index,
            tier=start.tier,
        )

    def _quote(self, exchange: Exchange, reading: Reading) -> Quote:
        if exchange.outcome == "failed":
            return replace(_UNPRICED, list_cost=_ZERO, contracted_cost=_ZERO)
        told = reading.usage_state not in ("none", "unreadable") or reading.free is not None
        if exchange.outcome == "unknown" or not told:
            return _UNPRICED
        return self.books.quote(reading, exchange)


class _Question(_Ticket):
    """A question about work that an earlier call began.

    It costs nothing by itself and is always let through, and no answer to it is no loss: what
    counts is that the work itself tells its counts in the end.
    """

    __slots__ = ()

    def wire(self) -> None:
        """Let it pass."""

    def book(self, exchange: Exchange, reading: Reading) -> None:
        """Enter an answer that has counts; one without says "not yet"."""
        if reading.parts and exchange.end != "complete":  # no result says that it is the last
            reading = replace(reading, usage_state="partial")
        if tells(reading):
            self.books.book(self._charge(exchange, reading), self.said)

    def _quote(self, exchange: Exchange, reading: Reading) -> Quote:
        if not any(reading.usage.reported().values()):  # work that failed needs no model's price
            return replace(_UNPRICED, list_cost=_ZERO, contracted_cost=_ZERO)
        return super()._quote(exchange, reading)


def _missed(exchange: Exchange) -> bool:
    """Whether a cassette of another plugin had no answer, so that nothing was sent."""
    error = exchange.error
    return error is not None and error.startswith("CannotOverwriteExistingCassetteException")
