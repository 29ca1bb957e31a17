"""What one process booked so far: figures for fixtures and alerts, never for the verdict.

The user's test waits while a charge is booked, and mostly nobody looks at a figure before it ends.
So a charge is put down, and added up with the others when somebody looks.
"""

from __future__ import annotations

import threading
from collections import deque
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
_MOST_WAITING = 100
"""How many charges are kept before they are added up, looked at or not."""


@dataclass(slots=True)
class _Sums:
    count: int = 0
    list_cost: Money = _ZERO
    by_test: dict[str, Totals] = field(default_factory=dict)
    by_spec: dict[str, Money] = field(default_factory=dict)
    shared: list[tuple[str, str, Money]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)


class Tally:
    """Sums, up to date whenever they are looked at; any thread may add.

    Attributes:
        basis: Which cost counts for a SPEC.
    """

    def __init__(self, basis: Basis = "list") -> None:
        """Begin with nothing."""
        self.basis = basis
        self._sums = _Sums()
        self._waiting: deque[tuple[Charge, bool]] = deque()
        self._adding = False
        # The garbage collector may close a stream, and so book its call, within our own lines.
        self._lock = threading.RLock()

    @property
    def count(self) -> int:
        """How many charges there were."""
        return self._added_up().count

    @property
    def list_cost(self) -> Money:
        """What all of them cost at published prices."""
        return self._added_up().list_cost

    @property
    def by_test(self) -> dict[str, Totals]:
        """What each test did, by node id; whoever looks may take out one that begins again."""
        return self._added_up().by_test

    @property
    def by_spec(self) -> dict[str, Money]:
        """What each SPEC cost; whoever looks may take back what does not count any more."""
        return self._added_up().by_spec

    def add(self, charge: Charge) -> bool:
        """Take *charge*; tell whether it says something new."""
        new = charge.reading.operation != RETRIEVE or self._is_news(charge.reading)
        self._waiting.append((charge, new))
        if len(self._waiting) >= _MOST_WAITING:
            self._added_up()
        return new

    def take_shared(self) -> list[tuple[str, str, str]]:
        """Take what nobody took yet and are calls of fixtures that every worker runs for itself.

        Those are judged once.

        Returns:
            SPEC, call and cost, as the report of a test can carry them to another process.
        """
        sums = self._added_up()
        taken, sums.shared = sums.shared, []
        return [(spec, call, str(cost)) for spec, call, cost in taken]

    def _is_news(self, reading: Reading) -> bool:
        """Tell whether what was retrieved tells counts that its work has not told already."""
        names = _whose_counts(reading)
        with self._lock:
            told = self._added_up().told
            news = told.isdisjoint(names)
            told.update(names)
        return news

    def _added_up(self) -> _Sums:
        with self._lock:
            if not self._adding:  # else we are within our own lines, and those go on
                self._adding = True
                try:
                    while self._waiting:
                        self._add_up(*self._waiting.popleft())
                finally:
                    self._adding = False
        return self._sums

    def _add_up(self, charge: Charge, new: bool) -> None:  # noqa: FBT001
        sums = self._sums
        sums.count += 1
        sums.told.update(_whose_counts(charge.reading))
        if charge.list_cost is not None:
            sums.list_cost += charge.list_cost
        if not new:
            return
        if not charge.mocked:
            self._add_cost(charge)
        test = charge.attribution.test
        totals = sums.by_test.get(test)
        if totals is None:
            totals = sums.by_test[test] = Totals()
        totals.add(charge)

    def _add_cost(self, charge: Charge) -> None:
        cost = cost_of(charge, self.basis)
        if charge.bound is not None:
            cost += spread_of(charge, self.basis)
        if cost:
            sums, spec = self._sums, charge.attribution.spec
            sums.by_spec[spec] = sums.by_spec.get(spec, _ZERO) + cost
            if self.basis == "list" and is_shared(charge):
                sums.shared.append((spec, repr(same_call(charge)), cost))


def _whose_counts(reading: Reading) -> list[str]:
    """Return the ids of the work whose counts *reading* tells, all of them; none if it does not."""
    return named(reading) if reading.usage_state == "complete" else []
