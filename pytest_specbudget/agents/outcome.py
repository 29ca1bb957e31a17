"""What came of a task."""

from __future__ import annotations

from fractions import Fraction
from textwrap import shorten
from typing import TYPE_CHECKING

from pytest_specbudget.core.value import value
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.quality.judged import least_of
from pytest_specbudget.quality.wording import decimal

if TYPE_CHECKING:
    from pytest_specbudget.agents.prompts import Picked
    from pytest_specbudget.agents.steps import Attempt
    from pytest_specbudget.quality.consensus import Consensus
    from pytest_specbudget.quality.judged import Judged
    from pytest_specbudget.routing.values import Decision

__all__ = ["Outcome"]

_SHOWN = 60
"""How much of the answer is shown, in characters."""


@value
class Outcome:
    """What came of a task.

    Attributes:
        text: The answer; where none was accepted the best there is, perhaps empty.
        parsed: What the answer says as JSON, for a task with a schema; None where it is no JSON.
        score: How good it is, 0 to 1, exact, by the strictest of its judges; None without a judge.
        accepted: Whether it is good enough.
        escalated: Whether another plan had to take over.
        attempts: Every time that a model was asked, in order.
        consensus: How several agents came to the answer, or None where one was asked.
        decision: Why this plan.
        reason: Why the answer is not accepted, with the words of whoever turned it down: `quality
            0.00 < 0.85: it names no rollback`; or None.
        task: The id that all its calls share.
        tier: The tier that answered in the end.
        escalation_reason: Why the first plan was not enough, in a few words, or None.
        judged: What each judge said about the answer.
        prompt: Which variant of the prompt was asked last, or None where it has no variants.
        native: Whether no model was needed.
        blocked: Whether a model that was needed could not be had, so that this says nothing about
            quality.

    It is shown in a line: `Outcome("plan", tier C, accepted, score 0.90, 4 attempts, 'The move')`.
    """

    text: str
    parsed: object | None
    score: Fraction | None
    accepted: bool
    escalated: bool
    attempts: tuple[Attempt, ...]
    consensus: Consensus | None
    decision: Decision
    reason: str | None
    task: str
    tier: str
    escalation_reason: str | None = None
    judged: tuple[Judged, ...] = ()
    prompt: Picked | None = None
    native: bool = False
    blocked: bool = False

    @property
    def quality(self) -> Fraction | None:
        """What is recorded of its quality, or None where that was not measured.

        A task that failed is worth nothing, unless its score itself says how much it is worth.
        """
        if self.accepted or self.blocked:
            return None if self.blocked else self.score
        low = self.score is not None and self.score < self._least
        return self.score if low else Fraction(0)

    @property
    def _least(self) -> Fraction:
        """The score that is good enough for the plan that answered in the end."""
        plans = (self.decision.plan, *self.decision.escalations)
        plan = next((one for one in plans if one.tier == self.tier), self.decision.plan)
        return least_of(plan.min_quality, plan.strictness)

    def __repr__(self) -> str:
        """Say it in a line."""
        text = shorten(repr(self.text), _SHOWN, placeholder="...'")
        told = (
            f'"{self.decision.command}"',
            f"tier {self.tier}",
            "accepted" if self.accepted else f"not accepted: {self.reason}",
            "" if self.score is None else f"score {decimal(self.score, self._least)}",
            f"escalated: {self.escalation_reason}" if self.escalated else "",
            "native" if self.native else calls_of(len(self.attempts), "attempt"),
            "blocked" if self.blocked else "",
            f"consensus {self.consensus.status}" if self.consensus is not None else "",
            text,
        )
        return f"Outcome({', '.join(filter(None, told))})"

    __str__ = __repr__
