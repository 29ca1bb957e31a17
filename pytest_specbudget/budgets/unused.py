"""Ceilings that name something of which no call was seen.

A misspelt name would otherwise hold nobody to anything, silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pytest_specbudget.core.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.budgets.gate import SpendGate
    from pytest_specbudget.core.ledger import Ledger

__all__ = ["UnusedCeilings"]


@dataclass(frozen=True, slots=True)
class UnusedCeilings:
    """Warns about each named ceiling of a gate that covers no call.

    Attributes:
        gate: Whose names are looked at.
    """

    gate: SpendGate

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield a warning for each name that no charge has."""
        seen = sorted({name for charge in ledger for name in self.gate.subjects(charge)})
        for name, ceiling in sorted(self.gate.named.items()):
            if name not in seen:
                near = get_close_matches(name, seen, n=1)
                yield Finding(
                    rule="ceiling-unused",
                    subject=name,
                    message=f'no call of {self.gate.scope} "{name}" was seen'
                    + (f'; did you mean "{near[0]}"?' if near else ""),
                    origin=ceiling.origin,
                    remedy="correct the name, or take the ceiling away",
                    severity="warning",
                )
