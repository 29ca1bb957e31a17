"""Makes validators of what users give for them: functions and objects, plain or async.

What has a name of its own and says a `Judged` stays what it is.  A function is given the threshold
of the plan.  What has to be awaited is awaited, in a loop of its own where one runs already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.both_ways import finished
from pytest_specbudget.quality.asserting import asserted
from pytest_specbudget.quality.checks import Function
from pytest_specbudget.quality.judged import Judged, rejection

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.quality.judged import Validator
    from pytest_specbudget.routing.values import Plan

__all__ = ["Registered", "judge_of"]


@dataclass(frozen=True, slots=True)
class Registered:
    """A function that somebody added as a validator, by a name.

    Attributes:
        called: The name.
        function: Takes the answer.
    """

    called: str
    function: Callable[[str], Any]

    def __call__(self, answer: str) -> Any:
        """Return what the function says."""
        return self.function(answer)


def judge_of(validator: Callable[[str], Any], plan: Plan) -> Validator:
    """Return *validator* as *plan* has it judge."""
    if hasattr(validator, "name"):
        return _Own(validator, plan)
    return _function(validator, plan, _label(validator))


def _label(validator: Any) -> str:
    """Return what a function is called; that of a partial one is the whole one's name."""
    function = getattr(validator, "func", validator)
    called = getattr(validator, "called", None) or getattr(function, "__name__", None)
    return str(called or type(function).__name__)


def _function(function: Callable[[str], Any], plan: Plan, called: str) -> Function:
    def said(answer: str) -> object:
        return finished(function(answer))

    return Function(said, plan.min_quality, plan.strictness, called)


@dataclass(frozen=True, slots=True)
class _Own:
    """A validator with a name of its own."""

    validator: Any
    plan: Plan

    @property
    def name(self) -> str:
        return str(self.validator.name)

    def __call__(self, answer: str) -> Judged:
        try:
            told = finished(self.validator(answer))
        except AssertionError as error:
            return rejection(self.name, [asserted(error, self.name)])
        if isinstance(told, Judged):
            return told
        judged = _function(lambda _: told, self.plan, self.name)(answer)
        return Judged(
            score=judged.score, passed=judged.passed, reason=judged.reason, name=self.name
        )
