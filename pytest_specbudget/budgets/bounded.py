"""Calls whose cost nobody knows, and of which the user declared what they cost at most.

Ceilings judge the upper end of what such calls may have cost, so they fail nothing by themselves;
they are said all the same, because an interval is less than a figure.  A declaration that a priced
call exceeds is said too: the upper end is worth no more than what it was declared by.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.unknowns import named_tests
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars_beside, dollars_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_specbudget.core.ledger import Charge, Ledger

__all__ = ["BoundedGate"]

_Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class BoundedGate:
    """Warns of calls that count with a declared bound, and of bounds that do not hold."""

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield a warning for each host, model and declaration."""
        declared = [one for one in ledger if one.bound is not None and not one.mocked]
        for group in _groups(one for one in declared if one.bounded):
            yield _bounded(group)
        for group in _groups(filter(_contradicts, declared)):
            yield _contradicted(group)


def _groups(charges: Iterable[Charge]) -> list[list[Charge]]:
    groups: dict[_Key, list[Charge]] = {}
    for charge in charges:
        by = charge.bound.by if charge.bound is not None else ""
        key = (charge.host, charge.reading.provider, charge.reading.model, by)
        groups.setdefault(key, []).append(charge)
    return [groups[key] for key in sorted(groups)]


def _bounded(group: list[Charge]) -> Finding:
    first = group[0]
    known = Money.total(charge.list_cost or Money() for charge in group)
    spread = Money.total(charge.list_spread for charge in group)
    lower, upper = dollars_of(known, known + spread)
    return Finding(
        rule="usage-bounded",
        subject=first.reading.model,
        message=f"{calls_of(len(group))} to {first.host} of unknown cost ({_why(group)}) "
        f"{'count' if len(group) > 1 else 'counts'} as {lower} to {upper}",
        origin=_origin(first),
        details=named_tests(group),
        remedy="nothing, if that is close enough; a price or token counts make it exact",
        severity="warning",
    )


def _contradicts(charge: Charge) -> bool:
    return charge.bound is not None and _known(charge) > charge.bound.usd


def _contradicted(group: list[Charge]) -> Finding:
    dearest = max(group, key=_known)
    usd = dearest.bound.usd if dearest.bound is not None else Money()
    cost, bound = dollars_beside(usd, _known(dearest))
    return Finding(
        rule="bound-contradicted",
        subject=dearest.reading.model,
        message=f"{calls_of(len(group))} to {dearest.host} cost more than was declared as the "
        f"most: up to {cost}, declared {bound}",
        origin=_origin(dearest),
        details=named_tests(group),
        remedy="raise the declared bound: calls of unknown cost may have cost as much",
        severity="warning",
    )


def _known(charge: Charge) -> Money:
    return max(charge.list_cost or Money(), charge.contracted_cost or Money())


def _origin(charge: Charge) -> str:
    return charge.bound.by if charge.bound is not None else ""


def _why(group: list[Charge]) -> str:
    """Say why nobody knows what the calls cost: `2 unpriced, 1 unanswered`."""
    counts = Counter(_reason(charge) for charge in group)
    return ", ".join(f"{counts[reason]:,} {reason}" for _, reason in _REASONS if counts[reason])


def _reason(charge: Charge) -> str:
    return next(reason for holds, reason in _REASONS if holds(charge))


_REASONS: tuple[tuple[Callable[[Charge], bool], str], ...] = (
    (lambda charge: charge.unpriced, "unpriced"),
    (lambda charge: charge.unreported, "without counts"),
    (lambda charge: charge.partial, "cut off"),
    (lambda charge: charge.outcome == "unknown", "unanswered"),
)
