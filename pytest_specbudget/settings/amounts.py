"""Amounts and numbers as people write them in settings."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from pytest_specbudget.core.money import PLACES, Money

__all__ = ["amount_of", "is_plain", "percent_of", "quoted"]

_LARGEST_EXPONENT = 40
_PERCENT = re.compile(r"(\d{1,12}(?:\.\d{1,30})?)\s*%?", re.ASCII)


def amount_of(amount: object) -> Money:
    """Understand *amount* as US dollars.

    Raises:
        ValueError: If it is not a finite number of 0 or more in plain decimal notation.
    """
    try:
        if isinstance(amount, str | int | Decimal) and is_plain(amount):
            return Money.parse(amount)
    except ValueError:
        pass
    raise ValueError(
        f"{quoted(amount)} is not an amount; write US dollars of 0 or more, with at most {PLACES}"
        " decimal places, like 2.00 or $0.05"
    )


def percent_of(value: object) -> Fraction:
    """Understand *value* as percent: `10`, `"10%"`, `2.5`; 10 % is `Fraction(10)`.

    Raises:
        ValueError: If it is not a finite number of 0 or more in plain decimal notation.
    """
    if isinstance(value, str) and (written := _PERCENT.fullmatch(value.strip())):
        return Fraction(written[1])
    if isinstance(value, int | Decimal) and is_plain(value) and value >= 0:
        return Fraction(value)
    raise ValueError(
        f"{quoted(value)} is no percentage; write a number of 0 or more, like 10 or 2.5"
    )


def is_plain(number: str | int | Decimal) -> bool:
    """Whether writing it out takes no more room than a person would."""
    if isinstance(number, bool):
        return False
    if isinstance(number, Decimal):
        return number.is_finite() and abs(number.adjusted()) <= _LARGEST_EXPONENT
    return isinstance(number, str) or abs(number) < 10**_LARGEST_EXPONENT


def quoted(value: object) -> str:
    """Show *value* in a sentence about what is wrong with it."""
    match value:
        case str():
            return f'"{value}"'
        case bool():
            return str(value).lower()
        case dict():
            return "a table"
        case list():
            return "an array"
        case int() if not is_plain(value):
            return "the number"
    return str(value)
