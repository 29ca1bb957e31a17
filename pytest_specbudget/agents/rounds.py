"""Carries out one plan: primaries, their consensus, judges, and the retries that it allows.

A retry asks again whom it must: first those whose answer is missing or was turned down by itself,
before an aggregator is paid; or else everybody who answered, told what was wrong.  What cannot
change by asking again (a rate limit that lasts, a question that the provider will not take) is not
asked again.

A plan that takes over knows what its models answered before: one whose answer was turned down is
told what was wrong with it, and an answer to the same question that nobody found wrong stands.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.agents.agreeing import agreed, disagreed
from pytest_specbudget.agents.appraisal import Appraisal, Heard
from pytest_specbudget.agents.attempts import asked
from pytest_specbudget.agents.judging import appraised, checked
from pytest_specbudget.agents.natively import done_natively
from pytest_specbudget.agents.result import Result
from pytest_specbudget.agents.values import Message, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_specbudget.agents.course import Course, Seat
    from pytest_specbudget.agents.steps import Answer, Steps
    from pytest_specbudget.agents.values import Question, Reply

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
        self.heard = {slot: course.heard.get(slot) for slot in course.plan.primaries}

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
            again = self._turned_down(result.appraisal)
            if not left or not again:
                break
            self._retry(result.appraisal.reason)
        self.course.heard |= {one.by: one for one in self._said()}
        return result

    def _retry(self, reason: str | None) -> None:
        self.course.number += 1
        self.course.reason = reason

    def _said(self) -> list[Heard]:
        return [one for one in self.heard.values() if one is not None]

    def _ask(self, slots: Iterable[str]) -> Steps[None]:
        """Ask the primaries on *slots* side by side, and look at each answer by itself."""
        course, question = self.course, self.course.question()
        seats: list[Seat] = []
        for slot in slots:
            before = self.heard[slot]
            if before is not None and _stands(before, question):
                yield from self._hear(slot, before.reply, before.by)
            else:
                seats.append(course.seat(slot, _again(course, question, before)))
        for slot, answer in (yield from asked(course, "primary", seats)).items():
            self.answers[slot] = answer
            self.heard[slot] = None
            if answer.reply is not None:
                yield from self._hear(slot, answer.reply, answer.by)

    def _hear(self, slot: str, reply: Reply, by: str) -> Steps[None]:
        appraisal = yield from checked(self.course, reply)
        question = self.course.question()
        self.heard[slot] = Heard(reply=reply, appraisal=appraisal, question=question, by=by)

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

    def _turned_down(self, appraisal: Appraisal) -> list[str]:
        """Let each model hear what was wrong with what all of them came to; return who answered.

        What was wrong with its own answer goes before that.  Nobody has anything to hear where
        nothing is known to be wrong.
        """
        if appraisal.accepted or not appraisal.feedback:
            return []
        answered = {slot: one for slot, one in self.heard.items() if one is not None}
        for slot, one in answered.items():
            if one.appraisal.accepted:
                self.heard[slot] = replace(one, appraisal=appraisal)
        return [*answered]

    def _concluded(self) -> Steps[Result]:
        """Make one answer of what was heard, and let the plan's validator judge it."""
        course, heard, said = self.course, self.heard, self._said()
        fit = [one for one in said if one.appraisal.accepted]
        if not fit or len(said) < course.plan.min_agents:
            return self._short(said, fit)
        if len(heard) == 1:
            reply, appraisal, consensus = fit[0].reply, fit[0].appraisal, None
        else:
            one = yield from agreed(course, heard)
            reply, appraisal, consensus = one.reply, one.appraisal, one.consensus
        appraisal = yield from appraised(course, reply.text, appraisal)
        return Result(reply=reply, appraisal=appraisal, consensus=consensus)

    def _short(self, said: Sequence[Heard], fit: Sequence[Heard]) -> Result:
        """Say that too few models answered, or none what can be used, and keep the best answer."""
        best = max(said, key=_standing, default=None)
        if best is None:
            appraisal = self._silence()
        elif not fit:
            appraisal = best.appraisal
        else:
            least = self.course.plan.min_agents
            reason = f"{len(said)} of {len(self.heard)} models answered, {least} are needed"
            appraisal = replace(
                best.appraisal, accepted=False, reason=reason, words=f"{reason}: {self._why()}"
            )
        return Result(
            reply=None if best is None else best.reply,
            appraisal=appraisal,
            consensus=disagreed(self.course, self.heard),
        )

    def _silence(self) -> Appraisal:
        """Say that nobody answered; that nobody could be had says nothing about quality."""
        answers = self.answers.values()
        blocked = bool(answers) and all(isinstance(one.problem, Unavailable) for one in answers)
        return Appraisal(
            score=None if blocked else Fraction(0),
            accepted=False,
            reason=", ".join(dict.fromkeys(str(one.why) for one in answers)) or "nobody to ask",
            words=self._why(),
            blocked=blocked,
        )

    def _why(self) -> str:
        """Say for people who did not answer in this plan, and why."""
        ours = (one for one in self.course.attempts if one.routed.tier == self.course.plan.tier)
        told = dict.fromkeys(one.told for one in ours if one.told and one.routed.role == "primary")
        return "; ".join(map(str, told))


def _stands(before: Heard, question: Question) -> bool:
    """Tell whether an answer is one to this very question, with nothing known against it."""
    return not before.appraisal.feedback and before.question.messages == question.messages


def _again(course: Course, question: Question, before: Heard | None) -> Question:
    """Return what a primary is asked: the task, and what was wrong with its answer before."""
    if before is None or not before.appraisal.feedback:
        return question
    words = course.words("feedback", reason=before.appraisal.feedback).text
    said = Message(role="assistant", text=before.reply.text)
    told = Message(role="user", text=words)
    return replace(question, messages=(*question.messages, said, told))


def _standing(one: Heard) -> tuple[bool, object]:
    """Rank answers: those that can be used first, then by their score."""
    score = one.appraisal.score
    return one.appraisal.accepted, 1 if score is None else score
