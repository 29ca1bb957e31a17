"""Exact amounts of US dollars.

An amount is a whole number of attodollars (10**-18 USD), so that sums are exact and do not depend
on their order.  No `float` can become money, and nothing is rounded: an amount that needs more
than 18 decimal places is refused.

Why 10**-18: list rates are whole numbers of picodollars a unit, or of a finer power of ten where
a catalogue needs one; the grid leaves six more places for halved batch rates.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.value import ordered_value
from pytest_specbudget.errors import MoneyError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PLACES", "Money"]

PLACES = 18
_ONE_DOLLAR = 10**PLACES
_AMOUNT = re.compile(r"\$?(?P<whole>\d+)(?:\.(?P<part>\d+))?", re.ASCII)


@ordered_value
class Money:
    """An exact amount of US dollars; add, subtract, compare, and multiply by whole numbers.

    Attributes:
        atto: The amount in units of 10**-18 USD.
    """

    atto: int = 0

    @classmethod
    def parse(cls, text: str | int | Decimal) -> Money:
        """Read an amount as people write it: `2`, `2.00`, `$2.00`.

        Raises:
            MoneyError: If *text* is not a finite number of 0 or more in plain decimal notation
                with at most 18 places.
        """
        if isinstance(text, float):
            raise MoneyError(f'{text!r} is a float, which is not exact; write it as text: "{text}"')
        if isinstance(text, Decimal) and text.is_finite():
            text = f"{text:f}"
        match = _AMOUNT.fullmatch(str(text).strip()) if not isinstance(text, bool) else None
        if match is None:
            raise MoneyError(f"{str(text)!r} is not an amount; write a number like 2.00 or $0.05")
        part = (match["part"] or "").rstrip("0")
        if len(part) > PLACES:
            raise MoneyError(f"{str(text)!r} has more than {PLACES} decimal places")
        return cls(int(match["whole"]) * _ONE_DOLLAR + int(part.ljust(PLACES, "0")))

    @classmethod
    def of_units(cls, count: int, exponent: int) -> Money:
        """Make *count* units of 10**-*exponent* USD, for an exponent of at most 18."""
        return cls(count * 10 ** (PLACES - exponent))

    @classmethod
    def of_fraction(cls, amount: Fraction) -> Money:
        """Round *amount* dollars to the grid, half to even."""
        return cls(round(amount * _ONE_DOLLAR))

    @classmethod
    def total(cls, amounts: Iterable[Money]) -> Money:
        """Add *amounts* up; nothing adds up to $0."""
        return cls(sum(amount.atto for amount in amounts))

    def share_of(self, whole: Money) -> Fraction | None:
        """Tell how much of *whole* this is, exactly; None if *whole* is $0."""
        return Fraction(self.atto, whole.atto) if whole.atto else None

    def __add__(self, other: Money) -> Money:
        return Money(self.atto + other.atto)

    def __sub__(self, other: Money) -> Money:
        return Money(self.atto - other.atto)

    def __mul__(self, times: int) -> Money:
        return Money(self.atto * times)

    def __abs__(self) -> Money:
        return Money(abs(self.atto))

    def __bool__(self) -> bool:
        return self.atto != 0

    def __str__(self) -> str:
        """Write the exact decimal, with no more places than it has: `0.732`, `2`."""
        if self.atto <= 0:
            return f"-{abs(self)}" if self.atto else "0"
        whole, part = divmod(self.atto, _ONE_DOLLAR)
        return f"{whole}.{part:018}".rstrip("0") if part else str(whole)
