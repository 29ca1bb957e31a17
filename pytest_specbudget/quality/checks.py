"""Validators of text: a pattern, a rubric of named checks, a user's own function."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.value import value
from pytest_specbudget.quality.asserting import asserted, steady
from pytest_specbudget.quality.judged import Judged, least_of, rejection
from pytest_specbudget.quality.metric import share_of
from pytest_specbudget.quality.wording import beside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_specbudget.quality.judged import Strictness

__all__ = ["ENOUGH", "Check", "Function", "Matches", "Rubric"]

ENOUGH = Fraction(85, 100)
"""The score that is good enough unless something else is asked: 0.85, which itself is."""

_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Matches:
    """Accepts text that matches a pattern.

    Attributes:
        pattern: A regular expression.
        strictness: `strict` wants the whole answer to match, `normal` some part of it, `lenient`
            some part whatever its case.
    """

    pattern: str | re.Pattern[str]
    strictness: Strictness = "normal"

    @property
    def name(self) -> str:
        """`regex/1`."""
        return "regex/1"

    def __call__(self, answer: str) -> Judged:
        """Judge *answer*: 1 if it matches, else 0."""
        compiled = re.compile(self.pattern)
        if self.strictness == "lenient":
            compiled = re.compile(compiled.pattern, compiled.flags | re.IGNORECASE)
        match = compiled.fullmatch if self.strictness == "strict" else compiled.search
        if match(answer.strip()) is None:
            return rejection(self.name, [f"it does not match {compiled.pattern!r}"])
        return Judged(score=_ONE, passed=True, name=self.name)


@value
class Check:
    """One line of a rubric.

    Attributes:
        name: What it looks for, as people say it.
        check: Takes the answer and returns whether it holds, or a share from 0 to 1.
        weight: What it counts, above 0.
    """

    name: str
    check: Callable[[str], object]
    weight: Fraction = _ONE


@dataclass(frozen=True, slots=True)
class Rubric:
    """Accepts an answer that meets enough of several weighted checks.

    Attributes:
        checks: The checks; one at least.
        threshold: The score that is good enough, from 0 to 1.
        strictness: Shifts the threshold.
    """

    checks: Sequence[Check]
    threshold: Fraction = ENOUGH
    strictness: Strictness = "normal"

    @property
    def name(self) -> str:
        """`rubric/1`."""
        return "rubric/1"

    def __call__(self, answer: str) -> Judged:
        """Judge *answer* by the weight of what it meets over the weight of all.

        Raises:
            ValueError: If there is no check, or one returns no share.
        """
        met = [(one, _held(one.check, answer, one.name)) for one in self.checks]
        whole = sum((one.weight for one, _ in met), Fraction(0))
        if not whole:
            raise ValueError("a rubric needs a check with a weight above 0")
        score = sum((one.weight * share for one, share in met), Fraction(0)) / whole
        missed = [f"not met: {one.name}" for one, share in met if share < 1]
        passed = score >= least_of(self.threshold, self.strictness)
        return Judged(score=score, passed=passed, reason="; ".join(missed), name=self.name)


@dataclass(frozen=True, slots=True)
class Function:
    """Accepts what a user's function says is good enough.

    An `AssertionError` or a `ValueError` of the function is a rejection with its message, so that
    a validator may simply parse and assert; any other error is a mistake in it, and is raised.  Of
    a failed assertion only the user's own words are told, not what pytest adds to them.

    Attributes:
        function: Takes the answer and returns whether it is good, a score from 0 to 1, or a
            `Judged`; None is as good as true, for functions that only assert.
        threshold: The score that is good enough, from 0 to 1.
        strictness: Shifts the threshold.
        called: Its name, if not the function's own.
    """

    function: Callable[[str], object]
    threshold: Fraction = ENOUGH
    strictness: Strictness = "normal"
    called: str = ""

    @property
    def name(self) -> str:
        """`function:is_polite`."""
        return f"function:{self._label}"

    @property
    def _label(self) -> str:
        return self.called or getattr(self.function, "__name__", type(self.function).__name__)

    def __call__(self, answer: str) -> Judged:
        """Judge *answer*.

        Raises:
            ValueError: If the function returns what is no judgement.
        """
        try:
            told = self.function(answer)
        except AssertionError as error:
            return rejection(self.name, [asserted(error, self._label)])
        except ValueError as error:
            words = steady(str(error)).strip() or f"{type(error).__name__} was raised"
            return rejection(self.name, [words])
        if isinstance(told, Judged):
            return told
        return self._judged(_ONE if told is None else share_of(told, self._label), told)

    def _judged(self, score: Fraction, told: object) -> Judged:
        least = least_of(self.threshold, self.strictness)
        if score >= least:
            return Judged(score=score, passed=True, name=self.name)
        says = "no" if told is False else beside(score, least)[0]
        return rejection(self.name, [f'"{self._label}" says {says}'], score)


def _held(check: Callable[[str], object], answer: str, name: str) -> Fraction:
    try:
        return share_of(check(answer), name)
    except AssertionError:
        return Fraction(0)
