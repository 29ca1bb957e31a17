"""Shares as people read them: what is printed never contradicts the verdict."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

__all__ = ["beside"]

_FEWEST = 2
_MOST = 12


def beside(*shares: Fraction) -> tuple[str, ...]:
    """Write *shares* beside each other, with as many places as it takes to differ.

    Two places at least, and as many as show the last of them, a threshold, as it was written.
    """
    for places in range(_FEWEST, _MOST):
        shown = [_rounded(share, places) for share in shares]
        if len(set(shown)) == len(set(shares)) and Fraction(shown[-1]) == shares[-1]:
            return tuple(f"{share:.{places}f}" for share in shown)
    return tuple(map(str, shares))


def _rounded(share: Fraction, places: int) -> Decimal:
    return Decimal(round(share * 10**places)).scaleb(-places)
