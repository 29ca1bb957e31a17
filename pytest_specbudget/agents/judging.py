"""Says whether an answer is good enough: the user's validators first, then the plan's model.

A model is not paid to judge what a validator has already turned down.  An answer that nobody could
judge though the plan names a judge is not accepted: unknown is never good enough.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from pytest_specbudget.agents.attempts import asked_one
from pytest_specbudget.agents.course import shown
from pytest_specbudget.agents.steps import Check, why_of
from pytest_specbudget.agents.values import Message, Question
from pytest_specbudget.agents.verdicts import VERDICT_SCHEMA, opinion
from pytest_specbudget.core.value import value
from pytest_specbudget.quality.checks import Function
from pytest_specbudget.quality.judged import Judged, least_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_specbudget.agents.course import Course
    from pytest_specbudget.agents.steps import Steps
    from pytest_specbudget.agents.values import Reply
    from pytest_specbudget.quality.judged import Validator

__all__ = ["UNJUDGED", "Appraisal", "appraised", "checked"]


@value
class Appraisal:
    """How good an answer is, all judges together.

    Attributes:
        judged: What each judge said.
        score: The least of their scores, or None if there was no judge.
        accepted: Whether that is good enough.
        reason: Why it is not, in our own words alone, or None.
        feedback: What the model is told when it is asked again; may quote a judge.
    """

    judged: tuple[Judged, ...] = ()
    score: Fraction | None = None
    accepted: bool = True
    reason: str | None = None
    feedback: str = ""


UNJUDGED = Appraisal()

_UNFIT = {
    "empty": "it was empty",
    "length": "it was cut off at its longest",
    "refusal": "the model refused",
}


def checked(course: Course, reply: Reply) -> Steps[Appraisal]:
    """Judge an answer by what needs no model of the plan: how it ended, the user's validators."""
    ending = reply.finish if reply.text.strip() or reply.finish in _UNFIT else "empty"
    if ending in _UNFIT:
        return Appraisal(score=Fraction(0), accepted=False, reason=ending, feedback=_UNFIT[ending])
    judged: list[Judged] = []
    for validator in (_validator(course, one) for one in course.task.validators):
        routed = course.routed("validator", validator.name)
        (done,) = yield (Check(run=partial(validator, reply.text), routed=routed),)
        if done.problem is not None:
            so_far = Appraisal(judged=tuple(judged))
            return _unjudged(so_far, f"{validator.name} did not answer: {why_of(done.problem)}")
        judged.append(_told(course, done.value))
    return _together(course, judged)


def appraised(course: Course, text: str, so_far: Appraisal) -> Steps[Appraisal]:
    """Let the plan's model judge too, if there is one and nobody has turned the answer down."""
    slot = course.plan.validator
    if slot is None or not so_far.accepted:
        return so_far
    seat = course.seat(slot, _question(course, text))
    answer = yield from asked_one(course, "validator", seat)
    if answer.reply is None:
        return _unjudged(so_far, f"its validator did not answer: {answer.why}")
    told = opinion(answer.reply.text)
    if told is None:
        return _unjudged(so_far, "its validator gave no verdict")
    passed = told.score >= _least(course)
    verdict = Judged(score=told.score, passed=passed, reason=told.reason, name=f"model:{slot}")
    return _together(course, [*so_far.judged, _told(course, verdict)])


def _question(course: Course, text: str) -> Question:
    task = course.task.prompt.text(course.plan.tier)
    words = course.words("judge", task=task, answer=text).text
    return Question(messages=(Message(role="user", text=words),), schema=VERDICT_SCHEMA)


def _unjudged(so_far: Appraisal, reason: str) -> Appraisal:
    return Appraisal(judged=so_far.judged, score=None, accepted=False, reason=reason)


def _together(course: Course, judged: Sequence[Judged]) -> Appraisal:
    """Make one of what all judges said; the worst of them counts, and equal is enough."""
    if not judged:
        return UNJUDGED
    worst = min(judged, key=lambda one: (one.passed, one.score))
    score, least = min(one.score for one in judged), _least(course)
    if worst.passed and score >= least:
        return Appraisal(judged=tuple(judged), score=score)
    below = score < least
    reason = f"quality {shown(score, least)}" if below else f"turned down by {worst.name}"
    return Appraisal(
        judged=tuple(judged),
        score=score,
        accepted=False,
        reason=reason,
        feedback=worst.reason or reason,
    )


def _validator(course: Course, validator: Callable[[str], Any]) -> Validator:
    """Understand a user's own function; what has a name and says a `Judged` stays as it is."""
    if hasattr(validator, "name"):
        return cast("Validator", validator)
    return Function(validator, course.plan.min_quality, course.plan.strictness)


def _least(course: Course) -> Fraction:
    return least_of(course.plan.min_quality, course.plan.strictness)


def _told(course: Course, judged: Judged) -> Judged:
    course.tell("judged", by=judged.name, score=str(judged.score), passed=judged.passed)
    return judged
