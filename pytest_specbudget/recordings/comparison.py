"""What calls cost now, beside what they would cost on other models, summed by SPEC or by model.

Both sides are priced by the same quoter, so that a difference is one of models and of nothing else.
A call whose cost is unknown on either side is in neither sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.prices.pricing import Quote
from pytest_specbudget.recordings.whatif import fits, mapped, on_another

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.recordings.whatif import Mapping, Other

__all__ = ["Comparison", "Row"]

_ZERO = Money()
_Quoter = Callable[[Reading], Quote]


@dataclass(slots=True)
class Row:
    """Calls, summed.

    Attributes:
        name: A SPEC, or `provider/model`, with `-> provider/model` where it is mapped.
        calls: All of them.
        mapped: Those that another model is asked for.
        now: What those of known cost cost.
        then: What the same ones would cost.
        unknown: Those in neither sum.
    """

    name: str
    calls: int = 0
    mapped: int = 0
    now: Money = _ZERO
    then: Money = _ZERO
    unknown: int = 0

    @property
    def change(self) -> Money:
        """How much more it would be; below $0 for less."""
        return self.then - self.now

    def add(self, now: Money | None, then: Money | None, *, mapped: bool) -> None:
        """Add one call; None is an unknown cost."""
        self.calls += 1
        self.mapped += mapped
        if now is None or then is None:
            self.unknown += 1
        else:
            self.now += now
            self.then += then


@dataclass(slots=True)
class Comparison:
    """Takes calls one by one.

    Attributes:
        mappings: Which models are replaced.
        catalogue: Who sells which.
        by_spec: Whether a row is a SPEC; else it is a model.
        rows: By name.
        total: All rows together.
        unpriced: Models and prices that nobody knows, one sentence each, in order.
        uncached: How many cached tokens, by model and kind, are priced as fresh input.
    """

    mappings: Sequence[Mapping]
    catalogue: Catalogue
    by_spec: bool
    rows: dict[str, Row] = field(default_factory=dict)
    total: Row = field(default_factory=lambda: Row("total"))
    unpriced: dict[str, None] = field(default_factory=dict)
    uncached: Counter[tuple[str, str]] = field(default_factory=Counter)
    _met: set[Mapping] = field(default_factory=set)

    @property
    def unmet(self) -> list[Mapping]:
        """The mappings that fit no call."""
        return [mapping for mapping in self.mappings if mapping not in self._met]

    def add(self, charge: Charge, quote: _Quoter) -> None:
        """Add a call.

        Args:
            charge: Of a replayed, a recorded or a live call.
            quote: Prices a reading at the instant that counts for this call.

        Raises:
            Ambiguous: If it is not clear whose model is meant.
        """
        mapping = fits(charge.reading, self.mappings)
        name = f"{charge.reading.provider}/{charge.reading.model}"
        now = then = charge.list_cost
        if mapping is not None:
            self._met.add(mapping)
            now = quote(charge.reading).list_cost if _spent(charge) else now
            other = self._other(charge, mapping, quote)
            if other is not None:
                name = f"{name} -> {other.model}"
                then = other.quote.list_cost if _spent(charge) else now
        row = charge.attribution.spec if self.by_spec else name
        for each in (self.rows.setdefault(row, Row(row)), self.total):
            each.add(now, then, mapped=mapping is not None)

    def _other(self, charge: Charge, mapping: Mapping, quote: _Quoter) -> Other | None:
        """Price a call on the other model; remember what has no price there."""
        there = mapped(charge.reading, mapping.new, self.catalogue)
        if there is None:
            sentence = f'no price for "{mapping.new}" (--map {mapping.old}={mapping.new})'
            self.unpriced[sentence] = None
            return None
        other = on_another(there, quote)
        if _spent(charge):
            self._note(other, charge)
        return other

    def _note(self, other: Other, charge: Charge) -> None:
        if other.quote.list_cost is None:
            self.unpriced[str(other.quote.reason)] = None
        told = charge.reading.usage.reported()
        for kind in other.uncached:
            self.uncached[other.model, kind] += told.get(kind) or 0


def _spent(charge: Charge) -> bool:
    """Whether *charge* has anything to price; a failed call costs nothing on any model."""
    return charge.outcome == "answered" and bool(charge.reading.usage.reported())
