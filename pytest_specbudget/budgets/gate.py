"""Ceilings as gates.

One `SpendGate` judges one kind of scope: every SPEC, every test, the run.  It groups the charges
once, so that judging stays linear in the number of charges however many subjects have a ceiling.

* A ceiling is inclusive: spending exactly the ceiling passes.
* Scopes add and never lift: a test within its own ceiling still counts for its SPEC.
* A charge whose cost is unknown and bounded by a declaration adds an interval, from what is known
  of it to the bound, and the upper end is judged.
* One without such a bound adds what is known; it is a finding of its own (see `unknowns`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import (
    calls_of,
    dollars,
    dollars_beside,
    percent,
    places_beside,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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
    "spread_of",
]

Basis = Literal["list", "billed"]
"""What a ceiling judges: published prices, replayed calls included; or what is billed."""

Level = Literal["warning", "critical", "exceeded"]
"""How close spending has come to a ceiling."""

WARNING = Fraction(80, 100)
CRITICAL = Fraction(90, 100)
_NONE = Money()
_TOO_DEAR = (
    "send the dearest calls to a cheaper model, shorten their prompts, or raise the ceiling where "
    "it was set"
)
_TOO_WIDE = (
    "get the calls of unknown cost priced and counted, declare a tighter bound for them, or "
    "raise the ceiling where it was set"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """The most that something may cost, and where that was set, as the user wrote it."""

    amount: Money
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What one subject of a gate spent, beside its ceiling.

    Attributes:
        scope: As `SpendGate` has it.
        subject: The name of the subject.
        spent: What is known to have been spent.
        spread: How much more the bounded calls may have cost.
        ceiling: What it is held to.
        charges: What it is made of.
    """

    scope: str
    subject: str
    spent: Money
    spread: Money
    ceiling: Ceiling
    charges: tuple[Charge, ...]

    @property
    def estimated(self) -> bool:
        """Whether it rests on tokens that were estimated."""
        states = (one.reading.usage_state for one in self.charges if not one.mocked)
        return "estimated" in states

    @property
    def upper(self) -> Money:
        """The most that can have been spent."""
        return self.spent + self.spread

    @property
    def breached(self) -> bool:
        """Whether more may have been spent than the ceiling allows."""
        return self.upper > self.ceiling.amount


def cost_of(charge: Charge, basis: Basis) -> Money:
    """Return what *charge* adds to a ceiling; a mocked or unpriced one adds $0."""
    if charge.mocked:
        return Money()
    return (charge.list_cost if basis == "list" else charge.billed_cost) or Money()


def spread_of(charge: Charge, basis: Basis) -> Money:
    """Return how much more than its known cost *charge* may add to a ceiling."""
    return charge.list_spread if basis == "list" else charge.billed_spread


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
                yield self._spending(subject, ceiling, charges)

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield an error for each breach, and a warning for each subject close to its ceiling."""
        for spending in self.spendings(ledger):
            if spending.breached:
                yield self._breach(spending)
            elif (level := self._level(spending)) is not None:
                yield self._alert(spending, level)

    def _spending(self, subject: str, ceiling: Ceiling, charges: tuple[Charge, ...]) -> Spending:
        spent, *more = _ends(charges, self.basis)
        return Spending(
            scope=self.scope,
            subject=subject,
            spent=spent,
            spread=more[0] - spent if more else _NONE,
            ceiling=ceiling,
            charges=charges,
        )

    def _group(self, ledger: Ledger) -> dict[str, list[Charge]]:
        groups: dict[str, list[Charge]] = {}
        for charge in ledger:
            for subject in self.subjects(charge):
                groups.setdefault(subject, []).append(charge)
        return groups

    def _level(self, spending: Spending) -> Level | None:
        share = spending.upper.share_of(spending.ceiling.amount)
        return level_of(share, self.warning, self.critical)

    def _breach(self, spending: Spending) -> Finding:
        details = (*_dearest(spending, self.basis), *self._bounds(spending))
        return breach(
            self._measured(spending),
            spending.subject,
            spending.ceiling,
            details,
            certain=spending.spent > spending.ceiling.amount,
        )

    def _alert(self, spending: Spending, level: Level) -> Finding:
        details = self._bounds(spending)
        return alert(self._measured(spending), spending.subject, spending.ceiling, level, details)

    def _bounds(self, spending: Spending) -> tuple[str, ...]:
        """Say how many calls are bounded, and by which declarations."""
        held = Counter(
            (charge.bound.usd, charge.bound.by)
            for charge in spending.charges
            if charge.bound is not None and spread_of(charge, self.basis)
        )
        return tuple(
            f"{calls_of(calls)} of unknown cost, each at most ${usd} by {by}"
            for (usd, by), calls in sorted(held.items())
        )

    def _measured(self, spending: Spending) -> str:
        shown = self.show(spending.subject)
        name = shown if self.scope in ("session", "spec") else f'{self.scope} "{shown}"'
        return f"{name} {self._figures(spending)}"

    def _figures(self, spending: Spending) -> str:
        ceiling = spending.ceiling.amount
        said = measured(spending.spent, ceiling, self.basis, spending.spread)
        return f"{said}, estimated" if spending.estimated else said


def level_of(share: Fraction | None, warning: Fraction, critical: Fraction) -> Level | None:
    """Return how close a *share* of a ceiling comes to it, or None if it need not be told."""
    if share is None or share < warning:
        return None
    if share > 1:
        return "exceeded"
    return "critical" if share >= critical else "warning"


def measured(spent: Money, ceiling: Money, basis: Basis, spread: Money = _NONE) -> str:
    """Say what was spent of a ceiling: `spent $2.41 of $2.00 (120.5 %)`, or `(all of it)`.

    With a *spread* it is an interval: `spent $0.0120 to $0.0620 of $0.0500 (24.0 % to 124.0 %)`.
    """
    ends = (spent, spent + spread) if spread else (spent,)
    *shown, shown_ceiling = dollars_beside(ceiling, *ends)
    shares = [_part(share) for end in ends if (share := end.share_of(ceiling)) is not None]
    billed = " billed" if basis == "billed" else ""
    part = f" ({' to '.join(shares)})" if shares and ends[-1] else ""
    return f"spent {' to '.join(shown)}{billed} of {shown_ceiling}{part}"


def _part(share: Fraction) -> str:
    return "all of it" if share == 1 else percent(share)


def breach(
    message: str, subject: str, ceiling: Ceiling, details: tuple[str, ...], *, certain: bool = True
) -> Finding:
    """Make the finding of a broken ceiling; *details* say where the money went.

    What is not *certain* is broken by the most that bounded calls may have cost.
    """
    return Finding(
        rule="budget-exceeded",
        subject=subject,
        message=message,
        origin=ceiling.origin,
        details=details,
        remedy=_TOO_DEAR if certain else _TOO_WIDE,
    )


def alert(
    message: str, subject: str, ceiling: Ceiling, level: Level, details: tuple[str, ...] = ()
) -> Finding:
    """Make the warning about a ceiling that is close."""
    return Finding(
        rule="budget-warning",
        subject=subject,
        message=f"{level}: {message}",
        origin=ceiling.origin,
        details=details,
        remedy="find out what grew before the ceiling is reached",
        severity="warning",
    )


def _dearest(spending: Spending, basis: Basis, most: int = 3) -> tuple[str, ...]:
    """Say which tests spent most, with their calls and models."""
    tests: dict[str, list[Charge]] = {}
    for charge in spending.charges:
        if not charge.mocked:
            tests.setdefault(charge.attribution.test, []).append(charge)
    ends = {test: _ends(made, basis) for test, made in tests.items()}
    ranked = sorted(ends, key=lambda test: (-ends[test][-1].atto, test))
    places = places_beside(spending.ceiling.amount, spending.spent, spending.upper)
    dearest = (test for test in ranked[:most] if ends[test][-1])
    return tuple(_line(test, ends[test], tests[test], places) for test in dearest)


def _ends(charges: Sequence[Charge], basis: Basis) -> tuple[Money, ...]:
    """Return what *charges* cost: a figure, or both ends of an interval."""
    spent = Money.total(cost_of(charge, basis) for charge in charges)
    spread = Money.total(spread_of(charge, basis) for charge in charges if charge.bound)
    return (spent, spent + spread) if spread else (spent,)


def _line(test: str, ends: tuple[Money, ...], charges: list[Charge], places: int) -> str:
    cost = " to ".join(dollars(end, places) for end in ends)
    models = sorted({charge.reading.model for charge in charges})
    made = ", ".join((calls_of(len(charges)), *models, *_begun_elsewhere(charges)))
    return f"{test}   {cost}   {made}"


def _begun_elsewhere(charges: Iterable[Charge]) -> Iterator[str]:
    """Say which of the calls were made by a task or thread that another test had begun."""
    owners = (charge.attribution for charge in charges)
    begun = Counter(owner.stale for owner in owners if owner.stale not in (None, owner.test))
    yield from (f"{calls} from what {test} had begun" for test, calls in sorted(begun.items()))
