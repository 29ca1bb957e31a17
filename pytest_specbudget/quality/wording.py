"""Shares as people read them: what is printed never contradicts the verdict."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

__all__ = ["beside", "decimal"]

_FEWEST = 2
_MOST = 25
"""Where shares begin to be written as fractions; a float that is taken as it shows has fewer."""

_USUAL = 4


def beside(*shares: Fraction) -> tuple[str, ...]:
    """Write *shares* beside each other, with as many places as it takes to differ.

    Two places at least, and as many as show the last of them, a threshold, as it was written.
    """
    for places in range(_FEWEST, _MOST):
        shown = [_rounded(share, places) for share in shares]
        if len(set(shown)) == len(set(shares)) and Fraction(shown[-1]) == shares[-1]:
            return tuple(f"{share:.{places}f}" for share in shown)
    return tuple(map(str, shares))


def decimal(share: Fraction, limit: Fraction | None = None) -> str:
    """Write *share* as people read it: 29 of 30 is `0.9667`, 17 of 20 is `0.85`.

    Exactly, with two places at least, where four are enough for that; else rounded to four, or to
    as many as it takes to differ from a *limit* that it is not.
    """
    for places in range(_FEWEST, _MOST):
        shown = _rounded(share, places)
        if shown == share or (places >= _USUAL and shown != limit):
            return f"{shown:.{places}f}"
    return str(share)


def _rounded(share: Fraction, places: int) -> Decimal:
    return Decimal(round(share * 10**places)).scaleb(-places)
