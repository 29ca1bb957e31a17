"""Amounts and counts as people read them.

What is printed never contradicts the verdict: amounts that differ are shown with as many places
as it takes to differ, and a share that is over 100 % never rounds to 100 %.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from itertools import repeat
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import PLACES, Money

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["calls_of", "dollars", "dollars_beside", "dollars_of", "percent", "short_count"]

_DOLLAR = Money.parse(1)
_LEAST_PLACES = 2
_USUAL_PLACES = 4
_THOUSAND = 1_000
_MILLION = 1_000_000
# A provider may send a count of thousands of digits; it is shown, and nothing overflows.
_WIDE = Context(prec=10_000, rounding=ROUND_HALF_EVEN)


def dollars(amount: Money, places: int = _USUAL_PLACES) -> str:
    """Write *amount* with *places* decimals, half to even; what is not $0 never shows as $0."""
    while amount and places < PLACES and not _rounded(amount, places):
        places += 1
    return f"${_rounded(amount, places):.{places}f}"


def dollars_of(*amounts: Money) -> tuple[str, ...]:
    """Write *amounts* beside each other, with as many places as it takes to differ.

    Dollars have cents; amounts that are all below a dollar have four places, or as many as show
    two digits of the least of them.
    """
    small = max(amounts) < _DOLLAR
    for places in range(_USUAL_PLACES if small else _LEAST_PLACES, PLACES):
        shown = [_rounded(amount, places) for amount in amounts]
        least = Decimal(10 if small else 1).scaleb(-places)
        if len(set(shown)) == len(set(amounts)) and all(map(_told, shown, amounts, repeat(least))):
            return tuple(f"${amount:.{places}f}" for amount in shown)
    return tuple(f"${amount}" for amount in amounts)


def dollars_beside(ceiling: Money, *spent: Money) -> tuple[str, ...]:
    """Write what was *spent*, and last the *ceiling*, as `dollars_of` does.

    Where something spent is all of the ceiling, no rounding hides that: all have as many places as
    they need to be exact.
    """
    amounts = (*spent, ceiling)
    shown = dollars_of(*amounts)
    exact = all(Money.parse(one) == amount for one, amount in zip(shown, amounts, strict=True))
    if exact or ceiling not in spent:
        return shown
    places = max(len(str(amount).partition(".")[2]) for amount in amounts)
    return tuple(f"${_rounded(amount, places):.{places}f}" for amount in amounts)


def percent(share: Fraction) -> str:
    """Write *share* of 1 with one decimal; rounded down below 100 %, up above it."""
    tenths = share * 1000
    whole = tenths.numerator // tenths.denominator
    if share > 1 and whole != tenths:
        whole += 1
    return f"{whole // 10}.{whole % 10} %"


def short_count(count: int) -> str:
    """Write a count of tokens in at most five characters or so: `812`, `88.1k`, `2.41M`."""
    if count < _THOUSAND:
        return str(count)
    if count < _MILLION - _THOUSAND // 20:  # what would round to 1000.0k is 1.00M
        return f"{Decimal(count) / _THOUSAND:.1f}k"
    return f"{_WIDE.divide(Decimal(count), Decimal(_MILLION)):,.2f}M"


def calls_of(count: int, noun: str = "call") -> str:
    """Write a count with its noun: `1 call`, `1,204 calls`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _rounded(amount: Money, places: int) -> Decimal:
    exact = Decimal(amount.atto).scaleb(-PLACES, _WIDE)
    return exact.quantize(Decimal(1).scaleb(-places), context=_WIDE)


def _told(shown: Decimal, amount: Money, least: Decimal) -> bool:
    return not amount or abs(shown) >= least
