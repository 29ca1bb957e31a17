"""Ceilings that hold nobody: what they name was not seen, or has a ceiling of its own.

A misspelt name, or an option that the settings overrule, would otherwise always pass, silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.budgets.gate import Ceiling, SpendGate
    from pytest_specbudget.core.ledger import Ledger

__all__ = ["UnusedCeilings"]

_TYPED = "--"
"""How the origin of what stands on the command line begins."""


@dataclass(frozen=True, slots=True)
class UnusedCeilings:
    """Warns about each ceiling of a gate that covers no call, though somebody meant it to.

    A ceiling of every subject is the rest's, and may well be without one, as may that of what
    belongs to no SPEC; one that was typed for just this run was meant for somebody.

    Attributes:
        gate: Whose names are looked at.
    """

    gate: SpendGate

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield a warning for each name that no charge has."""
        seen = sorted({name for charge in ledger for name in self.gate.subjects(charge)})
        if seen and self.gate.each is not None and self.gate.named.keys() >= set(seen):
            yield from _overruled(self.gate.scope, self.gate.each)
        for name, ceiling in sorted(self.gate.named.items()):
            if name not in seen and name != UNASSIGNED:
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


def _overruled(scope: str, each: Ceiling) -> Iterator[Finding]:
    if each.origin.startswith(_TYPED):
        yield Finding(
            rule="ceiling-unused",
            subject=f"every {scope}",
            message=f"it holds no {scope}: each that was seen has a ceiling of its own",
            origin=each.origin,
            remedy=f"name the {scope} that it is for, or take its own ceiling away",
            severity="warning",
        )
