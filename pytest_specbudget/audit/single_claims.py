"""Did one test get dearer, be the others as they may, as far as repeated live runs tell?

Shown if a t test over its runs says so, corrected by Holm for the number of tests, and its mean
cost rose beyond the limit.  Few runs tell little of how far a test's cost scatters; what they tell
is completed by what the other tests tell.

The level is lower than a t test would need: retries scatter more widely than it assumes.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import log
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money
from pytest_specbudget.samples.claim import Claim
from pytest_specbudget.samples.holm import holm
from pytest_specbudget.samples.spread import usual_spread
from pytest_specbudget.samples.verdicts import at_most, ratio

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.audit.limits import Limits
    from pytest_specbudget.audit.sampled import Paired
    from pytest_specbudget.samples.shift import Shift

__all__ = ["MAY_RISE", "named", "single_claims"]

MAY_RISE = Fraction(25)
"""By how many percent cost may rise where the limit is strict."""

_LEVEL = 0.001
_CONFIDENCE = 0.95
_POWER = 0.8
_WORTH_IT = Money.parse("0.05")
_MATTERS = log(1.25)
_METHOD = "t test over runs, spread moderated by that of all tests, Holm-corrected"


def named(test: str) -> str:
    """Return the question about *test*."""
    return f"test {test}"


def single_claims(pairs: Iterable[Paired], limits: Limits) -> list[Claim]:
    """Judge each of *pairs* that has a shift; none can be where no test was repeated.

    Args:
        pairs: Tests on both sides.
        limits: By how much the mean cost of a test may rise.  Strict means 25 %.  Unless a test has
            a limit of its own, it may also rise by $0.05 a run.
    """
    told = _moderated([(pair, pair.shift) for pair in pairs if pair.shift is not None])
    adjusted = holm({pair.test: shift.p for pair, shift in told})
    level = _LEVEL / max(1, len(told))
    return [
        _claim(pair, shift, adjusted[pair.test], level, _allowed(pair, limits))
        for pair, shift in told
    ]


def _moderated(measured: list[tuple[Paired, Shift]]) -> list[tuple[Paired, Shift]]:
    """Complete what each test's runs tell of their spread; leave out what is hardly known."""
    usual = usual_spread(shift.spread for _, shift in measured)
    if usual is None:
        return []
    drawn = ((pair, shift, shift.spread.drawn_to(usual)) for pair, shift in measured)
    return [
        (pair, replace(shift, spread=spread))
        for pair, shift, spread in drawn
        if spread.freedom >= 1
    ]


def _allowed(pair: Paired, limits: Limits) -> Fraction:
    """Return how many times as much a test may cost."""
    if pair.test in limits.tests:
        return 1 + limits.tests[pair.test][0] / 100
    pct = MAY_RISE if limits.pct is None else limits.pct
    return 1 + max(pct / 100, _WORTH_IT.atto / pair.base)


def _claim(pair: Paired, shift: Shift, p: float, level: float, allowed: Fraction) -> Claim:
    """Judge one test.

    Args:
        pair: What it costs.
        shift: By how much that rose.
        p: Its probability by chance, corrected for the number of tests.
        level: What its own probability is held to, so corrected.
        allowed: How many times as much it may cost.
    """
    interval = shift.interval(_CONFIDENCE)
    risen = pair.head > pair.base * allowed
    said = at_most(log(allowed), interval, shown=risen and p < _LEVEL)
    if said == "pass" and risen:  # the mean of the costs rose, and that of their logarithms did not
        said = "inconclusive"
    return Claim(
        question=named(pair.test),
        said=said,
        n=sum(shift.runs),
        **ratio(interval),
        p=p,
        power=shift.power(max(_MATTERS, log(allowed)), level),
        needed=_needed(shift, log(allowed), level) if said == "inconclusive" else None,
        method=_METHOD,
    )


def _needed(shift: Shift, allowed: float, level: float) -> int | None:
    """Return how many runs on both sides together would settle it, one way or the other."""
    if shift.size > allowed:
        runs = shift.runs_to_show(shift.size, level, _POWER)
    else:
        runs = shift.runs_to_show(allowed - shift.size, (1 - _CONFIDENCE) / 2, _POWER)
    return None if runs is None else max(2 * runs, sum(shift.runs) + 1)
