"""One admitted call, from its start line to its charge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from pytest_specbudget.bookkeeping.desk import dated
from pytest_specbudget.bookkeeping.hearsay import repeatable_words
from pytest_specbudget.bookkeeping.stale_calls import Restater, restate
from pytest_specbudget.core.ledger import Charge
from pytest_specbudget.core.moments import stamp
from pytest_specbudget.core.money import Money
from pytest_specbudget.prices.pricing import Quote
from pytest_specbudget.providers.deferred import tells

if TYPE_CHECKING:
    from pytest_specbudget.bookkeeping.admission import Hold
    from pytest_specbudget.core.exchange import Exchange
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.core.routed import Routed
    from pytest_specbudget.journal.lines import Start
    from pytest_specbudget.providers.whereabouts import Whereabouts

__all__ = ["UNPRICED", "Books", "Question", "Ticket"]

_ZERO = Money()
_UNTOLD = ("none", "unreadable")
UNPRICED = Quote(list_cost=None, contracted_cost=None, price_id=None, reason=None)
"""What a call is quoted that has no price, for whatever reason."""


class Books(Restater, Protocol):
    """What a ticket needs of the books that it belongs to.

    Attributes:
        whereabouts: Where work runs whose results are read elsewhere.
    """

    whereabouts: Whereabouts

    def forbid(self, call: str) -> BaseException | None:
        """Return what to raise instead of sending *call*, as people name it, or None."""

    def quote(self, reading: Reading, exchange: Exchange) -> Quote:
        """Price *reading*."""

    def event(self, name: str, **values: Any) -> None:
        """Write down something that is no charge."""

    def book(
        self, charge: Charge, said: str | None = None, hold: Hold | None = None, hidden: int = 0
    ) -> None:
        """Enter *charge*."""


@dataclass(slots=True, eq=False)
class Ticket:
    """One admitted attempt, from its start line to its charge."""

    books: Books
    start: Start
    said: str
    hold: Hold | None = None
    routed: Routed | None = None
    forbidden: bool = False

    def wire(self) -> None:
        """Refuse the call if nothing may leave the process, or it could break a hard ceiling."""
        refusal = self.books.forbid(_named(self.start))
        if refusal is not None:
            self.forbidden = True
            raise refusal
        if self.hold is not None:
            self.hold.take()

    def book(self, exchange: Exchange, reading: Reading) -> None:
        """Enter the finished attempt; one that was refused or is no model call is no charge."""
        if exchange.end == "refused" or (exchange.error is not None and _missed(exchange)):
            self._note_refusal(exchange)
            self._let_go()
        elif not reading.certain and reading.usage_state in _UNTOLD:
            request = exchange.request
            self._note("resembles", host=request.host, path=repeatable_words(request.path))
            self._let_go()
        else:
            if exchange.carrier is not None or exchange.hidden:
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
        first = repeatable_words(message.partition("\n")[0])
        self._note(name, message=first, stock=_missed(exchange) or None)

    def _note(self, name: str, **values: Any) -> None:
        start = self.start
        self.books.event(name, id=start.id, test=start.attribution.test, **values)

    def _charge(self, exchange: Exchange, reading: Reading) -> Charge:
        staleness = None
        if exchange.mismatch is not None:
            reading, staleness = restate(
                exchange, exchange.mismatch, reading, self.books, self._quote
            )
        quote = self._quote(exchange, reading)
        billed = quote.contracted_cost if exchange.source in ("live", "record") else _ZERO
        start = self.start
        return Charge(
            start.id,
            start.at,
            start.host,
            reading,
            start.attribution,
            exchange.source,
            exchange.outcome,
            start.fingerprint,
            exchange.status,
            quote.list_cost,
            quote.contracted_cost,
            billed,
            quote.price_id,
            quote.reason,
            start.worker,
            round(exchange.duration_s, 6),
            None if exchange.first_byte_s is None else _first_byte(exchange),
            exchange.error,
            exchange.cassette,
            exchange.cassette_index,
            None if self.routed is None else self.routed.role,
            start.tier,
            start.bound,
            exchange.verdict,
            self.routed,
            staleness,
            None if exchange.answered_at is None else stamp(exchange.answered_at),
            dated(quote, exchange),
        )

    def _quote(self, exchange: Exchange, reading: Reading) -> Quote:
        if exchange.outcome == "failed":
            return replace(UNPRICED, list_cost=_ZERO, contracted_cost=_ZERO)
        told = reading.usage_state not in _UNTOLD or reading.free is not None
        if told and exchange.outcome == "answered":
            return self.books.quote(reading, exchange)
        return UNPRICED


class Question(Ticket):
    """A question about work that an earlier call began.

    It costs nothing by itself and is always let through, and no answer to it is no loss: what
    counts is that the work itself tells its counts in the end.
    """

    __slots__ = ()

    def wire(self) -> None:
        """Let it pass."""

    def book(self, exchange: Exchange, reading: Reading) -> None:
        """Enter an answer that has counts; one without says "not yet"."""
        self.books.whereabouts.hear(reading)
        reading = self.books.whereabouts.located(reading)
        if reading.parts and exchange.end != "complete":  # no result says that it is the last
            reading = replace(reading, usage_state="partial")
        if tells(reading):
            self.books.book(self._charge(exchange, reading), self.said)

    def _quote(self, exchange: Exchange, reading: Reading) -> Quote:
        if not any(reading.usage.reported().values()):  # work that failed needs no model's price
            return replace(UNPRICED, list_cost=_ZERO, contracted_cost=_ZERO)
        return super()._quote(exchange, reading)


def _named(start: Start) -> str:
    return f"{start.host}, model {start.model}" if start.model else start.host


def _first_byte(exchange: Exchange) -> float | None:
    """Return how long a provider took to begin its answer, where it was one that answered."""
    seconds = exchange.first_byte_s
    return None if seconds is None or exchange.source != "live" else round(seconds, 6)


def _missed(exchange: Exchange) -> bool:
    """Whether a cassette of another plugin had no answer, so that nothing was sent."""
    error = exchange.error
    return error is not None and error.startswith("CannotOverwriteExistingCassetteException")
