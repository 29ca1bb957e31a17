"""Amounts, shares and counts as people read them: with `rises`, the one place that rounds.

* A figure (`dollars`, and `plain` in a column of dollars) has four decimals, or, if it is not
  exact then, as many as show three digits of it, or of the largest that stands with it.
* Amounts that a sentence compares (`dollars_of`) have cents from a dollar up, the decimals of a
  figure below it, or as many as it takes to differ.
* What somebody set is `exact`; what is compared with it (`dollars_beside`) has as many decimals.
* A share has one decimal (`percent`); beside a limit (`percents_beside`) both have as many as it
  takes to differ.  In a column it has no space (`tight`).

What is printed never contradicts the verdict: amounts that differ are shown with as many places
as it takes to differ, a share that is over 100 % never rounds to 100 %, and nothing shows as
nothing that is none.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from itertools import repeat
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import PLACES, Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

__all__ = [
    "calls_of",
    "dollars",
    "dollars_beside",
    "dollars_of",
    "exact",
    "first_of",
    "percent",
    "percents_beside",
    "places_beside",
    "places_for",
    "plain",
    "short_count",
    "tight",
]

_DOLLAR = Money.parse(1)
_LEAST_PLACES = 2
_USUAL_PLACES = 4
_THREE_DIGITS = 100 * 10**PLACES
_TWO_DIGITS = 10
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

    Dollars have cents; amounts that are all below a dollar have the places of figures, or as many
    as show two digits of the least of them.
    """
    places = _telling_apart(amounts)
    return tuple(dollars(amount, places) for amount in amounts)


def dollars_beside(limit: Money, *spent: Money) -> tuple[str, ...]:
    """Write what was *spent*, and last the *limit* that somebody set, as they set it.

    All have as many places as that takes, and as it takes to differ; so what is all of the limit
    looks like it, and nothing else does.
    """
    places = places_beside(limit, *spent)
    return tuple(dollars(amount, places) for amount in (*spent, limit))


def places_beside(limit: Money, *spent: Money) -> int:
    """Return how many decimals `dollars_beside` writes."""
    return max(_telling_apart((*spent, limit)), len(str(limit).partition(".")[2]))


def percent(share: Fraction, places: int = 1) -> str:
    """Write *share* of 1 with one decimal, or *places*, rounded down below 100 %, up above it.

    Of what would show as nothing, two digits are shown.
    """
    if 0 < share * 100 * 10**places < 1:
        return _small_percent(share)
    units = share * 100 * 10**places
    whole = units.numerator // units.denominator
    if share > 1 and whole != units:
        whole += 1
    return f"{whole // 10**places}.{whole % 10**places:0{places}} %"


def percents_beside(limit: Fraction, share: Fraction) -> tuple[str, str]:
    """Write a *share*, and last the *limit*, with as many decimals as it takes to differ."""
    for places in range(1, PLACES):
        shown = percent(share, places), percent(limit, places)
        if share == limit or shown[0] != shown[1]:
            break
    return shown


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


def _telling_apart(amounts: Sequence[Money]) -> int:
    """Return the least number of decimals with which none of *amounts* looks like another."""
    small = Money() < max(amounts) < _DOLLAR
    for places in range(places_for(amounts) if small else _LEAST_PLACES, PLACES):
        shown = [_rounded(amount, places) for amount in amounts]
        least = Decimal(10 if small else 1).scaleb(-places)
        if len(set(shown)) == len(set(amounts)) and all(map(_told, shown, amounts, repeat(least))):
            return places
    return PLACES


def _rounded(amount: Money, places: int) -> Decimal:
    exact = Decimal(amount.atto).scaleb(-PLACES, _WIDE)
    return exact.quantize(Decimal(1).scaleb(-places), context=_WIDE)


def _told(shown: Decimal, amount: Money, least: Decimal) -> bool:
    return not amount or abs(shown) >= least
