"""Repeated live runs, held against each other: what the samples show decides, not their sums."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.audit.comparing import compare
from pytest_specbudget.audit.evened import evened
from pytest_specbudget.audit.live import live_claims
from pytest_specbudget.audit.live_gate import LiveGate
from pytest_specbudget.audit.regression import RegressionGate
from pytest_specbudget.audit.repeats import base_name
from pytest_specbudget.audit.sampled import sampled
from pytest_specbudget.comparisons.comparing import limits_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_specbudget.audit.comparison import Change, Comparison, Said, Side
    from pytest_specbudget.audit.limits import Limits
    from pytest_specbudget.comparisons.sides import OneInstant
    from pytest_specbudget.core.finding import Gate, Result
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.settings.settings import Settings

__all__ = ["are_samples", "regression_gate", "sampled_comparison"]


def are_samples(base: Sequence[Side], head: Sequence[Side]) -> bool:
    """Tell whether any test was run more than once on either side."""
    several = len(base) > 1 or len(head) > 1
    return several or any(side.repeats > 1 for side in (*base, *head))


def sampled_comparison(
    base: Sequence[Side], head: Sequence[Side], limits: Limits, prices: OneInstant
) -> Comparison:
    """Hold the runs of *head* against those of *base*; `claims` say what they show.

    Args:
        base: One run or more, of the same number of repeats each.
        head: Likewise.
        limits: How much dearer it may be.
        prices: Those of both sides.
    """
    repeated = base[0].repeats > 1, head[0].repeats > 1
    limits = _by_base_name(limits) if repeated[1] else limits
    then, now = sampled(base, repeated=repeated[0]), sampled(head, repeated=repeated[1])
    claims = live_claims(then, now, limits)
    even = evened(base, head, repeated=repeated)
    comparison = compare(*even, limits, prices.requote, prices.kinds)
    said = {claim.question: claim.said for claim in claims}
    changes = tuple(_as_claimed(change, said) for change in comparison.changes)
    return replace(comparison, changes=changes, claims=claims)


def regression_gate(comparison: Comparison, settings: Settings, ack_file: str = "") -> Gate:
    """Return the gate of *comparison*: what samples claim, where there are any, else the sums.

    Args:
        comparison: The two sides.
        settings: How much dearer it may be.
        ack_file: Where to accept a rise, as one types it here; empty for the usual file.
    """
    if not comparison.claims:
        return RegressionGate(comparison, ack_file)
    return _live_gate(comparison, limits_of(settings), ack_file)


def _live_gate(comparison: Comparison, limits: Limits, ack_file: str) -> LiveGate:
    """Hold a run to its claims; what was accepted on purpose breaches nothing."""
    accepted = {_question(one) for one in comparison.changes if one.said == "acknowledged"}
    claims = (claim for claim in comparison.claims if claim.question not in accepted)
    return LiveGate(tuple(claims), _by_base_name(limits), ack_file)


def _by_base_name(limits: Limits) -> Limits:
    return replace(limits, tests={base_name(test)[0]: own for test, own in limits.tests.items()})


def _as_claimed(change: Change, said: Mapping[str, Result]) -> Change:
    """Say of *change* what its claim says; sums of samples by themselves breach nothing."""
    claimed = said.get(_question(change))
    if claimed == "fail":
        return replace(change, said="regressed")
    if claimed == "inconclusive":
        return replace(change, said="inconclusive")
    return replace(change, said=_shown(change.rise))


def _question(change: Change) -> str:
    return f"test {change.subject}" if change.scope == "test" else change.subject


def _shown(rise: Money) -> Said:
    if not rise.atto:
        return "same"
    return "tolerated" if rise.atto > 0 else "cheaper"
