"""Books what the meters of one process see.

`admit` writes a `start` line before a call is sent, `book` its charge when it has ended; in
between the call may be refused.  What the books of all processes say together is `closing`'s.
"""

from __future__ import annotations

import itertools
import os
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.bookkeeping.hearsay import error_words, repeatable_call, repeatable_name
from pytest_specbudget.bookkeeping.tally import Tally
from pytest_specbudget.bookkeeping.tickets import UNPRICED, Question, Ticket
from pytest_specbudget.core.moments import stamp, stamp_of
from pytest_specbudget.errors import SpecBudgetError
from pytest_specbudget.journal.lines import SCHEMA, Start, charge_line, facts, start_line
from pytest_specbudget.journal.writer import JournalWriter
from pytest_specbudget.meters.clock import Clock
from pytest_specbudget.meters.scope import attribute, routing
from pytest_specbudget.providers import recognise
from pytest_specbudget.providers.deferred import BEGIN, RETRIEVE
from pytest_specbudget.providers.hosts import declared_bound
from pytest_specbudget.providers.whereabouts import Whereabouts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_specbudget.bookkeeping.admission import Admission, Hold
    from pytest_specbudget.cassettes.known import Known
    from pytest_specbudget.core.bound import Bound
    from pytest_specbudget.core.exchange import Exchange, Request
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.prices.pricing import Quote
    from pytest_specbudget.providers import Listener, Route
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Bookkeeper", "Identity", "now"]


def now() -> str:
    """Return this instant as the journal writes it: RFC 3339, UTC."""
    return stamp(datetime.now(UTC))


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


class Bookkeeper:
    """The books of one process; a `Sink` for its meters.

    Attributes:
        settings: What was asked for.
        identity: Which process this is.
        journal: Where every line goes.
        desk: Who prices.
        tally: What was booked so far.
        admission: Who refuses what could break a hard ceiling; None where there is none.
        known: Which recordings are known to answer other requests; None where there is no file.
        routes: Where other plugins find model calls, before ours are looked for.
        whereabouts: Where work runs whose results are read elsewhere.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        identity: Identity,
        folder: Path,
        forbid: Callable[[str], BaseException | None] = lambda _call: None,
        heard: Callable[[Charge], None] = lambda _charge: None,
    ) -> None:
        """Make empty books.

        Args:
            settings: What was asked for.
            identity: Which process this is.
            folder: Where the journal of the run lies.
            forbid: Asked when a call, named for people, is about to touch the network; what it
                returns is raised.
            heard: Told of each charge once it is booked.
        """
        name = f"{identity.host}-{os.getpid()}-{identity.worker}.jsonl"
        self.settings = settings
        self.identity = identity
        self.journal = JournalWriter(folder / name, identity.header())
        self.desk = PriceDesk(settings, opened=self._note_catalogue)
        self.tally = Tally(basis=settings.judge)
        self.forbid = forbid
        self.admission: Admission | None = None
        self.known: Known | None = None
        self.routes: tuple[Route, ...] = ()
        self.whereabouts = Whereabouts()
        self._heard = heard
        self._whose = f"{identity.run}/{identity.worker}"
        self._numbers = itertools.count(1)
        self._events = 0
        # A stream may be closed, and so booked, by the garbage collector within our own lines.
        self._lock = threading.RLock()

    def recognise(self, request: Request) -> Listener | None:
        """Return who listens to the answer, or None if this is no model call."""
        return recognise(request, self.settings.hosts, self.routes)

    def admit(self, request: Request, listener: Listener) -> Ticket:
        """Write the start line of a call that is about to be sent; a question has none."""
        attribution, tier = attribute()
        start = Start(
            self.new_id(),
            stamp_of(Clock.since_1970()),
            request.host,
            self.identity.worker,
            listener.provider,
            listener.operation,
            repeatable_name(listener.request_model),
            request.fingerprint(),
            attribution,
            tier,
            self._bound(request, listener) if self.settings.hosts else None,
        )
        said = facts(start)
        if listener.operation == RETRIEVE:
            return Question(self, start, said)
        self.journal.append(start_line(start, said))
        hold = None
        if self.admission is not None:
            hold = self.admission.open(request, listener, attribution)
        return Ticket(self, start, said, hold, routing())

    def _bound(self, request: Request, listener: Listener) -> Bound | None:
        """Return what the user declared for the call; a batch is many, and a question none."""
        if listener.operation in (BEGIN, RETRIEVE):
            return None
        return declared_bound(request.host, listener.request_model, self.settings.hosts)

    def trouble(self, where: str, error: Exception) -> None:
        """Write down that metering itself failed; it becomes a finding."""
        attribution, _ = attribute()
        self.event("trouble", where=where, error=error_words(error), test=attribution.test)

    def event(self, name: str, **values: Any) -> None:
        """Write down something that is no charge; nothing where the gate is switched off."""
        if self.settings.disabled:
            return
        known = {key: value for key, value in values.items() if value is not None}
        self.journal.write({"kind": "event", "event": name, "values": known})
        with self._lock:
            self._events += 1

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
        if self.settings.disabled:
            return  # what no meter adds to would pass for all that was spent
        charge = repeatable_call(charge)
        self.journal.append(charge_line(charge, said))
        new = self.tally.add(charge)
        if new and self.admission is not None:
            self.admission.settle(charge, hold, hidden)
        try:
            self._heard(charge)
        except Exception as error:  # noqa: BLE001 - a listener must not break the user's call
            self.trouble("a listener to charges", error)

    def lists(self, exchange: Exchange) -> bool:
        """Tell whether the file of known staleness lists *exchange*."""
        if self.known is None:
            return False
        where = exchange.cassette, exchange.cassette_index
        return self.known.lists(*where, exchange.request.fingerprint())

    def new_id(self) -> str:
        """Return an id that no other call of any run has."""
        return f"{self._whose}/{os.getpid()}/{next(self._numbers)}"

    def close(self) -> None:
        """Write what to know of the prices, and the footer, and let go of the journal."""
        for stale in self.desk.stale():
            self.event("price-stale", source=stale.source, words=str(stale))
        if self.admission is not None:
            self.admission.close()
        footer = {"count": self.tally.count, "list_cost": str(self.tally.list_cost)}
        self.journal.close({"kind": "footer", **footer, "events": self._events})

    def quote(self, reading: Reading, exchange: Exchange) -> Quote:
        """Price *reading*; a catalogue that cannot be read is a reason, not an exception."""
        try:
            return self.desk.quote(reading, exchange)
        except SpecBudgetError as error:
            return replace(UNPRICED, reason=str(error))

    def _note_catalogue(self, facts: dict[str, Any]) -> None:
        self.event("catalogue", **facts)
        for sentence in self.desk.catalogue.disagreements:
            self.event("prices-disagree", words=sentence)
        for sentence in self.desk.catalogue.unused:
            self.event("price-unused", words=sentence)
