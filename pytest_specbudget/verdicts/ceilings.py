"""What every ceiling said of what it holds, whether it was broken or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.calendar import CalendarGate
from pytest_specbudget.budgets.gate import SpendGate
from pytest_specbudget.core.finding import Found
from pytest_specbudget.reports.report import GateResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.budgets.gate import Basis, Spending
    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.core.ledger import Charge, Ledger

__all__ = ["Doubts", "past_in_doubt", "results"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """What keeps a ceiling that is not broken from having held for certain.

    Attributes:
        unknown: Whether calls of unknown cost that the run itself made do.
        books: Whether calls of the run may be in no sum.
        past: Whether what other runs spent is in doubt, which matters to days and months alone.
        calls_before: Whether calls of unknown cost that other runs made do, likewise.
    """

    unknown: bool = True
    books: bool = False
    past: bool = False
    calls_before: bool = True


_USUAL = Doubts()
_LOST = "journal-damaged"
"""What is said of a history or journal of other runs, whichever gate asked for it."""


def results(gates: Iterable[Gate], ledger: Ledger, doubts: Doubts = _USUAL) -> Iterator[GateResult]:
    """Yield what each ceiling among *gates* said of each of its subjects."""
    for gate in gates:
        if isinstance(gate, SpendGate):
            for one in gate.spendings(ledger):
                unknown = _unknown(one.charges, gate.basis)
                is_open = doubts.books or (doubts.unknown and unknown > 0)
                yield _result(one, unknown, is_open=is_open)
        elif isinstance(gate, CalendarGate):
            yield from _of_calendar(gate, ledger, doubts)


def past_in_doubt(gates: Iterable[Gate]) -> bool:
    """Tell whether findings among *gates* leave in doubt what days and months have cost before."""
    gates = list(gates)
    origins = {gate.ceiling.origin for gate in gates if isinstance(gate, CalendarGate)}
    found = (one for gate in gates if isinstance(gate, Found) for one in gate.findings)
    return any(one.inconclusive and (one.origin in origins or one.rule == _LOST) for one in found)


def _of_calendar(gate: CalendarGate, ledger: Ledger, doubts: Doubts) -> Iterator[GateResult]:
    for one in gate.spendings(ledger):
        made = (charge for charge in ledger if charge.at.startswith(one.subject))
        unknown, before = _unknown(made, "billed"), gate.unknown_before(one.subject)
        open_calls = (doubts.unknown and unknown > 0) or (doubts.calls_before and before > 0)
        is_open = doubts.books or doubts.past or open_calls
        yield _result(one, unknown + before, is_open=is_open)


def _unknown(charges: Iterable[Charge], basis: Basis) -> int:
    """Count what may have cost more than is known; a replayed call is billed nothing."""
    return sum(
        one.uncertain and not one.bounded and not one.mocked
        for one in charges
        if basis == "list" or one.source != "replay"
    )


def _result(one: Spending, unknown: int, *, is_open: bool) -> GateResult:
    return GateResult(
        rule="budget-exceeded",
        scope=one.scope,
        subject=one.subject,
        spent=one.spent,
        spread=one.spread,
        ceiling=one.ceiling.amount,
        origin=one.ceiling.origin,
        passed=not (one.breached or is_open),
        estimated=one.estimated,
        unknown_calls=unknown,
    )
