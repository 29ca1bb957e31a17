"""Models that say what a test wrote down, behind the seam that every client of ours has.

    models = Models({"cheap": ["first answer", Unavailable("server"), "third"]})

What is asked is kept in `models.calls`, in order of arrival, with the part of the routed task that
the charge of such a call would carry.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.course import Task, Tools
from pytest_specbudget.agents.execution import run
from pytest_specbudget.agents.hands import Hands
from pytest_specbudget.agents.prompts import Prompt
from pytest_specbudget.agents.values import NoReply, Reply
from pytest_specbudget.meters.scope import routing
from pytest_specbudget.routing.values import Decision, ModelProfile, Plan, RoutingTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pytest_specbudget.agents.outcome import Outcome
    from pytest_specbudget.agents.values import Question
    from pytest_specbudget.core.routed import Routed
    from pytest_specbudget.quality.metric import Metric

__all__ = ["Asked", "Models", "carried_out", "decision", "plan", "table"]

Said = str | Reply | NoReply | BaseException


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that arrived."""

    model: str
    question: Question
    routed: Routed

    @property
    def text(self) -> str:
        return "\n".join(message.text for message in self.question.messages)

    @property
    def part(self) -> tuple[str, str, int, str | None]:
        """Role, model, try and reason."""
        return self.routed.role, self.model, self.routed.attempt, self.routed.reason


@dataclass(slots=True)
class Models:
    """Answers by model, one after the other; the last one is said again and again.

    Attributes:
        says: What each model says; one that is not here says its own name.
        arrived: Called with the model at each arrival, before it is answered.
    """

    says: Mapping[str, list[Said]] = field(default_factory=dict)
    arrived: Callable[[str], object] = lambda _model: None
    calls: list[Asked] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, profile: ModelProfile, question: Question) -> Reply:
        said = self._next(profile.name, question)
        self.arrived(profile.name)
        return _replied(said)

    async def ask_async(self, profile: ModelProfile, question: Question) -> Reply:
        said = self._next(profile.name, question)
        waiting: Any = self.arrived(profile.name)
        if asyncio.iscoroutine(waiting):
            await waiting
        return _replied(said)

    @property
    def parts(self) -> list[tuple[str, str, int, str | None]]:
        return [each.part for each in self.calls]

    @property
    def asked(self) -> list[str]:
        return [each.model for each in self.calls]

    def _next(self, model: str, question: Question) -> Said:
        routed = routing()
        assert routed is not None, f"{model} was asked outside of any routed task"
        with self._lock:
            before = self.asked.count(model)
            self.calls.append(Asked(model, question, routed))
        script = self.says.get(model, [model])
        return script[min(before, len(script) - 1)]


def _replied(said: Said) -> Reply:
    if isinstance(said, BaseException):
        raise said
    return said if isinstance(said, Reply) else Reply(text=said, finish="stop")


def table(
    *plans: Plan,
    premium: Iterable[str] = (),
    alternates: Mapping[str, tuple[str, ...]] | None = None,
) -> RoutingTable:
    """Return a table that knows every model of *plans*, and their alternates."""
    instead = alternates or {}
    named = [*(name for one in plans for name in one.models), *instead]
    named += [name for names in instead.values() for name in names]
    return RoutingTable(
        tiers={one.tier: one for one in plans},
        commands={},
        default=plans[0].tier,
        profiles={
            name: ModelProfile(
                name=name,
                provider="openai",
                model=f"{name}-2026",
                wire="openai",
                premium=name in premium,
                alternates=instead.get(name, ()),
            )
            for name in named
        },
        source="the test",
        checksum="f" * 64,
    )


def plan(tier: str = "S", *primaries: str, least: str = "0.85", **more: Any) -> Plan:
    """Return a plan; without models it asks `cheap`."""
    asked = primaries or ("cheap",)
    return Plan(tier=tier, primaries=asked, min_quality=Fraction(least), **more)


def decision(first: Plan, *escalations: Plan, **more: Any) -> Decision:
    """Return the decision to carry out *first*, and the others where that is not enough."""
    return Decision(
        command="plan",
        plan=first,
        escalations=escalations,
        reasons=("the test says so",),
        table="f" * 64,
        **more,
    )


def carried_out(  # noqa: PLR0913 - each is what some test is about
    models: Models,
    *plans: Plan,
    prompt: str = "Plan it.",
    validators: Iterable[Callable[[str], Any]] = (),
    metric: Metric | None = None,
    premium: Iterable[str] = (),
    alternates: Mapping[str, tuple[str, ...]] | None = None,
    decided: Mapping[str, Any] | None = None,
    hands: Hands | None = None,
    **tools: Any,
) -> Outcome:
    """Carry out *plans*, the first one first, with threads."""
    known = table(*plans, premium=premium, alternates=alternates)
    judges = tuple(validators)
    task = Task(id="task-1", prompt=Prompt.said(prompt), validators=judges, metric=metric)
    chosen = decision(*plans, **(decided or {}))
    return run(chosen, task, Tools(table=known, **tools), hands or Hands(models))
