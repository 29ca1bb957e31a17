"""What commands cost in the newest run that a journal tells of; nothing is estimated."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.cli._journaled import newest
from pytest_specbudget.core.money import Money
from pytest_specbudget.routing.naming import plain_name, rule_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.routing.values import RoutingTable

__all__ = ["Recorded", "recorded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What is known of one command.

    Attributes:
        runs: How often it was run: routed tasks, or tests where it was not routed.
        calls: How many model calls that took.
        priced: Of how many runs the cost is known whole.
        list_cost: What those cost together.
        escalated: How many runs escalated.
    """

    runs: int
    calls: int
    priced: int
    list_cost: Money
    escalated: int

    @property
    def mean(self) -> Money | None:
        """What one run cost on average, to the nearest 10**-18 USD; None if none is known."""
        return Money(round(Fraction(self.list_cost.atto, self.priced))) if self.priced else None


def recorded(table: RoutingTable) -> dict[str, Recorded]:
    """Return what the newest journal below this folder says, by command."""
    runs: dict[str, dict[str, list[Charge]]] = defaultdict(lambda: defaultdict(list))
    for charge in merge(newest()).ledger:
        command = charge.attribution.command
        if command is not None and not charge.mocked:
            runs[_canonical(table, command)][_run_of(charge)].append(charge)
    return {command: _summed(groups.values()) for command, groups in runs.items()}


def _canonical(table: RoutingTable, command: str) -> str:
    rule = rule_of(table.commands, command)
    return plain_name(command) if rule is None else rule.command


def _run_of(charge: Charge) -> str:
    return charge.attribution.test if charge.routed is None else f"task {charge.routed.task}"


def _summed(runs: Iterable[list[Charge]]) -> Recorded:
    runs = list(runs)
    known = [run for run in runs if not any(charge.uncertain for charge in run)]
    return Recorded(
        runs=len(runs),
        calls=sum(charge.reading.called for run in runs for charge in run),
        priced=len(known),
        list_cost=Money.total(charge.list_cost or Money() for run in known for charge in run),
        escalated=sum(
            any(c.routed is not None and c.routed.escalated for c in run) for run in runs
        ),
    )
