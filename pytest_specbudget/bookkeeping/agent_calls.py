"""Calls that no meter can see, told by whoever made them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.bookkeeper import stamp
from pytest_specbudget.core.ledger import Charge
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.meters.scope import attribute
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper
    from pytest_specbudget.prices.pricing import Quote

__all__ = ["AgentCall", "record"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCall:
    """What an agent says that it consumed; counts are inclusive."""

    spec: str
    stage: str | None
    agent: str | None
    provider: str | None
    model: str
    input_tokens: int
    output_tokens: int

    def __post_init__(self) -> None:
        for name in ("input_tokens", "output_tokens"):
            count = getattr(self, name)
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                raise ValueError(f"{name} is {count!r}; a count is a whole number of 0 or more")

    def reading(self) -> Reading:
        """Return it as if a meter had read it."""
        usage = Usage(input_tokens=self.input_tokens, output_tokens=self.output_tokens)
        return Reading(
            provider=self.provider or "(unknown)",
            operation="chat",
            request_model=self.model,
            usage=usage,
            usage_state="complete",
        )


def record(books: Bookkeeper, call: AgentCall, at: datetime) -> Charge:
    """Book *call*, made at *at* (aware UTC), as a live one."""
    reading, quote = _quoted(books, call, at)
    attribution, tier = attribute()
    charge = Charge(
        id=books.new_id(),
        at=stamp(at),
        host="(told by the test)",
        reading=reading,
        attribution=replace(attribution, spec=call.spec, stage=call.stage or attribution.stage),
        source="live",
        outcome="answered",
        list_cost=quote.list_cost,
        contracted_cost=quote.contracted_cost,
        billed_cost=quote.contracted_cost,
        price_id=quote.price_id,
        reason=quote.reason,
        worker=books.identity.worker,
        role=call.agent,
        tier=tier,
    )
    books.book(charge)
    return charge


def _quoted(books: Bookkeeper, call: AgentCall, at: datetime) -> tuple[Reading, Quote]:
    """Price *call* with its provider, or with the only provider that has a price for it."""
    reading = call.reading()
    catalogue = books.desk.catalogue
    if call.provider is not None:
        return reading, price(reading, catalogue, at)
    tried = [replace(reading, provider=provider) for provider in catalogue.providers]
    priced = [(one, price(one, catalogue, at)) for one in tried]
    found = [(one, quote) for one, quote in priced if quote.list_cost is not None]
    if len(found) == 1:
        return found[0]
    reason = f'no provider has a price for "{call.model}"'
    if found:
        names = ", ".join(one.provider for one, _ in found)
        reason = f'"{call.model}" has a price at {names}; say which: provider="..."'
    return reading, replace(priced[0][1], list_cost=None, price_id=None, reason=reason)
