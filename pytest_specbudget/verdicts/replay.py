"""What answered the calls of a run: the figures by which people trust a replayed suite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money
from pytest_specbudget.reports.report import Answered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.core.ledger import Charge, Ledger
    from pytest_specbudget.journal.reader import Journal

__all__ = ["misses", "verdicts"]

_EVERY = ("hit", "stale", "altered", "live", "bypass", "mocked")
_ZERO = Money()


def verdicts(ledger: Ledger, *, missed: int) -> Mapping[str, Answered]:
    """Sum the calls of *ledger* up by what answered them; *missed* ones are in no ledger."""
    sums = {name: _Sum() for name in _EVERY}
    for charge in ledger:
        sums[charge.verdict].add(charge)
    return {name: each.answered() for name, each in sums.items()} | {"miss": Answered(calls=missed)}


def misses(journals: Iterable[Journal]) -> int:
    """Count the calls to which a cassette had no answer, of ours and of other plugins."""
    events = (event for journal in journals for event in journal.events)
    return sum(event.event == "missed" for event in events)


@dataclass(slots=True)
class _Sum:
    calls: int = 0
    list_cost: Money = _ZERO
    billed_cost: Money = _ZERO
    recorded: Money = _ZERO
    unknown: int = 0

    def add(self, charge: Charge) -> None:
        self.calls += charge.reading.called
        if charge.mocked:
            return
        listed, stale = charge.list_cost or _ZERO, charge.staleness
        self.list_cost += listed
        self.unknown += charge.uncertain
        self.billed_cost += charge.billed_cost or _ZERO
        if charge.source == "replay":
            self.recorded += listed if stale is None else stale.list_cost or _ZERO

    def answered(self) -> Answered:
        return Answered(
            calls=self.calls,
            list_cost=self.list_cost,
            billed_cost=self.billed_cost,
            recorded_list_cost=self.recorded,
            unknown_calls=self.unknown,
        )
