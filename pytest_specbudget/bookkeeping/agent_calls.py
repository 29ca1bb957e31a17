"""Calls that no meter can see, told by whoever made them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_specbudget.core.ledger import Charge
from pytest_specbudget.core.moments import stamp
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.meters.scope import attribute
from pytest_specbudget.prices.pricing import Quote, price

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper

__all__ = ["AgentCall", "record"]

_RESELLERS = frozenset({"azure", "bedrock", "openrouter"})
"""Who sells models of others; at the same price, the one who made it is named."""


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
    """Price *call* with its provider; without one, with any, if all that price it ask the same."""
    reading = call.reading()
    catalogue = books.desk.catalogue
    if call.provider is not None:
        return reading, price(reading, catalogue, at)
    tried = [replace(reading, provider=provider) for provider in catalogue.providers]
    priced = [(one, price(one, catalogue, at)) for one in tried]
    found = [(one, quote) for one, quote in priced if quote.list_cost is not None]
    if len({(quote.list_cost, quote.contracted_cost) for _, quote in found}) == 1:
        return min(found, key=_maker_first)
    reason = f'no provider has a price for "{call.model}"'
    if found:
        names = ", ".join(sorted(one.provider for one, _ in found))
        reason = f'"{call.model}" has different prices at {names}; say which: provider="..."'
    return reading, Quote(reason=reason)


def _maker_first(found: tuple[Reading, Quote]) -> tuple[bool, str]:
    provider = found[0].provider
    return provider in _RESELLERS, provider
