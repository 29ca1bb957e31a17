"""Price sheets of regions: what models cost where a provider has other prices than elsewhere.

A sheet lists what is published.  Of a model that costs something else in a region, what is sold
elsewhere and not on the sheet is withheld there: it is known to be unknown, and nobody else's
price stands in for it.  Where the default tier costs what it costs everywhere, so does the rest.
Where a provider lists all regions in which it sells a model, it has no price in any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import Row
from pytest_specbudget.prices.layering import Entry
from pytest_specbudget.prices.tables import Cited, Number, Part, ProviderName, Rates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

__all__ = ["ListedRule", "SheetLine", "SheetRule", "with_rest_withheld"]

Rows = tuple[Row, ...]


class SheetLine(Part):
    """What some regions have in common: USD for a million, by tier, in the order of the meters.

    Attributes:
        regions: What the provider calls the regions; rows are labelled likewise.
        default: Rates of the default tier; empty if they are unknown.
        batch: Rates in a batch, likewise.
        flex: Rates of the flex tier, likewise.
        priority: Rates of the priority tier, likewise.
    """

    regions: list[str] = Field(min_length=1)
    default: list[Number] = Field(default_factory=list)
    batch: list[Number] = Field(default_factory=list)
    flex: list[Number] = Field(default_factory=list)
    priority: list[Number] = Field(default_factory=list)

    def tiers(self) -> Iterator[tuple[str, list[Fraction]]]:
        """Yield the tiers that have a price, and their rates."""
        for tier in ("default", "batch", "flex", "priority"):
            rates = getattr(self, tier)
            if rates:
                yield tier, rates


class SheetRule(Cited):
    """`[[sheet]]`: what models cost in the regions where they do not cost what they do elsewhere.

    Attributes:
        models: Ids that prices are kept under.
        meters: What the rates of a line are for; a line may leave out the last ones.
        over: The rates are for requests of more input tokens than this.
        lines: The regions and their prices.
    """

    provider: ProviderName
    source: str = Field(min_length=1)
    models: list[str] = Field(min_length=1)
    meters: list[str]
    over: int = Field(default=-1, ge=-1)
    lines: list[SheetLine] = Field(min_length=1)

    def regions(self) -> list[str]:
        """Return the regions on the sheet."""
        return [region for line in self.lines for region in line.regions]

    def check(self) -> None:
        """Find what only shows when the parts are taken together.

        Raises:
            CatalogueError: If a rate belongs to no meter, or makes no sense.
        """
        list(self.entries(""))

    def entries(self, origin: str) -> Iterator[Entry]:
        """Yield the prices of the sheet.

        Raises:
            CatalogueError: If a rate belongs to no meter, or makes no sense.
        """
        for line in self.lines:
            for tier, rates in line.tiers():
                given = self._atto(rates)
                for region in line.regions:
                    row = self._row(given, tier, region)
                    yield from (Entry(model=one, row=row, origin=origin) for one in self.models)

    def _atto(self, rates: list[Fraction]) -> dict[str, int]:
        if len(rates) > len(self.meters):
            raise CatalogueError(f"a line has {len(rates)} rates for {len(self.meters)} meters")
        return Rates.model_construct(rates=dict(zip(self.meters, rates, strict=False))).atto()

    def _row(self, rates: dict[str, int], tier: str, region: str) -> Row:
        return Row(
            rates=rates,
            source=self.cited,
            checked=self.checked,
            tier=tier,
            region=region,
            over=self.over,
        )


class ListedRule(Cited):
    """`[[listed]]`: that models which are on sheets are sold in the regions of these, or at home.

    Attributes:
        models: Which models, `*` and `?` allowed; those that are on no sheet are not meant.
        regions: Where they cost what they cost when no region is known.
        apart: Regions whose prices say nothing about others.
    """

    provider: ProviderName
    source: str = Field(min_length=1)
    models: list[str] = Field(min_length=1)
    regions: list[str] = Field(min_length=1)
    apart: list[str] = Field(default_factory=list)


def with_rest_withheld(rows: Rows, rule: SheetRule) -> Rows:
    """Add rows without rates for the tiers that a model has elsewhere and not in a region."""
    tiers = sorted({row.tier for row in rows if not row.region})
    priced = {(row.tier, row.region) for row in rows}
    dearer = (region for region in rule.regions() if not _as_elsewhere(rows, region))
    withheld = (
        Row(rates={}, source=rule.cited, checked=rule.checked, tier=tier, region=region)
        for region in dearer
        for tier in tiers
        if (tier, region) not in priced
    )
    return (*rows, *withheld)


def _as_elsewhere(rows: Rows, region: str) -> bool:
    """Tell whether the default tier costs in a region what it costs everywhere."""
    here, elsewhere = (_default_rates(rows, place) for place in (region, ""))
    return here == elsewhere


def _default_rates(rows: Rows, region: str) -> list[tuple[int, dict[str, int]]]:
    default = (row for row in rows if (row.tier, row.region) == ("default", region))
    return sorted(((row.over, dict(row.rates)) for row in default), key=lambda one: one[0])
