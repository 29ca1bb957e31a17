"""What one process booked so far: figures for fixtures and alerts, never for the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.merging import is_shared, same_call
from pytest_specbudget.budgets.gate import cost_of, spread_of
from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.providers.deferred import RETRIEVE, named

if TYPE_CHECKING:
    from pytest_specbudget.budgets.gate import Basis
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.reading import Reading

__all__ = ["Tally"]

_ZERO = Money()


@dataclass(slots=True, eq=False)
class Tally:
    """Sums, kept up with every charge.

    Attributes:
        basis: Which cost counts for a SPEC.
        count: How many charges there were.
        list_cost: Of all of them.
        by_test: What each test did, by node id.
        by_spec: What each SPEC cost.
        shared: What of that nobody took yet and are calls of fixtures that every worker runs for
            itself, which are judged once: SPEC, call and cost.
        told: Names of the work whose counts are known.
    """

    basis: Basis = "list"
    count: int = 0
    list_cost: Money = _ZERO
    by_test: dict[str, Totals] = field(default_factory=dict)
    by_spec: dict[str, Money] = field(default_factory=dict)
    shared: list[tuple[str, str, Money]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def add(self, charge: Charge) -> bool:
        """Take *charge*; tell whether it says something new."""
        self.count += 1
        if charge.list_cost is not None:
            self.list_cost += charge.list_cost
        if self._repeats(charge.reading):
            return False
        if not charge.mocked:
            self._add_cost(charge)
        test = charge.attribution.test
        totals = self.by_test.get(test)
        if totals is None:
            totals = self.by_test[test] = Totals()
        totals.add(charge)
        return True

    def take_shared(self) -> list[tuple[str, str, str]]:
        """Take what is in `shared`, as the report of a test can carry it to another process."""
        taken, self.shared = self.shared, []
        return [(spec, call, str(cost)) for spec, call, cost in taken]

    def _repeats(self, reading: Reading) -> bool:
        """Tell whether *reading* was retrieved and its work has told its counts already."""
        if reading.response_id is None or reading.usage_state != "complete":
            return False
        names = named(reading)
        repeats = reading.operation == RETRIEVE and not self.told.isdisjoint(names)
        self.told.update(names)
        return repeats

    def _add_cost(self, charge: Charge) -> None:
        cost = cost_of(charge, self.basis)
        if charge.bound is not None:
            cost += spread_of(charge, self.basis)
        if cost:
            spec = charge.attribution.spec
            self.by_spec[spec] = self.by_spec.get(spec, _ZERO) + cost
            if self.basis == "list" and is_shared(charge):
                self.shared.append((spec, repr(same_call(charge)), cost))
