"""Validators of single answers, for an answer to several tasks at once."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.batching import split
from pytest_specbudget.quality.checks import Function
from pytest_specbudget.quality.judged import Judged, rejection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_specbudget.routing.values import Plan

__all__ = ["Parts"]


class Parts:
    """Accepts an answer that says every task once, and each so that all validators accept it."""

    name = "batch/1"

    def __init__(self, tasks: int, validators: Sequence[Callable[[str], Any]], plan: Plan) -> None:
        self._tasks = tasks
        self._validators = [
            one if hasattr(one, "name") else Function(one, plan.min_quality, plan.strictness)
            for one in validators
        ]

    def __call__(self, answer: str) -> Judged:
        """Judge *answer* by the worst that is said of any part."""
        parts = split(answer, self._tasks)
        if parts is None:
            return rejection(self.name, ["it does not answer every task once"])
        judged = [validator(part) for part in parts for validator in self._validators]
        whole = Judged(score=Fraction(1), passed=True, name=self.name)
        return min([whole, *judged], key=lambda one: (one.passed, one.score))
