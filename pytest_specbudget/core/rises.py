"""Two amounts, and what lies between them, as people read them.

What is shown never contradicts the verdict: amounts that differ look different, a rise that broke
its limit never looks like one within it, and parts that add up exactly add up as they are shown.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import PLACES, Money
from pytest_specbudget.core.wording import dollars, places_for, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["adding_up", "apart", "percent_more", "signed", "split"]

_LIMIT = re.compile(r"(\d{1,30}(?:\.\d{1,30})?) %", re.ASCII)
_MOST_PLACES = 60
_HUNDRED = Fraction(100)


def apart(base: Money, head: Money, places: int | None = None) -> tuple[str, str, str]:
    """Write *base*, *head* and the change, with *places* or as many as tell them apart."""
    for enough in range(places or places_for([base, head]), PLACES + 1):
        shown = plain(base, enough), plain(head, enough)
        change = _rounded(head - base, enough)
        if base == head or (shown[0] != shown[1] and change):
            break
    return (*shown, signed(head - base, enough))


def signed(amount: Money, places: int | None = None) -> str:
    """Write *amount* with its sign; nothing is `0`, and what is not nothing never shows as it."""
    if not amount:
        return "0"
    return f"{'+' if amount > Money() else '-'}{plain(abs(amount), places)}"


def split(parts: Sequence[Money], places: int) -> list[str]:
    """Write *parts* so that they add up as they are shown; nothing is `0`.

    Each is cut, and those that lost most are raised by one in the last place until the sum is that
    of the exact amounts, rounded (the method of the largest remainder).  A sum that is not nothing
    does not round to it: such parts have more places.
    """
    whole = Money.total(parts)
    while whole and places < PLACES and not _rounded(whole, places):
        places += 1
    return [
        _whole_units(count, places) if part else "0"
        for count, part in zip(_units(parts, places), parts, strict=True)
    ]


def adding_up(parts: Sequence[Money], places: int) -> list[str]:
    """Write *parts* as dollars that add up, as they are shown, to what their sum is shown as.

    They are rounded as `split` does; where one would look like nothing that is something, all have
    more places.
    """
    something = sum(map(bool, parts))
    units = _units(parts, places)
    while places < PLACES and sum(map(bool, units)) < something:
        places += 1
        units = _units(parts, places)
    return [dollars(Money.of_units(count, places), places) for count in units]


def percent_more(base: Money, head: Money, limit: str = "") -> str:
    """Write how much more *head* is than *base*: `+11.0 %`; `-` where the base is $0.

    With one decimal, or as many as it takes to stand on its side of *limit* (`10 %`), of no change,
    and of -100 %, which would be nothing at all.
    """
    share = (head - base).share_of(base)
    if share is None:
        return "-"
    exact = share * 100
    named = _LIMIT.match(limit)
    marks = [Fraction(0), -_HUNDRED, *([Fraction(named[1])] if named else [])]
    for places in range(1, _MOST_PLACES):
        tenths = round(exact * 10**places)
        shown = Fraction(tenths, 10**places)
        if all(_order(shown, mark) == _order(exact, mark) for mark in marks):
            break
    return f"{'+' if tenths > 0 else ''}{_decimal(tenths, places)} %"


def _units(parts: Sequence[Money], places: int) -> list[int]:
    """Return *parts* in units of the last place, which add up to their rounded sum."""
    unit = int(10 ** (PLACES - places))
    units = [part.atto // unit for part in parts]
    missing = _rounded(Money.total(parts), places) - sum(units)
    lost = sorted(range(len(parts)), key=lambda place: -(parts[place].atto % unit))
    for place in lost[:missing]:
        units[place] += 1
    return units


def _rounded(amount: Money, places: int) -> int:
    return round(Fraction(amount.atto, 10 ** (PLACES - places)))


def _whole_units(count: int, places: int) -> str:
    return f"{'+' if count > 0 else ''}{_decimal(count, places)}"


def _decimal(count: int, places: int) -> str:
    whole, part = divmod(abs(count), 10**places)
    return f"{'-' if count < 0 else ''}{whole:,}.{part:0{places}}"


def _order(left: Fraction, right: Fraction) -> int:
    return (left > right) - (left < right)
