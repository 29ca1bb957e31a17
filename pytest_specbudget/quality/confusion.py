"""How often a validator is right, what it costs, and whether escalating pays at all."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_specbudget.quality.judged import Judged

__all__ = ["Confusion", "break_even", "confusion"]

_NONE = Money()


@value
class Confusion:
    """Judgements against the truth.

    Attributes:
        accepted_good: Good answers that were accepted.
        accepted_bad: Bad answers that were accepted.
        rejected_good: Good answers that were rejected, and paid for twice.
        rejected_bad: Bad answers that were rejected.
        cost: What all judgements cost together.
    """

    accepted_good: int = 0
    accepted_bad: int = 0
    rejected_good: int = 0
    rejected_bad: int = 0
    cost: Money = _NONE

    @property
    def n(self) -> int:
        """How many answers were judged."""
        accepted = self.accepted_good + self.accepted_bad
        return accepted + self.rejected_good + self.rejected_bad

    @property
    def false_rejections(self) -> Fraction | None:
        """The share of good answers that were rejected, or None if there was none."""
        return _share(self.rejected_good, self.accepted_good)

    @property
    def false_acceptances(self) -> Fraction | None:
        """The share of bad answers that were accepted, or None if there was none."""
        return _share(self.accepted_bad, self.rejected_bad)

    @property
    def escalated(self) -> Fraction | None:
        """The share of answers that were rejected, so that a dearer model is asked."""
        accepted = self.accepted_good + self.accepted_bad
        return _share(self.rejected_good + self.rejected_bad, accepted)


def confusion(
    judged: Sequence[Judged | bool], truth: Sequence[bool], cost: Money = _NONE
) -> Confusion:
    """Hold judgements against the truth.

    Args:
        judged: What was said of each answer, or whether it was accepted.
        truth: Whether each answer is good.
        cost: What the judgements cost together.

    Raises:
        ValueError: If they are not equally many.
    """
    accepted = (one if isinstance(one, bool) else one.passed for one in judged)
    counts = Counter(zip(accepted, truth, strict=True))
    return Confusion(
        accepted_good=counts[True, True],
        accepted_bad=counts[True, False],
        rejected_good=counts[False, True],
        rejected_bad=counts[False, False],
        cost=cost,
    )


def break_even(cheap: Money, validator: Money, premium: Money) -> Fraction | None:
    """Return the escalation rate below which asking the cheap model first pays.

    At 0 or below it never does: the cheap answer and its judgement cost as much as the premium one.

    Args:
        cheap: What one answer of the cheap model costs.
        validator: What judging it costs.
        premium: What one answer of the premium model costs; None is returned if that is $0.

    Source: the notes of this project on quality, 1.4 (P2), checked 2026-11-22: escalation at rate p
    pays if p * premium + validator < premium - cheap.
    """
    share = (cheap + validator).share_of(premium)
    return None if share is None else 1 - share


def _share(part: int, rest: int) -> Fraction | None:
    return Fraction(part, part + rest) if part + rest else None
