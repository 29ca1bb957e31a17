"""What came of a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from fractions import Fraction

    from pytest_specbudget.agents.prompts import Picked
    from pytest_specbudget.agents.steps import Attempt
    from pytest_specbudget.quality.consensus import Consensus
    from pytest_specbudget.quality.judged import Judged
    from pytest_specbudget.routing.values import Decision

__all__ = ["Outcome"]


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
        reason: Why the answer is not accepted, or None.
        task: The id that all its calls share.
        tier: The tier that answered in the end.
        escalation_reason: Why the first plan was not enough, or None.
        judged: What each judge said about the answer.
        prompt: Which variant of the prompt was asked last, or None where it has no variants.
        native: Whether no model was needed.
        blocked: Whether no model could be had, so that this says nothing about quality.
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
