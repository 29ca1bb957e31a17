"""One task on its way: what is to be done, with what, and how far that has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pytest_specbudget.agents.native import NativeHandlers
from pytest_specbudget.agents.prompts import BUILT_IN, Picked, Prompt, Prompts
from pytest_specbudget.agents.steps import Ask, Attempt
from pytest_specbudget.core.routed import Routed
from pytest_specbudget.core.value import value
from pytest_specbudget.quality.answers import Answers
from pytest_specbudget.quality.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.agents.appraisal import Heard
    from pytest_specbudget.agents.steps import Answer
    from pytest_specbudget.agents.values import Question
    from pytest_specbudget.core.routed import Role
    from pytest_specbudget.quality.metric import Metric
    from pytest_specbudget.routing.values import Decision, ModelProfile, Plan, RoutingTable

__all__ = ["Course", "Seat", "Task", "Tell", "Tools"]

_CHECKSUM_SHOWN = 12
"""How much of a table's checksum a charge keeps."""


class Tell(Protocol):
    """Hears of each step, in the order of things; quotes no prompt and no answer."""

    def __call__(self, name: str, /, **values: Any) -> None:
        """Take note of the step *name*."""


def _unheard(_name: str, /, **_values: Any) -> None:
    pass


@value
class Task:
    """What is to be done.

    Attributes:
        id: Shared by all calls that are made for it.
        prompt: What the models are asked.
        validators: Judge each answer without a plan's help, at no cost or at their own; each takes
            the answer and says how good it is.
        metric: How answers are compared, or None where nobody declared that.
    """

    id: str
    prompt: Prompt
    validators: tuple[Callable[[str], Any], ...] = ()
    metric: Metric | None = None

    @property
    def compared_by(self) -> Metric:
        """How answers are compared: as declared, else field by field, or as the same or not."""
        return self.metric or (Answers() if self.prompt.schema is None else Fields())


@value
class Tools:
    """What an execution works with.

    Attributes:
        table: The routing table that the decision was made by.
        native: Who does commands without a model.
        prompts: What judges, aggregators and rejected models are told.
        tell: Hears of each step.
    """

    table: RoutingTable
    native: NativeHandlers = field(default_factory=NativeHandlers)
    prompts: Prompts = BUILT_IN
    tell: Tell = _unheard


@value
class Seat:
    """A place in a plan, and who sits there.

    Attributes:
        slot: The model that the plan names.
        profile: The model that is asked: that one, or an alternate.
        question: What it is asked.
        reason: Why it is not the plan's first choice, or None.
    """

    slot: str
    profile: ModelProfile
    question: Question
    reason: str | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Course:
    """How far a task has come.

    Attributes:
        task: What is to be done.
        tools: With what.
        decision: Why this way.
        plan: The plan that is being carried out.
        number: Which try this is, from 1; each retry, fallback and escalation is one more.
        reason: Why this is not simply the plan's first try, or None.
        escalated: Whether the plan is one that took over from another.
        why_escalated: Why the first plan was not enough, or None.
        attempts: Who was asked so far, and how that ended.
        heard: What each model answered to this task last, by its name in the table.
    """

    task: Task
    tools: Tools
    decision: Decision
    plan: Plan
    number: int = 1
    reason: str | None = None
    escalated: bool = False
    why_escalated: str | None = None
    attempts: list[Attempt] = field(default_factory=list)
    heard: dict[str, Heard] = field(default_factory=dict)

    def tell(self, name: str, /, **values: Any) -> None:
        """Let whoever listens hear of the step *name*."""
        self.tools.tell(name, task=self.task.id, tier=self.plan.tier, **values)

    def question(self) -> Question:
        """Return what a primary of this plan is asked."""
        return self.task.prompt.question(self.plan.tier, self.plan.max_tokens)

    def words(self, name: str, **values: object) -> Picked:
        """Return one of the prompts that are ours, for this tier."""
        return self.tools.prompts.pick(name, self.plan.tier, values)

    def seat(self, slot: str, question: Question) -> Seat:
        """Seat the model that the plan names."""
        return Seat(slot=slot, profile=self.tools.table.profiles[slot], question=question)

    def routed(self, role: Role, slot: str, reason: str | None = None) -> Routed:
        """Say what part of the task a call is."""
        return Routed(
            task=self.task.id,
            role=role,
            tier=self.plan.tier,
            slot=slot,
            attempt=self.number,
            escalated=self.escalated,
            reason=reason or self.reason,
            table=self.decision.table[:_CHECKSUM_SHOWN],
        )

    def ask(self, role: Role, seat: Seat) -> Ask:
        """Return the work of asking whoever sits on *seat*, and tell of it."""
        routed = self.routed(role, seat.slot, seat.reason)
        self.tell(
            "spawned",
            role=role,
            slot=seat.slot,
            profile=seat.profile.name,
            model=seat.profile.model,
            attempt=routed.attempt,
            reason=routed.reason,
        )
        return Ask(profile=seat.profile, question=seat.question, routed=routed)

    def note(self, ask: Ask, answer: Answer) -> None:
        """Keep how an attempt ended, and tell of it."""
        attempt = Attempt(
            routed=ask.routed,
            profile=ask.profile.name,
            model=ask.profile.model,
            reasoning=ask.profile.reasoning,
            ending=answer.ending,
            why=answer.why,
            told=answer.told,
            latency_s=answer.latency_s,
            reused=answer.reused,
        )
        self.attempts.append(attempt)
        self.tell(
            "answered",
            role=ask.routed.role,
            slot=ask.routed.slot,
            model=attempt.model,
            attempt=ask.routed.attempt,
            ending=attempt.ending,
            why=attempt.why,
            latency_s=round(attempt.latency_s, 6),
            cache_hit="local" if answer.reused else None,
        )
