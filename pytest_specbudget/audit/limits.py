"""What a comparison is held to, and what it needs to be told of prices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.ledger import Charge
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["STRICT", "Limits", "Requote", "pct_of", "worded"]

STRICT = "strict"
"""How people call it that nothing may rise but the length of an answer, and that not much."""

Requote = Callable[[Charge, Usage], Money | None]
"""Returns what a call would cost had it consumed that instead, by the catalogue and at the instant
of the comparison; None if that has no price."""

_EXACT = Context(prec=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much dearer a change may make things.

    Attributes:
        pct: By how many percent the list cost of the run and of each SPEC, stage, model and test
            may rise; 10 % is `Fraction(10)`, and inclusive.  None: strict.
        origin: Where that was set, as the user wrote it.
        tests: Tests with a limit of their own, and where each was set.
        strict_baseline: Whether a test that only the head has is judged, against nothing.
    """

    pct: Fraction | None = None
    origin: str = ""
    tests: Mapping[str, tuple[Fraction, str]] = field(default_factory=dict)
    strict_baseline: bool = False


def worded(pct: Fraction | None) -> str:
    """Write a limit as people do: `10 %`, `12.5 %`, `strict`."""
    if pct is None:
        return STRICT
    exact = _EXACT.divide(Decimal(pct.numerator), Decimal(pct.denominator))
    return f"{exact.normalize(_EXACT):f} %" if Fraction(exact) == pct else f"{pct} %"


def pct_of(words: str) -> Fraction | None:
    """Read what `worded` wrote; None for anything that is no percentage."""
    amount, percent, _ = words.partition(" %")
    try:
        return Fraction(amount) if percent else None
    except (ValueError, ZeroDivisionError):
        return None
