"""Carries out one plan: primaries, their consensus, judges, and the retries that it allows.

A retry asks again whom it must: first those whose answer is missing or was turned down by itself,
before an aggregator is paid; or else everybody who answered, told what was wrong.  What cannot
change by asking again (a rate limit that lasts, a question that the provider will not take) is not
asked again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.agents.agreeing import Heard, agreed, disagreed
from pytest_specbudget.agents.attempts import asked
from pytest_specbudget.agents.judging import Appraisal, appraised, checked
from pytest_specbudget.agents.natively import done_natively
from pytest_specbudget.agents.result import Result
from pytest_specbudget.agents.values import Message, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.agents.course import Course
    from pytest_specbudget.agents.steps import Answer, Steps
    from pytest_specbudget.agents.values import Question

__all__ = ["carried_out"]


def carried_out(course: Course) -> Steps[Result]:
    """Carry out the plan that *course* is at, with its retries."""
    if course.plan.native:
        done = yield from done_natively(course)
        if done is not None:
            return done
    return (yield from _Rounds(course).all())


class _Rounds:
    """The rounds of one plan.

    Attributes:
        answers: What came of each slot when it was last asked.
        heard: What can be said of each answer; None where there is none.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.answers: dict[str, Answer] = {}
        self.heard: dict[str, Heard | None] = dict.fromkeys(course.plan.primaries)

    def all(self) -> Steps[Result]:
        """Ask, judge, and ask again as often as the plan allows."""
        again: Iterable[str] = self.heard
        for left in range(self.course.plan.retries, -1, -1):
            yield from self._ask(again)
            again = self._poor()
            if again and left:
                self._retry(self._reason(again))
                continue
            result = yield from self._concluded()
            again = [slot for slot, one in self.heard.items() if one is not None]
            if not left or result.appraisal.accepted or not result.appraisal.feedback or not again:
                break
            self._turn_down(result.appraisal)
            self._retry(result.appraisal.reason)
        return result

    def _retry(self, reason: str | None) -> None:
        self.course.number += 1
        self.course.reason = reason

    def _ask(self, slots: Iterable[str]) -> Steps[None]:
        """Ask the primaries on *slots* side by side, and look at each answer by itself."""
        course = self.course
        seats = [course.seat(slot, _question(course, self.heard[slot])) for slot in slots]
        for slot, answer in (yield from asked(course, "primary", seats)).items():
            self.answers[slot] = answer
            self.heard[slot] = None
            if answer.reply is not None:
                appraisal = yield from checked(course, answer.reply)
                self.heard[slot] = Heard(reply=answer.reply, appraisal=appraisal)

    def _poor(self) -> list[str]:
        """Return the slots whose answer may become better when they are asked again."""
        return [
            slot
            for slot, one in self.heard.items()
            if (self.answers[slot].transient if one is None else not one.appraisal.accepted)
        ]

    def _reason(self, slots: Iterable[str]) -> str | None:
        """Return why the first of *slots* has no answer that can be used."""
        slot = next(iter(slots))
        one = self.heard[slot]
        return self.answers[slot].why if one is None else one.appraisal.reason

    def _turn_down(self, appraisal: Appraisal) -> None:
        """Let each model that answered hear what was wrong with what all of them came to."""
        for slot, one in self.heard.items():
            if one is not None:
                self.heard[slot] = replace(one, appraisal=appraisal)

    def _concluded(self) -> Steps[Result]:
        """Make one answer of what was heard, and let the plan's validator judge it."""
        course, heard = self.course, self.heard
        fit = [one for one in heard.values() if one is not None and one.appraisal.accepted]
        if len(fit) < max(1, course.plan.min_agents):
            return self._too_few(len(fit))
        if len(heard) == 1:
            reply, appraisal, consensus = fit[0].reply, fit[0].appraisal, None
        else:
            one = yield from agreed(course, heard)
            reply, appraisal, consensus = one.reply, one.appraisal, one.consensus
        appraisal = yield from appraised(course, reply.text, appraisal)
        return Result(reply=reply, appraisal=appraisal, consensus=consensus)

    def _too_few(self, fit: int) -> Result:
        """Say that fewer answers can be used than the plan needs, and keep the best of them."""
        said = [one for one in self.heard.values() if one is not None]
        best = max(said, key=_standing, default=None)
        problems = [answer.problem for answer in self.answers.values()]
        return Result(
            reply=None if best is None else best.reply,
            appraisal=self._shortage(fit, best),
            consensus=disagreed(self.course, self.heard),
            blocked=bool(problems) and all(isinstance(one, Unavailable) for one in problems),
        )

    def _shortage(self, fit: int, best: Heard | None) -> Appraisal:
        if best is None:
            whys = dict.fromkeys(str(answer.why) for answer in self.answers.values())
            return Appraisal(accepted=False, reason=", ".join(whys) or "nobody to ask")
        if not fit:
            return best.appraisal
        least = self.course.plan.min_agents
        reason = f"{fit} of {len(self.heard)} answers can be used, {least} are needed"
        return replace(best.appraisal, accepted=False, reason=reason, feedback="")


def _question(course: Course, before: Heard | None) -> Question:
    """Return what a primary is asked: the task, and what was wrong with its answer before."""
    question = course.question()
    if before is None:
        return question
    words = course.words("feedback", reason=before.appraisal.feedback).text
    said = Message(role="assistant", text=before.reply.text)
    told = Message(role="user", text=words)
    return replace(question, messages=(*question.messages, said, told))


def _standing(one: Heard) -> tuple[bool, object]:
    """Rank answers: those that can be used first, then by their score."""
    score = one.appraisal.score
    return one.appraisal.accepted, 1 if score is None else score
