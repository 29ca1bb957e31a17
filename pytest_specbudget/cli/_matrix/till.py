"""What a matrix has spent, and whether the next call may be sent.

A call commits the most that it can cost before it is sent; what it really cost takes the place of
that when its answer has been read.  A ceiling is inclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.admission import Standing, over
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pytest_specbudget.budgets.admission import Stop, Worst
    from pytest_specbudget.budgets.gate import Basis, Ceiling
    from pytest_specbudget.prices.pricing import Quote

__all__ = ["Till", "judged"]

_NAME = "the matrix"


@dataclass(slots=True)
class Till:
    """The money of one run; not safe for threads.

    Attributes:
        ceiling: The most that may be spent, and where that was set.
        spent: What calls cost, exactly, as far as that is known.
        unknown: The most that the others can have cost.
        in_flight: The most that calls on their way can cost.
    """

    ceiling: Ceiling
    spent: Money = field(default_factory=Money)
    unknown: Money = field(default_factory=Money)
    in_flight: Money = field(default_factory=Money)

    def admits(self, worst: Worst) -> bool:
        """Tell whether a call that costs *worst* at most stays within the ceiling."""
        return self._committed + worst.cost <= self.ceiling.amount

    def commit(self, worst: Worst) -> None:
        """Set aside what a call can cost."""
        self.in_flight += worst.cost

    def settle(self, worst: Worst, cost: Money | None) -> None:
        """Put what a call cost in the place of what it could; None leaves that standing."""
        self.in_flight -= worst.cost
        if cost is None:
            self.unknown += worst.cost
        else:
            self.spent += cost

    def refusal(self, call: str, worst: Worst) -> Stop:
        """Say why *call* is not sent."""
        standing = Standing(
            name=_NAME,
            ceiling=self.ceiling,
            committed=self._committed,
            in_flight=self.in_flight,
        )
        return over(standing, call, worst)

    @property
    def _committed(self) -> Money:
        return self.spent + self.unknown + self.in_flight


def judged(quote: Quote, basis: Basis) -> Money | None:
    """Return the cost in *quote* that ceilings judge, or None if it is unknown."""
    return quote.contracted_cost if basis == "billed" else quote.list_cost
