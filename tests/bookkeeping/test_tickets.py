"""What a charge says is what its start line, its exchange and its quote said, each by its name."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pytest_specbudget.bookkeeping.tickets import Ticket
from pytest_specbudget.core.attribution import Attribution
from pytest_specbudget.core.bound import Bound
from pytest_specbudget.core.exchange import Exchange, Request
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.routed import Routed
from pytest_specbudget.journal.lines import Start
from pytest_specbudget.prices.pricing import Quote
from pytest_specbudget.providers.whereabouts import Whereabouts

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge

SENT = datetime(2026, 11, 2, tzinfo=UTC)
READING = Reading(provider="p", operation="chat", usage_state="complete")
START = Start(
    id="the id",
    at="the time",
    host="the host",
    worker="the worker",
    provider="p",
    operation="chat",
    model="m",
    fingerprint="the fingerprint",
    attribution=Attribution(test="the test"),
    tier="the tier",
    bound=Bound(usd=Money(9), by="the rule"),
)
EXCHANGE = Exchange(
    request=Request("POST", "the host", "/"),
    status=200,
    source="live",
    outcome="answered",
    end="complete",
    sent_at=SENT,
    duration_s=2.0,
    first_byte_s=1.0,
    answered_at=datetime(2026, 11, 3, tzinfo=UTC),
    error="the error",
    cassette="the cassette",
    cassette_index=7,
    bypassed=True,
)
QUOTE = Quote(
    list_cost=Money(2),
    contracted_cost=Money(1),
    price_id="the price",
    reason="the reason",
    priced_at=datetime(2026, 11, 4, tzinfo=UTC),
)


@dataclass
class Books:
    """Books that quote one price and keep what they are told."""

    charges: list[Charge] = field(default_factory=list)
    whereabouts: Whereabouts = field(default_factory=Whereabouts)

    def quote(self, reading: Reading, exchange: Exchange) -> Quote:  # noqa: ARG002 # one price
        return QUOTE

    def book(self, charge: Charge, *_: object) -> None:
        self.charges.append(charge)

    def forbid(self, call: str) -> None:
        """Let it pass."""

    def event(self, name: str, **values: Any) -> None:
        """Keep nothing."""

    def recognise(self, request: Request) -> None:
        """Know nobody."""

    def lists(self, exchange: Exchange) -> bool:  # noqa: ARG002 # no file
        return False


def booked() -> Charge:
    books = Books()
    routed = Routed(task="the task", role="validator", tier="t", slot="s", reason="r", table="x")
    Ticket(books, START, "", routed=routed).book(EXCHANGE, READING)
    (charge,) = books.charges
    return charge


def said_alike(charge: Charge, source: Start | Exchange | Quote) -> set[str]:
    """Return the names that *charge* shares with *source*; each must have the same value there."""
    shared = {one.name for one in fields(charge)} & {one.name for one in fields(source)}
    shared -= {"answered_at", "priced_at"}
    assert {name: getattr(charge, name) for name in shared} == {
        name: getattr(source, name) for name in shared
    }
    return shared


def test_a_charge_says_what_its_start_its_exchange_and_its_quote_say() -> None:
    charge = booked()

    said = said_alike(charge, START) | said_alike(charge, EXCHANGE) | said_alike(charge, QUOTE)

    assert {one.name for one in fields(charge)} - said == {
        "answered_at",
        "billed_cost",
        "priced_at",
        "reading",
        "role",
        "routed",
        "staleness",
        "verdict",
        "workers",
    }


def test_the_rest_of_a_charge_follows_from_them() -> None:
    charge = booked()

    assert charge.answered_at == "2026-11-03T00:00:00.000000Z"
    assert charge.billed_cost == QUOTE.contracted_cost
    assert charge.priced_at == "2026-11-04T00:00:00.000000Z"
    assert (charge.reading, charge.verdict, charge.workers) == (READING, "bypass", 1)
    assert charge.routed is not None
    assert (charge.role, charge.staleness) == (charge.routed.role, None)
