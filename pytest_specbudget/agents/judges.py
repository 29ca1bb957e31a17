"""A validator that asks a model, for guardrails and for judges that no plan names.

Its calls are charged as a validator's.  A model that cannot be had, or gives no verdict, raises
`NoReply`: the answer is then not judged, which is never good enough, and no quality of 0.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.agents.prompts import BUILT_IN
from pytest_specbudget.agents.values import BadReply, Message, Question
from pytest_specbudget.agents.verdicts import VERDICT_SCHEMA, opinion
from pytest_specbudget.meters.scope import routed_as, routing
from pytest_specbudget.quality.judged import Judged

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from pytest_specbudget.agents.prompts import Prompts
    from pytest_specbudget.agents.values import Asking
    from pytest_specbudget.routing.values import ModelProfile

__all__ = ["ModelJudge"]

_ENOUGH = Fraction(85, 100)


@dataclass(frozen=True, slots=True)
class ModelJudge:
    """Accepts what a model finds good enough.

    Attributes:
        asking: Who asks it.
        profile: The model.
        task: What the answer is an answer to.
        threshold: The score that is good enough, 0 to 1; equal is enough.
        prompts: The words that it is asked with: the prompt `judge`.
    """

    asking: Asking
    profile: ModelProfile
    task: str
    threshold: Fraction = _ENOUGH
    prompts: Prompts = BUILT_IN

    @property
    def name(self) -> str:
        """`model:gpt-4o-mini`."""
        return f"model:{self.profile.name}"

    def __call__(self, answer: str) -> Judged:
        """Judge *answer*.

        Raises:
            NoReply: If the model cannot be had, or gives no verdict.
        """
        with self._as_itself():
            reply = self.asking.ask(self.profile, self._question(answer))
        told = opinion(reply.text)
        if told is None:
            raise BadReply("it gave no verdict")
        passed = told.score >= self.threshold
        return Judged(score=told.score, passed=passed, reason=told.reason, name=self.name)

    def _question(self, answer: str) -> Question:
        tier = self.profile.name
        words = self.prompts.pick("judge", tier, {"task": self.task, "answer": answer}).text
        return Question(messages=(Message(role="user", text=words),), schema=VERDICT_SCHEMA)

    def _as_itself(self) -> AbstractContextManager[None]:
        """Let the charge name this model, also within a guardrail that has a name of its own."""
        routed = routing()
        if routed is None:
            return nullcontext()
        return routed_as(replace(routed, role="validator", slot=self.profile.name))
