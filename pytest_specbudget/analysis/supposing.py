"""What a history would have cost under other terms: models, tiers, prices, discounts.

Both sides are worked out by the same prices: *now* is what each call cost when it was made, *then*
what the same counts would cost as supposed.  A record that cannot be priced, but tells its cost and
stays as it is, has that on both sides; one of unknown cost on either side is in neither sum.

What is not known is told and not guessed, see `BASIS` in `recordings.whatif`: another model counts
and answers differently.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.records import reading_of
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value
from pytest_specbudget.prices.pricing import Quote, price
from pytest_specbudget.recordings.comparison import Row
from pytest_specbudget.recordings.whatif import Mapping, fits, mapped, on_another

if TYPE_CHECKING:
    from collections import abc
    from collections.abc import Iterator
    from datetime import datetime

    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.prices.catalogue import Catalogue, Discount

__all__ = ["Change", "Supposed", "Suppositions", "TierMapping"]

_UNTOLD = ("none", "unreadable")


@value
class TierMapping:
    """That a tier works with another model.

    Attributes:
        tier: The task tier, as recorded.
        new: As `Mapping.new`.
    """

    tier: str
    new: str


@value
class Suppositions:
    """What is supposed to be otherwise.

    Attributes:
        mappings: Models that are replaced; the first that fits a call counts.
        tiers: Tiers that work with another model; a mapping of the model comes before.
        price_at: The instant whose prices count, aware; None for that of each call.
        discounts: Added to those that hold.
    """

    mappings: tuple[Mapping, ...] = ()
    tiers: tuple[TierMapping, ...] = ()
    price_at: datetime | None = None
    discounts: tuple[Discount, ...] = ()


@value
class Change:
    """What is supposed of one record.

    Attributes:
        name: The row that it belongs to where rows are models.
        other: What would have been consumed instead; None if it stays as it is.
    """

    name: str
    other: Reading | None = None


@dataclass(slots=True)
class Supposed:
    """Takes records, one by one or summed up; has what `recordings.comparison.Comparison` has.

    Attributes:
        suppose: What is otherwise.
        catalogue: The prices as they are.
        by_spec: Whether the rows are SPECs; they are as soon as a call belongs to one.
        total: All rows together.
        unpriced: Models and prices that nobody knows, one sentence each, in order.
        uncached: How many cached tokens, by model and kind, are priced as fresh input.
        discounted: The prices as supposed.
    """

    suppose: Suppositions
    catalogue: Catalogue
    by_spec: bool = False
    total: Row = field(default_factory=lambda: Row("total"))
    unpriced: dict[str, None] = field(default_factory=dict)
    uncached: Counter[tuple[str, str]] = field(default_factory=Counter)
    _specs: dict[str, Row] = field(default_factory=dict)
    _models: dict[str, Row] = field(default_factory=dict)
    _met: set[Mapping | TierMapping] = field(default_factory=set)
    discounted: Catalogue = field(init=False)

    def __post_init__(self) -> None:
        discounts = (*self.catalogue.discounts, *self.suppose.discounts)
        self.discounted = replace(self.catalogue, discounts=discounts)

    @property
    def rows(self) -> dict[str, Row]:
        """The sums by SPEC, or by model where no call belongs to one."""
        return self._specs if self.by_spec else self._models

    @property
    def every_row(self) -> list[Row]:
        """The sums by SPEC and those by model, and all together."""
        return [*self._specs.values(), *self._models.values(), self.total]

    @property
    def unmet(self) -> list[Mapping | TierMapping]:
        """The suppositions that fit no call."""
        asked: tuple[Mapping | TierMapping, ...] = (*self.suppose.mappings, *self.suppose.tiers)
        return [one for one in asked if one not in self._met]

    def add(self, told: abc.Mapping[str, Any]) -> None:
        """Add a record.

        Args:
            told: Its values, by the names of columns.

        Raises:
            Ambiguous: If it is not clear whose model is meant.
        """
        reading = reading_of(told)
        change = self.changed(reading, told["tier"])
        now, then = self._costs(told, reading, change.other)
        for row in self._rows(told["spec"], change):
            _add(row, now, then, first=told["part"] == 0, changed=change.other is not None)

    def add_sum(
        self, spec: str | None, change: Change, calls: int, now: Money, then: Money
    ) -> None:
        """Add records of one SPEC and change, whose costs are known on both sides.

        Args:
            spec: As recorded.
            change: As `changed` returned it.
            calls: How many calls they are.
            now: What all of them cost.
            then: What they would cost.
        """
        for row in self._rows(spec, change):
            row.calls += calls
            row.mapped += calls if change.other is not None else 0
            row.now += now
            row.then += then

    def changed(self, reading: Reading, tier: str | None) -> Change:
        """Return what is supposed of a record; it counts as met.

        Args:
            reading: What it says was consumed; counts do not matter.
            tier: Its task tier.

        Raises:
            Ambiguous: If it is not clear whose model is meant.
        """
        name = f"{reading.provider}/{reading.model}"
        change = self._change(reading, tier)
        other = None if change is None else self._other(reading, change)
        if other is None:
            return Change(name=name)
        return Change(name=f"{name} -> {other.provider}/{other.model}", other=other)

    def _rows(self, spec: str | None, change: Change) -> Iterator[Row]:
        """Yield the rows that a record belongs to."""
        owner = spec or UNASSIGNED
        self.by_spec = self.by_spec or owner != UNASSIGNED
        yield self._specs.setdefault(owner, Row(owner))
        yield self._models.setdefault(change.name, Row(change.name))
        yield self.total

    def _change(self, reading: Reading, tier: str | None) -> Mapping | TierMapping | None:
        found: Mapping | TierMapping | None = fits(reading, self.suppose.mappings)
        if found is None:
            found = next((one for one in self.suppose.tiers if one.tier == tier), None)
        if found is not None:
            self._met.add(found)
        return found

    def _other(self, reading: Reading, change: Mapping | TierMapping) -> Reading | None:
        there = mapped(reading, change.new, self.catalogue)
        if there is None:
            self.unpriced[f'no price for "{change.new}"'] = None
        return there

    def _costs(
        self, told: abc.Mapping[str, Any], reading: Reading, other: Reading | None
    ) -> tuple[Money | None, Money | None]:
        if told["outcome"] == "failed":
            return Money(), Money()
        if told["outcome"] != "answered":
            return None, None
        at, clock = told["at"].replace(tzinfo=UTC), told["clock"].replace(tzinfo=UTC)
        now = None
        if told["free"] or told["usage_state"] not in _UNTOLD:
            now = _paid(price(reading, self.catalogue, at, clock=clock))
        if now is None:
            kept = _recorded(told) if other is None else None
            return kept, kept
        return now, self._then(other, reading, self.suppose.price_at or at, clock)

    def _then(
        self, other: Reading | None, reading: Reading, at: datetime, clock: datetime
    ) -> Money | None:
        def quoted(one: Reading) -> Quote:
            return price(one, self.discounted, at, clock=clock)

        if other is None:
            return self._known(quoted(reading))
        found = on_another(other, quoted)
        counts = reading.usage.reported()
        for kind in found.uncached:
            self.uncached[found.model, kind] += counts.get(kind) or 0
        return self._known(found.quote)

    def _known(self, quote: Quote) -> Money | None:
        if quote.list_cost is None:
            self.unpriced[str(quote.reason)] = None
        return _paid(quote)


def _paid(quote: Quote) -> Money | None:
    """Return what is paid: the cost at the user's own rates, the list cost where there are none."""
    return quote.contracted_cost if quote.list_cost is not None else None


def _recorded(told: abc.Mapping[str, Any]) -> Money | None:
    """Return the cost that a record tells; that of its call stands at the first part."""
    if told["list_cost"] is not None:
        return Money(told["list_cost"])
    return None if told["part"] == 0 else Money()


def _add(row: Row, now: Money | None, then: Money | None, *, first: bool, changed: bool) -> None:
    """Add a record to *row*; only the *first* of a call is one."""
    if first:
        row.add(now, then, mapped=changed)
    elif now is not None and then is not None:
        row.now += now
        row.then += then
