"""A run as one side of a comparison, and the prices that both sides have.

Both sides are priced by one catalogue at one instant, the hour of the day included: where an answer
was recorded at night and anew at noon, the code did not become dearer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.audit.comparison import Side
from pytest_specbudget.baselines import repricing
from pytest_specbudget.comparisons.reported import REPORTED
from pytest_specbudget.prices.kinds import costs_by_kind
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pytest_specbudget.bookkeeping.desk import PriceDesk
    from pytest_specbudget.core.exchange import Exchange
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.core.usage import Usage
    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.prices.pricing import Quote

__all__ = ["OneInstant", "side_of_run"]


@dataclass(frozen=True, slots=True)
class OneInstant:
    """Who prices both sides of a comparison.

    Attributes:
        catalogue: The prices.
        at: The instant whose prices count for every call, whenever it was made; aware, UTC.
    """

    catalogue: Catalogue
    at: datetime

    @classmethod
    def of(cls, desk: PriceDesk) -> OneInstant:
        """Price by the catalogue of *desk*, at the time asked for, else as of the catalogue.

        Raises:
            CatalogueError: If the catalogue cannot be read or contradicts itself.
        """
        return cls(desk.catalogue, desk.settings.price_at.time or desk.as_of)

    def quote(self, reading: Reading, exchange: Exchange) -> Quote:  # noqa: ARG002 - as desks do
        """Price *reading*; it does not matter when it was taken."""
        return price(reading, self.catalogue, self.at)

    def requote(self, charge: Charge, usage: Usage) -> Money | None:
        """Return what *charge* would cost had it consumed *usage*; None if that is unknown.

        What stands for several calls has the price of their sum only where that is what it costs:
        not where prices depend on the length of each, nor at other prices.
        """
        if charge.reading.operation == REPORTED:
            own = repricing.requoted(charge, charge.reading.usage, self.quote)
            if own != charge.list_cost:
                return None
        return repricing.requoted(charge, usage, self.quote)

    def kinds(self, charge: Charge) -> Mapping[str, Money] | None:
        """Say what each kind of token of *charge* costs; None if that is unknown."""
        return costs_by_kind(charge.reading, self.catalogue, self.at)


def side_of_run(
    charges: Iterable[Charge],
    name: str,
    prices: OneInstant,
    *,
    unrun: frozenset[str] | None = frozenset(),
    notes: Iterable[str] = (),
) -> Side:
    """Make a side of the *charges* of a run; those of fakes are left out.

    Args:
        charges: A ledger, merged.
        name: For people: `this run`.
        prices: Those of the comparison.
        unrun: The tests that were not run; None if some were not and nobody knows which.
        notes: Whole sentences that a reader should know.
    """
    judged = (charge for charge in charges if not charge.mocked)
    priced = tuple(repricing.repriced(charge, prices.quote) for charge in judged)
    return Side(name=name, charges=priced, unrun=unrun, notes=tuple(notes))
