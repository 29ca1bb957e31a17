"""What a validator says of an answer."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol

from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Judged", "Strictness", "Validator", "least_of", "rejection"]

Strictness = Literal["lenient", "normal", "strict"]

_MAY_MISS = {"lenient": Fraction(3, 2), "normal": Fraction(1), "strict": Fraction(1, 2)}
_NONE = Fraction(0)


@value
class Judged:
    """One validator's judgement of one answer.

    Attributes:
        score: How good the answer is, exactly, from 0 to 1.
        passed: Whether that is good enough.
        reason: What is wrong with it, for people and for a model that tries again; empty if
            nothing is.
        name: Whose judgement it is, with its version: `schema/1`.
    """

    score: Fraction
    passed: bool
    reason: str = ""
    name: str = ""


class Validator(Protocol):
    """Judges an answer; one that asks a model or runs a program has the same shape."""

    @property
    def name(self) -> str:
        """Its name and version."""

    def __call__(self, answer: str) -> Judged:
        """Judge *answer*."""


def least_of(threshold: Fraction, strictness: Strictness) -> Fraction:
    """Return the score that is good enough; a score that equals it is.

    A strict validator lets half as much be missing as a normal one, a lenient one half as much
    again: 0.85 becomes 0.925 or 0.775.  A threshold of 1 is 1 at every level.
    """
    return max(_NONE, 1 - (1 - threshold) * _MAY_MISS[strictness])


def rejection(name: str, reasons: Iterable[str], score: Fraction = _NONE) -> Judged:
    """Return the judgement of an answer that is not good enough."""
    return Judged(score=score, passed=False, reason="; ".join(reasons), name=name)
