"""What the replayed calls of an attempt added to sums, taken back when a rerun replaces it.

The verdict judges the last attempt of a replayed test alone (`bookkeeping.merging`), and so do what
is told while tests run and the hard ceilings.  A live attempt was paid and stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.budgets.gate import cost_of, spread_of
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import RETRIEVE

if TYPE_CHECKING:
    from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper
    from pytest_specbudget.core.ledger import Charge

__all__ = ["Replaced"]


class Replaced:
    """The calls of the test that runs which nobody paid, until another one begins."""

    def __init__(self, books: Bookkeeper) -> None:
        """Begin with none; the sums are those of *books*."""
        self._books = books
        self._replaced = ("replay", "mock") if books.settings.count_mocked else ("replay",)
        self._calls: list[Charge] = []

    def hear(self, charge: Charge) -> None:
        """Keep *charge*, if it may be taken back."""
        # What is told again of earlier work is added once, whichever attempt asks for it first.
        if charge.source in self._replaced and charge.reading.operation != RETRIEVE:
            self._calls.append(charge)

    def begin(self) -> None:
        """Forget all: another test begins."""
        self._calls.clear()

    def begin_again(self, test: str) -> None:
        """Take back what the attempts of *test* so far added; calls of others are theirs."""
        for charge in self._calls:
            if charge.attribution.test == test:
                self._take_back(charge)
        self._calls = [one for one in self._calls if one.attribution.test != test]

    def _take_back(self, charge: Charge) -> None:
        tally, admission = self._books.tally, self._books.admission
        added = cost_of(charge, tally.basis) + spread_of(charge, tally.basis)
        if added:
            spec = charge.attribution.spec
            tally.by_spec[spec] = tally.by_spec.get(spec, Money()) - added
        if admission is not None:
            admission.take_back(charge)
