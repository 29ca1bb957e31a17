"""Says whether an answer is good enough: the user's validators first, then the plan's model.

A model is not paid to judge what a validator has already turned down.  An answer that nobody could
judge though the plan names a judge is not accepted: unknown is never good enough.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from pytest_specbudget.agents.appraisal import UNJUDGED, Appraisal
from pytest_specbudget.agents.attempts import asked_one
from pytest_specbudget.agents.steps import Check, shown_words, why_of
from pytest_specbudget.agents.validating import judge_of
from pytest_specbudget.agents.values import Message, Question, Unavailable
from pytest_specbudget.agents.verdicts import VERDICT_SCHEMA, opinion
from pytest_specbudget.quality.asserting import steady
from pytest_specbudget.quality.judged import Judged, least_of
from pytest_specbudget.quality.wording import beside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_specbudget.agents.course import Course
    from pytest_specbudget.agents.steps import Steps
    from pytest_specbudget.agents.values import NoReply, Reply

__all__ = ["appraised", "checked"]

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
    for validator in (judge_of(one, course.plan) for one in course.task.validators):
        routed = course.routed("validator", validator.name)
        (done,) = yield (Check(run=partial(validator, reply.text), routed=routed),)
        if done.problem is not None:
            so_far = Appraisal(judged=tuple(judged))
            told = f"{why_of(done.problem)}: {shown_words(str(done.problem))}"
            return _unjudged(so_far, validator.name, done.problem, told)
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
        return _unjudged(so_far, "its validator", answer.problem, str(answer.told))
    told = opinion(answer.reply.text)
    if told is None:
        return replace(so_far, score=None, accepted=False, reason="its validator gave no verdict")
    passed = told.score >= _least(course)
    verdict = Judged(score=told.score, passed=passed, reason=told.reason, name=f"model:{slot}")
    return _together(course, [*so_far.judged, _told(course, verdict)])


def _question(course: Course, text: str) -> Question:
    task = course.task.prompt.text(course.plan.tier)
    words = course.words("judge", task=task, answer=text).text
    return Question(messages=(Message(role="user", text=words),), schema=VERDICT_SCHEMA)


def _unjudged(so_far: Appraisal, judge: str, problem: NoReply | None, told: str) -> Appraisal:
    """Say that a judge could not be heard, as *told* to people."""
    why = "" if problem is None else why_of(problem)
    return Appraisal(
        judged=so_far.judged,
        score=None,
        accepted=False,
        reason=f"{judge} did not answer: {why}",
        words=f"{judge} did not answer: {told}",
        blocked=isinstance(problem, Unavailable),
    )


def _together(course: Course, judged: Sequence[Judged]) -> Appraisal:
    """Make one of what all judges said; the worst of them counts, and equal is enough."""
    if not judged:
        return UNJUDGED
    worst = min(judged, key=lambda one: (one.passed, one.score))
    score, least = min(one.score for one in judged), _least(course)
    if worst.passed and score >= least:
        return Appraisal(judged=tuple(judged), score=score)
    below = score < least
    compared = " < ".join(beside(score, least))
    reason = f"quality {compared}" if below else f"turned down by {worst.name}"
    return Appraisal(
        judged=tuple(judged),
        score=score,
        accepted=False,
        reason=reason,
        feedback=steady(worst.reason) or reason,
    )


def _least(course: Course) -> Fraction:
    return least_of(course.plan.min_quality, course.plan.strictness)


def _told(course: Course, judged: Judged) -> Judged:
    course.tell("judged", by=judged.name, score=str(judged.score), passed=judged.passed)
    return judged
