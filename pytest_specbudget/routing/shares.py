"""How a SPEC's budget is shared among its stages: 40 % for `implement`, 60 % for the rest, say."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import PLACES, Money
from pytest_specbudget.core.value import value
from pytest_specbudget.routing.canonical import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["REST", "Overdrawn", "ceilings", "overdrawn", "summed", "undershared"]

REST = "*"
"""All stages without a share of their own, together."""


@value
class Overdrawn:
    """A stage, or the rest, that took more than its share.

    Attributes:
        stage: Which, or `*` for the rest.
        spent: What it took.
        ceiling: What it may take.
    """

    stage: str
    spent: Money
    ceiling: Money


def summed(shares: Mapping[str, Fraction]) -> str:
    """Say what *shares* add up to: `the shares add up to 1.1 (plan 0.7, * 0.4)`."""
    each = ", ".join(f"{stage} {plain(share)}" for stage, share in shares.items())
    return f"the shares add up to {plain(sum(shares.values(), Fraction()))} ({each})"


def undershared(shares: Mapping[str, Fraction]) -> str | None:
    """Say that *shares* of all stages leave a part of the budget to nobody; None if they do not."""
    if REST not in shares or sum(shares.values()) == 1:
        return None
    return f"stage_shares: {summed(shares)}; the rest of the budget is nobody's"


def ceilings(budget: Money, shares: Mapping[str, Fraction]) -> dict[str, Money]:
    """Return what each stage may take of *budget*, inclusive."""
    whole = Fraction(budget.atto, 10**PLACES)
    return {stage: Money.of_fraction(whole * share) for stage, share in shares.items()}


def overdrawn(
    budget: Money, shares: Mapping[str, Fraction], spent: Mapping[str, Money]
) -> Iterator[Overdrawn]:
    """Yield each stage of a SPEC that took more of *budget* than its share.

    Args:
        budget: The ceiling of the SPEC.
        shares: As in `CostLimits.stage_shares`.
        spent: What each stage took.
    """
    for stage, ceiling in ceilings(budget, shares).items():
        took = _rest(shares, spent) if stage == REST else spent.get(stage, Money())
        if took > ceiling:
            yield Overdrawn(stage=stage, spent=took, ceiling=ceiling)


def _rest(shares: Mapping[str, Fraction], spent: Mapping[str, Money]) -> Money:
    return Money.total(took for stage, took in spent.items() if stage not in shares)
