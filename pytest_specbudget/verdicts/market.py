"""What models cost, as the rules of routing ask for it: the catalogue of the run, at its instant.

A verdict does not change with the calendar, so all models are compared at the instant at which
replayed calls are priced, at their usual rates: by plain tokens, without a service tier or region.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.names import short_name
from pytest_specbudget.prices.pricing import price
from pytest_specbudget.routing.standing import UNPRICED

if TYPE_CHECKING:
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.routing.standing import Market, Tokens
    from pytest_specbudget.settings.settings import Settings

__all__ = ["CatalogueMarket", "market_of"]

_Asked = tuple[str, str, "Tokens"]


def market_of(settings: Settings) -> Market:
    """Return the prices that *settings* ask for; none where they cannot be read.

    That they cannot be read is told where calls are priced.
    """
    desk = PriceDesk(settings)
    try:
        return CatalogueMarket(desk.catalogue, desk)
    except CatalogueError:
        return UNPRICED


@dataclass(frozen=True, slots=True)
class CatalogueMarket:
    """The prices of a catalogue; each is looked up once.

    Attributes:
        catalogue: The prices.
        desk: Which instant counts.
    """

    catalogue: Catalogue
    desk: PriceDesk
    _costs: dict[_Asked, Money | None] = field(default_factory=dict, init=False, repr=False)

    def name_of(self, provider: str, model: str) -> str | None:
        """Return `seller/model` as the catalogue keeps it; None for what it has no row of."""
        found = self.catalogue.find(short_name(provider), model)
        if found is None or found[0].name not in self.catalogue.providers:  # a declared fallback
            return None
        return f"{found[0].name}/{found[1].name}"

    def cost_of(self, provider: str, model: str, tokens: Tokens) -> Money | None:
        """Return what *tokens* cost at the usual rates, or None."""
        key = (provider, model, tokens)
        if key not in self._costs:
            self._costs[key] = self._priced(provider, model, tokens)
        return self._costs[key]

    def _priced(self, provider: str, model: str, tokens: Tokens) -> Money | None:
        reading = Reading(
            provider=provider,
            operation="chat",
            response_model=model,
            usage=Usage(input_tokens=tokens[0], output_tokens=tokens[1]),
            usage_state="complete",
        )
        try:
            return price(reading, self.catalogue, self.desk.as_of).list_cost
        except CatalogueError:  # a damaged shard
            return None
