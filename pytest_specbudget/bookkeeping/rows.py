"""From a ledger to the rows of a report.

There are as many tables as people ask questions, and many more calls than rows: charges are summed
once by all that tables other than that of the tests tell apart (`shares_of`), and a row is a sum of
such sums.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.reports.figures import tests_among
from pytest_specbudget.reports.report import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pytest_specbudget.bookkeeping.merging import Merged
    from pytest_specbudget.budgets.gate import SpendGate
    from pytest_specbudget.core.ledger import Charge, Ledger

__all__ = ["Share", "placed", "rows_by", "shares_of", "spec_rows", "test_rows", "totals_of"]

_FIGURES = tuple(one.name for one in fields(Totals))


@dataclass(slots=True)
class Share:
    """Charges of one SPEC, command, stage and model, either all of them mocked or none; summed.

    Attributes:
        first: One of them.
        totals: What they add up to.
        tests: Who made them.
        uncertain: How many may have cost more than is known.
        workers: In how many copies a shared fixture made them, at most.
    """

    first: Charge
    totals: Totals = field(default_factory=Totals)
    tests: set[str] = field(default_factory=set)
    uncertain: int = 0
    workers: int = 1

    def add(self, charge: Charge) -> None:
        """Add one more of them."""
        self.totals.add(charge)
        self.tests.add(charge.attribution.test)
        self.uncertain += charge.uncertain
        self.workers = max(self.workers, charge.workers)


def shares_of(ledger: Ledger) -> list[Share]:
    """Sum *ledger* up for the tables that are made of it, in one pass."""
    shares: dict[tuple[str | bool | None, ...], Share] = {}
    for charge in ledger:
        key = _kind(charge)
        share = shares.get(key)
        if share is None:
            share = shares[key] = Share(charge)
        share.add(charge)
    return list(shares.values())


def _kind(charge: Charge) -> tuple[str | bool | None, ...]:
    owner, reading = charge.attribution, charge.reading
    whose = (owner.spec, owner.command, owner.stage)
    return (*whose, reading.provider, reading.model, charge.mocked)


def totals_of(shares: Iterable[Share]) -> Totals:
    """Add *shares* up."""
    sums = Totals()
    for share in shares:
        for name in _FIGURES:
            setattr(sums, name, getattr(sums, name) + getattr(share.totals, name))
    return sums


def rows_by(
    shares: Iterable[Share], key: Callable[[Charge], str], gate: SpendGate | None
) -> tuple[Row, ...]:
    """Sum *shares* up by *key*, with the ceilings of *gate*, sorted by name.

    Args:
        shares: What is to be summed.
        key: Which row a charge is in; the same one for all charges of a share.
        gate: Which ceilings the rows are held to, or None.
    """
    return tuple(_row(name, group, gate) for name, group in _groups(shares, key))


def spec_rows(shares: Iterable[Share], gate: SpendGate | None) -> tuple[Row, ...]:
    """Sum *shares* up by SPEC, with what is known of each stage and model."""
    groups = _groups(shares, lambda charge: charge.attribution.spec)
    return tuple(_with_parts(_row(name, group, gate), group) for name, group in groups)


def _groups(shares: Iterable[Share], key: Callable[[Charge], str]) -> list[tuple[str, list[Share]]]:
    groups: dict[str, list[Share]] = {}
    for share in shares:
        groups.setdefault(key(share.first), []).append(share)
    return sorted(groups.items())


def _row(name: str, shares: list[Share], gate: SpendGate | None) -> Row:
    return Row(
        name=name,
        totals=totals_of(shares),
        ceiling=_ceiling(name, gate),
        tests=tests_among(set[str]().union(*(share.tests for share in shares))),
        models=tuple(sorted({share.first.reading.model for share in shares})),
        workers=max(share.workers for share in shares),
    )


def _ceiling(name: str, gate: SpendGate | None) -> Money | None:
    ceiling = gate.ceiling_of(name) if gate is not None else None
    return ceiling.amount if ceiling is not None else None


def _with_parts(row: Row, shares: list[Share]) -> Row:
    """Return *row* with what each stage and model cost, as far as anything is known of it."""
    stages, models = _Parts(), _Parts()
    for share in shares:
        if not share.first.mocked:
            stages.add(share.first.attribution.stage or "(none)", share)
            models.add(share.first.reading.model, share)
    return replace(
        row,
        stages=stages.known,
        model_costs=models.known,
        unknown_stages=stages.unknown,
        unknown_models=models.unknown,
    )


@dataclass(slots=True)
class _Parts:
    """What the parts of a row cost, and how many of their calls may have cost more."""

    costs: dict[str, Money] = field(default_factory=dict)
    uncertain: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, share: Share) -> None:
        self.costs[name] = self.costs.get(name, Money()) + share.totals.list_cost
        self.uncertain[name] += share.uncertain

    @property
    def known(self) -> dict[str, Money]:
        """Those of which anything is known, sorted by name."""
        costs = sorted(self.costs.items())
        return {name: cost for name, cost in costs if cost or not self.uncertain[name]}

    @property
    def unknown(self) -> dict[str, int]:
        """How many calls of each are uncertain, sorted by name."""
        return {name: count for name, count in sorted(self.uncertain.items()) if count}


@dataclass(slots=True)
class _Test:
    """What is gathered for the row of one test."""

    totals: Totals = field(default_factory=Totals)
    specs: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    workers: int = 1

    def add(self, charge: Charge) -> None:
        self.totals.add(charge)
        self.specs.add(charge.attribution.spec)
        self.models.add(charge.reading.model)
        self.workers = max(self.workers, charge.workers)


def test_rows(merged: Merged, gate: SpendGate | None) -> tuple[Row, ...]:
    """Sum up by test, with its SPECs, and the retries that are in no sum."""
    tests: dict[str, _Test] = {}
    for charge in merged.ledger:
        name = charge.attribution.test
        test = tests.get(name)
        if test is None:
            test = tests[name] = _Test()
        test.add(charge)
    for name in merged.retries:
        tests.setdefault(name, _Test())
    return tuple(
        _test_row(name, test, merged.retries.get(name, 0), gate)
        for name, test in sorted(tests.items())
    )


def _test_row(name: str, test: _Test, retries: int, gate: SpendGate | None) -> Row:
    return Row(
        name=name,
        totals=test.totals,
        ceiling=None if name.startswith("<") else _ceiling(name, gate),
        tests=tests_among([name] if test.specs else []),
        spec=", ".join(sorted(test.specs)),
        models=tuple(sorted(test.models)),
        workers=test.workers,
        retries=retries,
    )


def placed(rows: tuple[Row, ...], places: Mapping[str, tuple[str, int]]) -> tuple[Row, ...]:
    """Say where each test stands, for those that are in *places*."""
    return tuple(
        replace(row, file=places[row.name][0], line=places[row.name][1])
        if row.name in places
        else row
        for row in rows
    )
