"""What is known of an answer: what it says, and how good it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.agents.steps import shown_words
from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from fractions import Fraction

    from pytest_specbudget.agents.values import Question, Reply
    from pytest_specbudget.quality.judged import Judged

__all__ = ["UNJUDGED", "Appraisal", "Heard"]


@value
class Appraisal:
    """How good an answer is, all judges together.

    Attributes:
        judged: What each judge said.
        score: The least of their scores, or None if there was no judge.
        accepted: Whether that is good enough.
        reason: Why it is not, in our own words alone, or None.
        feedback: What the model is told when it is asked again; may quote a judge.  Empty where
            nothing is known to be wrong with the answer.
        words: What people are told instead, where there is more to tell; may quote a provider.
        blocked: Whether a model that was needed could not be had, so that this says nothing about
            quality.
    """

    judged: tuple[Judged, ...] = ()
    score: Fraction | None = None
    accepted: bool = True
    reason: str | None = None
    feedback: str = ""
    words: str = ""
    blocked: bool = False

    @property
    def told(self) -> str | None:
        """Why it is not good enough, for people; None if it is."""
        more = shown_words(" ".join(self.feedback.split()))
        if self.reason is None or self.words or more in {"", self.reason}:
            return self.words or self.reason
        return f"{self.reason}: {more}"


UNJUDGED = Appraisal()


@value
class Heard:
    """A primary's answer, and whether it is fit to be used.

    Attributes:
        reply: The answer.
        appraisal: How good it is.
        question: What it answers.
        by: The model that gave it, by its name in the table.
    """

    reply: Reply
    appraisal: Appraisal
    question: Question
    by: str
