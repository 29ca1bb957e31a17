"""Ceilings as gates.

One `SpendGate` judges one kind of scope: every SPEC, every test, the run.  It groups the charges
once, so that judging stays linear in the number of charges however many subjects have a ceiling.

* A ceiling is inclusive: spending exactly the ceiling passes.
* Scopes add and never lift: a test within its own ceiling still counts for its SPEC.
* A charge without a price adds nothing here; it is a finding of its own (see `unknowns`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import dollars_of, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pytest_specbudget.core.ledger import Charge, Ledger

__all__ = [
    "CRITICAL",
    "WARNING",
    "Basis",
    "Ceiling",
    "Level",
    "SpendGate",
    "Spending",
    "alert",
    "breach",
    "cost_of",
    "level_of",
    "measured",
]

Basis = Literal["list", "billed"]
"""What a ceiling judges: published prices, replayed calls included; or what is billed."""

Level = Literal["warning", "critical", "exceeded"]
"""How close spending has come to a ceiling."""

WARNING = Fraction(80, 100)
CRITICAL = Fraction(90, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """The most that something may cost, and where that was set, as the user wrote it."""

    amount: Money
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What one subject of a gate spent, beside its ceiling."""

    scope: str
    subject: str
    spent: Money
    ceiling: Ceiling
    charges: tuple[Charge, ...]

    @property
    def breached(self) -> bool:
        """Whether more was spent than the ceiling allows."""
        return self.spent > self.ceiling.amount


def cost_of(charge: Charge, basis: Basis) -> Money:
    """Return what *charge* adds to a ceiling; a mocked or unpriced one adds $0."""
    if charge.mocked:
        return Money()
    return (charge.list_cost if basis == "list" else charge.billed_cost) or Money()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendGate:
    """Breached by each subject whose charges cost more than its ceiling.

    Attributes:
        scope: What the subjects are, as people say it: `spec`, `test`, `session`.
        subjects: The subjects that a charge counts for; none, one or several.
        each: The ceiling of every subject that has none of its own, or None.
        named: Ceilings of single subjects, by name.
        basis: What is judged.
        warning: The share of a ceiling from which on a warning is shown.
        critical: The share from which on the warning is called critical.
        show: How a subject is called in messages.
    """

    scope: str
    subjects: Callable[[Charge], Iterable[str]]
    each: Ceiling | None = None
    named: Mapping[str, Ceiling] = field(default_factory=dict)
    basis: Basis = "list"
    warning: Fraction = WARNING
    critical: Fraction = CRITICAL
    show: Callable[[str], str] = str

    def ceiling_of(self, subject: str) -> Ceiling | None:
        """Return the ceiling that *subject* is held to, or None."""
        return self.named.get(subject, self.each)

    def spendings(self, ledger: Ledger) -> Iterator[Spending]:
        """Yield what every subject with a ceiling spent, those without a charge included."""
        groups = self._group(ledger)
        for subject in sorted({*groups, *self.named}):
            ceiling = self.ceiling_of(subject)
            if ceiling is not None:
                charges = tuple(groups.get(subject, ()))
                spent = Money.total(cost_of(charge, self.basis) for charge in charges)
                yield Spending(
                    scope=self.scope,
                    subject=subject,
                    spent=spent,
                    ceiling=ceiling,
                    charges=charges,
                )

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield an error for each breach, and a warning for each subject close to its ceiling."""
        for spending in self.spendings(ledger):
            if spending.breached:
                yield self._breach(spending)
            elif (level := self._level(spending)) is not None:
                yield self._alert(spending, level)

    def _group(self, ledger: Ledger) -> dict[str, list[Charge]]:
        groups: dict[str, list[Charge]] = {}
        for charge in ledger:
            for subject in self.subjects(charge):
                groups.setdefault(subject, []).append(charge)
        return groups

    def _level(self, spending: Spending) -> Level | None:
        share = spending.spent.share_of(spending.ceiling.amount)
        return level_of(share, self.warning, self.critical)

    def _breach(self, spending: Spending) -> Finding:
        details = _dearest(spending.charges, self.basis)
        return breach(self._measured(spending), spending.subject, spending.ceiling, details)

    def _alert(self, spending: Spending, level: Level) -> Finding:
        return alert(self._measured(spending), spending.subject, spending.ceiling, level)

    def _measured(self, spending: Spending) -> str:
        shown = self.show(spending.subject)
        name = shown if self.scope in ("session", "spec") else f'{self.scope} "{shown}"'
        return f"{name} {measured(spending.spent, spending.ceiling.amount, self.basis)}"


def level_of(share: Fraction | None, warning: Fraction, critical: Fraction) -> Level | None:
    """Return how close a *share* of a ceiling comes to it, or None if it need not be told."""
    if share is None or share < warning:
        return None
    if share > 1:
        return "exceeded"
    return "critical" if share >= critical else "warning"


def measured(spent: Money, ceiling: Money, basis: Basis) -> str:
    """Say what was spent of a ceiling: `spent $2.41 of $2.00 (120.5 %)`."""
    shown_spent, shown_ceiling = dollars_of(spent, ceiling)
    share = spent.share_of(ceiling)
    billed = " billed" if basis == "billed" else ""
    part = f" ({percent(share)})" if share else ""
    return f"spent {shown_spent}{billed} of {shown_ceiling}{part}"


def breach(message: str, subject: str, ceiling: Ceiling, details: tuple[str, ...]) -> Finding:
    """Make the finding of a broken ceiling; *details* say where the money went."""
    return Finding(
        rule="budget-exceeded",
        subject=subject,
        message=message,
        origin=ceiling.origin,
        details=details,
        remedy="send the dearest calls to a cheaper model, shorten their prompts, "
        "or raise the ceiling where it was set",
    )


def alert(message: str, subject: str, ceiling: Ceiling, level: Level) -> Finding:
    """Make the warning about a ceiling that is close."""
    return Finding(
        rule="budget-warning",
        subject=subject,
        message=f"{level}: {message}",
        origin=ceiling.origin,
        remedy="find out what grew before the ceiling is reached",
        severity="warning",
    )


def _dearest(charges: Iterable[Charge], basis: Basis, most: int = 3) -> tuple[str, ...]:
    """Say which tests spent most, with their calls and models."""
    tests: dict[str, list[Charge]] = {}
    for charge in charges:
        if not charge.mocked:
            tests.setdefault(charge.attribution.test, []).append(charge)
    costs = {
        test: Money.total(cost_of(charge, basis) for charge in made) for test, made in tests.items()
    }
    ranked = sorted(costs, key=lambda test: (-costs[test].atto, test))
    return tuple(_line(test, costs[test], tests[test]) for test in ranked[:most] if costs[test])


def _line(test: str, cost: Money, charges: list[Charge]) -> str:
    (shown,) = dollars_of(cost)
    calls = f"{len(charges)} call{'s' if len(charges) != 1 else ''}"
    models = ", ".join(sorted({charge.reading.model for charge in charges}))
    return f"{test}   {shown}   {calls}, {models}"
