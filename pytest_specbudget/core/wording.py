"""Amounts, shares and counts as people read them: with `rises`, the one place that rounds.

* A figure (`dollars`, and `plain` in a column of dollars) has four decimals, or, if it is not
  exact then, as many as show three digits of it, or of the largest that stands with it.
* Amounts that a sentence compares (`dollars_of`, `dollars_beside`) have cents from a dollar up, or
  as many decimals as it takes to differ.
* What somebody set is `exact`.
* A share has one decimal (`percent`); in a column it has no space (`tight`).

What is printed never contradicts the verdict: amounts that differ are shown with as many places
as it takes to differ, a share that is over 100 % never rounds to 100 %, and nothing shows as
nothing that is none.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from itertools import repeat
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import PLACES, Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "calls_of",
    "dollars",
    "dollars_beside",
    "dollars_of",
    "exact",
    "first_of",
    "percent",
    "places_for",
    "plain",
    "short_count",
    "tight",
]

_DOLLAR = Money.parse(1)
_LEAST_PLACES = 2
_USUAL_PLACES = 4
_THREE_DIGITS = 100 * 10**PLACES
_LEAST_TENTH, _TWO_DIGITS = Fraction(1, 1_000), 10
_THOUSAND = 1_000
_MILLION = 1_000_000
# A provider may send a count of thousands of digits; it is shown, and nothing overflows.
_WIDE = Context(prec=10_000, rounding=ROUND_HALF_EVEN)


def places_for(amounts: Iterable[Money]) -> int:
    """Return how many decimals show *amounts* alike: four, or three digits of the largest.

    There are no more than it takes to be exact.
    """
    sizes = [abs(amount).atto for amount in amounts]
    places, largest = _USUAL_PLACES, max(sizes, default=0)
    while largest * 10**places < _THREE_DIGITS and any(
        size % 10 ** (PLACES - places) for size in sizes
    ):
        places += 1
    return places


def exact(amount: Money) -> str:
    """Write *amount* exactly, with cents at least: `2.00`, `0.000732`."""
    whole, _, part = str(amount).partition(".")
    return f"{whole}.{part:0<2}"


def plain(amount: Money, places: int | None = None) -> str:
    """Write *amount* as `dollars` does, without the sign, for a column of dollars."""
    return dollars(amount, places).removeprefix("$")


def dollars(amount: Money, places: int | None = None) -> str:
    """Write *amount* with *places* decimals, half to even; what is not $0 never shows as $0."""
    if places is None:
        places = places_for([amount])
    while amount and places < PLACES and not _rounded(amount, places):
        places += 1
    return f"${_rounded(amount, places):.{places}f}"


def dollars_of(*amounts: Money) -> tuple[str, ...]:
    """Write *amounts* beside each other, with as many places as it takes to differ.

    Dollars have cents; amounts that are all below a dollar have four places, or as many as show
    two digits of the least of them.
    """
    small = Money() < max(amounts) < _DOLLAR
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
    """Write *share* of 1 with one decimal, rounded down below 100 %, up above it.

    Of what is less than a tenth of a percent, two digits are shown.
    """
    if 0 < share < _LEAST_TENTH:
        return _small_percent(share)
    tenths = share * 1000
    whole = tenths.numerator // tenths.denominator
    if share > 1 and whole != tenths:
        whole += 1
    return f"{whole // 10}.{whole % 10} %"


def tight(percentage: str) -> str:
    """Write what `percent` or `rises` wrote as a column has it: `55.1%`."""
    return percentage.replace(" %", "%")


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


def first_of(names: Sequence[str], most: int) -> str:
    """Write at most so many of *names*, and how many more there are: `a, b, c and 4 more`."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _small_percent(share: Fraction) -> str:
    places = 2
    while share * 100 * 10**places < _TWO_DIGITS:
        places += 1
    return f"0.{int(share * 100 * 10**places):0{places}d} %"


def _rounded(amount: Money, places: int) -> Decimal:
    exact = Decimal(amount.atto).scaleb(-PLACES, _WIDE)
    return exact.quantize(Decimal(1).scaleb(-places), context=_WIDE)


def _told(shown: Decimal, amount: Money, least: Decimal) -> bool:
    return not amount or abs(shown) >= least
