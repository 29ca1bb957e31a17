"""Carries out a decision: as a generator that does no work itself, and two drivers that do it.

    outcome = run(decision, task, tools, Hands(asking))                # in threads
    outcome = await run_async(decision, task, tools, Hands(asking))    # in the running loop

Work of one step goes side by side, so a consensus of three takes the time of its slowest agent.
What raises anything but `NoReply` (a refused call, a mistake in a validator) ends the execution,
once the work beside it has ended, so that nothing is left running that costs money.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.course import Course
from pytest_specbudget.agents.escalation import climbed
from pytest_specbudget.agents.outcome import Outcome

if TYPE_CHECKING:
    from pytest_specbudget.agents.course import Task, Tools
    from pytest_specbudget.agents.hands import Hands
    from pytest_specbudget.agents.result import Result
    from pytest_specbudget.agents.steps import Steps
    from pytest_specbudget.routing.values import Decision

__all__ = ["execute", "run", "run_async"]


def execute(decision: Decision, task: Task, tools: Tools) -> Steps[Outcome]:
    """Carry out *decision*; yields work, is sent what came of it, and returns the outcome.

    Told, in this order: `staged`, `classified`, `planned`; for each model `spawned` and `answered`;
    `native`, `agreed`, `judged`, `escalated` as they happen; `routed` at the end.
    """
    course = Course(
        task=task,
        tools=tools,
        decision=decision,
        plan=decision.plan,
        reason="override" if decision.overridden else None,
    )
    _announce(course)
    result = yield from climbed(course)
    outcome = _outcome(course, result)
    _conclude(course, outcome, result.appraisal.reason)
    return outcome


def run(decision: Decision, task: Task, tools: Tools, hands: Hands) -> Outcome:
    """Carry out *decision*, and wait for it.

    Args:
        decision: Whom to ask as what.
        task: What is to be done.
        tools: With what.
        hands: Who does the work.
    """
    steps = execute(decision, task, tools)
    told: Any = None
    while True:
        try:
            work = steps.send(told)
        except StopIteration as end:
            return _whole(end)
        told = hands.do(work)


async def run_async(decision: Decision, task: Task, tools: Tools, hands: Hands) -> Outcome:
    """Carry out *decision* while others work; see `run`.  Validators run in threads."""
    steps = execute(decision, task, tools)
    told: Any = None
    while True:
        try:
            work = steps.send(told)
        except StopIteration as end:
            return _whole(end)
        told = await hands.do_async(work)


def _whole(end: StopIteration) -> Outcome:
    outcome: Outcome = end.value
    return outcome


def _announce(course: Course) -> None:
    decision, plan = course.decision, course.plan
    course.tell("staged", command=decision.command, stage=decision.stage)
    course.tell("classified", command=decision.command, known=decision.classified)
    course.tell(
        "planned",
        models=plan.models,
        native=plan.native or None,
        reasons=decision.reasons,
        overridden=decision.overridden or None,
    )


def _outcome(course: Course, result: Result) -> Outcome:
    reply, appraisal = result.reply, result.appraisal
    return Outcome(
        text="" if reply is None else reply.text,
        parsed=None if reply is None else reply.parsed,
        score=appraisal.score,
        accepted=appraisal.accepted,
        escalated=course.escalated,
        attempts=tuple(course.attempts),
        consensus=result.consensus,
        decision=course.decision,
        reason=appraisal.told,
        task=course.task.id,
        tier=course.plan.tier,
        escalation_reason=course.why_escalated,
        judged=appraisal.judged,
        prompt=course.task.prompt.picked(course.plan.tier),
        native=result.native,
        blocked=appraisal.blocked,
    )


def _conclude(course: Course, outcome: Outcome, reason: str | None) -> None:
    """Tell of the whole; the *reason* is in our own words, and quotes nobody."""
    decision, prompt = course.decision, outcome.prompt
    course.tell(
        "routed",
        command=decision.command,
        stage=decision.stage,
        models=decision.plan.models,
        planned_tier=decision.plan.tier,
        reasons=decision.reasons,
        table=decision.table,
        overridden=decision.overridden,
        downgraded=decision.downgraded,
        classified=decision.classified,
        native=outcome.native,
        accepted=outcome.accepted,
        reason=reason,
        blocked=outcome.blocked,
        escalated=outcome.escalated,
        escalation_reason=outcome.escalation_reason,
        attempts=len(outcome.attempts),
        score=None if outcome.score is None else str(outcome.score),
        prompt=None if prompt is None else prompt.name,
        prompt_tier=None if prompt is None else prompt.tier,
        prompt_version=None if prompt is None else prompt.version,
        prompt_missing=None if prompt is None else prompt.missing,
    )
