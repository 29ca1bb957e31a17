"""What every ceiling said of what it holds, whether it was broken or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.budgets.calendar import CalendarGate
from pytest_specbudget.budgets.gate import SpendGate
from pytest_specbudget.reports.report import GateResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.budgets.gate import Basis, Spending
    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.core.ledger import Charge, Ledger

__all__ = ["results"]


def results(gates: Iterable[Gate], ledger: Ledger) -> Iterator[GateResult]:
    """Yield what each ceiling among *gates* said of each of its subjects."""
    for gate in gates:
        if isinstance(gate, SpendGate):
            for one in gate.spendings(ledger):
                yield _result(one, _unknown(one.charges, gate.basis))
        elif isinstance(gate, CalendarGate):
            for one in gate.spendings(ledger):
                made = (charge for charge in ledger if charge.at.startswith(one.subject))
                yield _result(one, gate.unknown_before(one.subject) + _unknown(made, "billed"))


def _unknown(charges: Iterable[Charge], basis: Basis) -> int:
    """Count what may have cost more than is known; a replayed call is billed nothing."""
    return sum(
        one.uncertain and not one.bounded and not one.mocked
        for one in charges
        if basis == "list" or one.source != "replay"
    )


def _result(one: Spending, unknown: int) -> GateResult:
    return GateResult(
        rule="budget-exceeded",
        scope=one.scope,
        subject=one.subject,
        spent=one.spent,
        spread=one.spread,
        ceiling=one.ceiling.amount,
        origin=one.ceiling.origin,
        passed=not one.breached,
        estimated=one.estimated,
        unknown_calls=unknown,
    )
