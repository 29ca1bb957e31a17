"""How a SPEC's budget is shared among its stages: 40 % for `implement`, 60 % for the rest, say."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import PLACES, Money
from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["REST", "Overdrawn", "ceilings", "overdrawn"]

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
