"""How a ceiling follows from what recordings cost: 30 % more, rounded up to two digits; pure.

Not less: a run at 80 % of its ceiling is warned, and what was recorded is no reason to be.
"""

from __future__ import annotations

from pytest_specbudget.core.money import Money

__all__ = ["RULE", "ceiling_for"]

RULE = "30 % more, rounded up to two digits"
_MORE = (13, 10)
_TWO_DIGITS = 100


def ceiling_for(cost: Money) -> Money:
    """Return the ceiling for what costs *cost*: at least 30 % more, with two digits."""
    times, of = _MORE
    atto, step = -(-cost.atto * times // of), 1
    while atto > _TWO_DIGITS * step:
        step *= 10
    return Money(-(-atto // step) * step)
