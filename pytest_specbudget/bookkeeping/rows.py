"""From a ledger to the rows of a report, in one pass each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.reports.figures import tests_among
from pytest_specbudget.reports.report import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_specbudget.bookkeeping.merging import Merged
    from pytest_specbudget.budgets.gate import SpendGate
    from pytest_specbudget.core.ledger import Charge, Ledger

__all__ = ["placed", "rows_by", "spec_rows", "test_rows"]


@dataclass(slots=True)
class _Group:
    """What is gathered for one row."""

    totals: Totals = field(default_factory=Totals)
    tests: set[str] = field(default_factory=set)
    specs: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    stages: dict[str, Money] = field(default_factory=dict)
    model_costs: dict[str, Money] = field(default_factory=dict)
    unknown_stages: Counter[str] = field(default_factory=Counter)
    unknown_models: Counter[str] = field(default_factory=Counter)
    workers: int = 1

    def add(self, charge: Charge) -> None:
        owner = charge.attribution
        self.totals.add(charge)
        self.tests.add(owner.test)
        self.specs.add(owner.spec)
        self.models.add(charge.reading.model)
        self.workers = max(self.workers, charge.workers)
        if not charge.mocked:
            self._spend(owner.stage or "(none)", charge.reading.model, charge)

    def _spend(self, stage: str, model: str, charge: Charge) -> None:
        cost = charge.list_cost or Money()
        _raise(self.stages, stage, cost)
        _raise(self.model_costs, model, cost)
        if charge.uncertain:
            self.unknown_stages[stage] += 1
            self.unknown_models[model] += 1


def _known(costs: Mapping[str, Money], unknown: Mapping[str, int]) -> dict[str, Money]:
    """Return those of *costs* of which anything is known, sorted by name."""
    return {name: cost for name, cost in sorted(costs.items()) if cost or name not in unknown}


def _raise(costs: dict[str, Money], key: str, cost: Money) -> None:
    costs[key] = costs.get(key, Money()) + cost


def rows_by(
    ledger: Ledger, key: Callable[[Charge], str], gate: SpendGate | None
) -> tuple[Row, ...]:
    """Sum *ledger* up by *key*, with the ceilings of *gate*, sorted by name."""
    groups = _groups(ledger, key)
    return tuple(_row(name, group, gate) for name, group in sorted(groups.items()))


def spec_rows(ledger: Ledger, gate: SpendGate | None) -> tuple[Row, ...]:
    """Sum *ledger* up by SPEC, with what is known of each stage and model."""
    groups = _groups(ledger, lambda charge: charge.attribution.spec)
    return tuple(
        replace(
            _row(name, group, gate),
            stages=_known(group.stages, group.unknown_stages),
            model_costs=_known(group.model_costs, group.unknown_models),
            unknown_stages=dict(sorted(group.unknown_stages.items())),
            unknown_models=dict(sorted(group.unknown_models.items())),
        )
        for name, group in sorted(groups.items())
    )


def test_rows(merged: Merged, gate: SpendGate | None) -> tuple[Row, ...]:
    """Sum up by test, with its SPECs, and the retries that are in no sum."""
    groups = _groups(merged.ledger, lambda charge: charge.attribution.test)
    for test in merged.retries:
        groups.setdefault(test, _Group())
    return tuple(
        replace(
            _row(name, group, None if name.startswith("<") else gate),
            spec=", ".join(sorted(group.specs)),
            retries=merged.retries.get(name, 0),
        )
        for name, group in sorted(groups.items())
    )


def placed(rows: tuple[Row, ...], places: Mapping[str, tuple[str, int]]) -> tuple[Row, ...]:
    """Say where each test stands, for those that are in *places*."""
    return tuple(
        replace(row, file=places[row.name][0], line=places[row.name][1])
        if row.name in places
        else row
        for row in rows
    )


def _groups(ledger: Ledger, key: Callable[[Charge], str]) -> dict[str, _Group]:
    groups: dict[str, _Group] = {}
    for charge in ledger:
        groups.setdefault(key(charge), _Group()).add(charge)
    return groups


def _row(name: str, group: _Group, gate: SpendGate | None) -> Row:
    ceiling = gate.ceiling_of(name) if gate is not None else None
    return Row(
        name=name,
        totals=group.totals,
        ceiling=ceiling.amount if ceiling is not None else None,
        tests=tests_among(group.tests),
        models=tuple(sorted(group.models)),
        workers=group.workers,
    )
