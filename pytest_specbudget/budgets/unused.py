"""Ceilings that hold nobody: what they name was not seen, or has a ceiling of its own.

A misspelt name, or an option that the settings overrule, would otherwise always pass, silently.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.budgets.gate import Ceiling, SpendGate

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
        stopped: Calls that were made and not sent, so that no ledger has them.
        part: Whether tests were left out, so that it is no wonder if a name was not seen.
    """

    gate: SpendGate
    stopped: Ledger = field(default_factory=Ledger)
    part: bool = False

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield a warning for each name that no call has."""
        seen = self._seen(ledger)
        if seen and self.gate.each is not None and self.gate.named.keys() >= seen:
            yield from _overruled(self.gate.scope, self.gate.each)
        for name in () if self.part else self.unseen(ledger):
            near = nearest(name, sorted(seen - self.gate.named.keys()))
            yield Finding(
                rule="ceiling-unused",
                subject=name,
                message=f'no call of {self.gate.scope} "{name}" was seen'
                + (f'; did you mean "{near}"?' if near else ""),
                origin=self.gate.named[name].origin,
                remedy="correct the name if it is misspelt; take the ceiling away if nothing that "
                "it names calls a model",
                severity="warning",
            )

    def unseen(self, ledger: Ledger) -> list[str]:
        """Return the names that no call has; what belongs to no SPEC may well be nothing."""
        return sorted(self.gate.named.keys() - self._seen(ledger) - {UNASSIGNED})

    def _seen(self, ledger: Ledger) -> set[str]:
        calls = (*ledger, *self.stopped)
        return {name for charge in calls for name in self.gate.subjects(charge)}


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
