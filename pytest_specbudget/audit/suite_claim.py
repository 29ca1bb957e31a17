"""Did the suite get dearer, as far as repeated live runs tell?

Shown if the signed-rank test says that the tests' costs lean upwards and the sum of their means
rose beyond the limit.  One test alone, however dear, leans nothing: it has a claim of its own.
"""

from __future__ import annotations

from fractions import Fraction
from math import log, pi, sqrt
from typing import TYPE_CHECKING

from pytest_specbudget.samples.claim import Claim
from pytest_specbudget.samples.intervals import hodges_lehmann
from pytest_specbudget.samples.normal import quantile
from pytest_specbudget.samples.power import signed_rank_cases, signed_rank_power
from pytest_specbudget.samples.verdicts import at_most, figure, ratio
from pytest_specbudget.samples.wilcoxon import signed_rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_specbudget.audit.limits import Limits
    from pytest_specbudget.audit.sampled import Paired
    from pytest_specbudget.core.finding import Result
    from pytest_specbudget.samples.intervals import Interval

__all__ = ["MAY_RISE", "WHOLE_RUN", "suite_claim"]

MAY_RISE = Fraction(5)
"""By how many percent cost may rise where the limit is strict."""

WHOLE_RUN = "whole run"

_LEVEL = 0.005
_CONFIDENCE = 0.95
_POWER = 0.8
_MATTERS = log(1.25)
_NO_SPREAD = 1e-9


def suite_claim(pairs: Sequence[Paired], limits: Limits, *, complete: bool) -> Claim:
    """Judge all tests together.

    Args:
        pairs: Tests on both sides, at least six of them measured.
        limits: By how much the sum may rise; strict means 5 %.
        complete: Whether no test had to be left out; otherwise it cannot pass.
    """
    shifts = [pair.shift.size for pair in pairs if pair.shift is not None]
    interval = hodges_lehmann(shifts, _CONFIDENCE)
    assert interval is not None, "six differences have bounds of 95 %"  # noqa: S101 - for mypy
    lean = signed_rank(shifts)
    allowed = 1 + (MAY_RISE if limits.pct is None else limits.pct) / 100
    risen = sum(pair.head for pair in pairs) / sum(pair.base for pair in pairs)
    said = at_most(log(allowed), interval, shown=risen > allowed and lean.p < _LEVEL)
    if said == "pass" and (risen > allowed or not complete):
        said = "inconclusive"
    spread = _spread(interval, len(shifts))
    return Claim(
        question=WHOLE_RUN,
        said=said,
        n=len(shifts),
        **ratio(interval),
        p=lean.p,
        power=signed_rank_power(len(shifts), max(_MATTERS, log(allowed)) / spread, _LEVEL),
        needed=_needed(said, interval, log(allowed), spread, len(shifts)),
        method=f"signed-rank test over tests; their sum is {figure(float(risen))} of what it was",
    )


def _spread(interval: Interval, n: int) -> float:
    """Return the standard deviation of one difference that would give such an interval.

    The estimate's variance is pi / 3 times that of a mean where differences scatter normally; and
    unlike their own deviation, it hardly heeds a single wild one.
    """
    errors = 2 * quantile((1 + interval.confidence) / 2)
    return max(_NO_SPREAD, (interval.high - interval.low) / errors * sqrt(3 * n / pi))


def _needed(said: Result, interval: Interval, allowed: float, spread: float, n: int) -> int | None:
    """Return how many tests like these would settle it, by showing a rise or ruling one out."""
    if said != "inconclusive":
        return None
    if interval.estimate > allowed:
        cases = signed_rank_cases(interval.estimate / spread, _LEVEL, _POWER)
    else:
        room = (allowed - interval.estimate) / spread
        cases = signed_rank_cases(room, (1 - _CONFIDENCE) / 2, _POWER)
    return None if cases is None else max(cases, n + 1)
