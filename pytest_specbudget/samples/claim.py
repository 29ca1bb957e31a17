"""What samples say about a question, in three values: pass, fail, inconclusive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Result


__all__ = ["Claim"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One question, answered as far as the samples go.

    Attributes:
        question: As people ask it: `whole run`, `test tests/test_a.py::test_b`.
        said: `pass` if what is feared can be ruled out at the level asked for, `fail` if it is
            shown, else `inconclusive`.
        n: How many independent cases it rests on.
        estimate: The measured effect, as a ratio or a difference, exact text: `1.25`.
        interval: The bounds of its confidence interval, as `estimate`; None if there is none.
        confidence: Of the interval, as text: `0.95`.
        p: The probability of such samples if nothing had changed, or None.
        power: The probability to see the effect that matters with this n, or None.
        needed: How many cases would settle it, or None if that is unknown or it is settled.
        method: The test that was made, by name.
    """

    question: str
    said: Result
    n: int
    estimate: str | None = None
    interval: tuple[str, str] | None = None
    confidence: str | None = None
    p: float | None = None
    power: float | None = None
    needed: int | None = None
    method: str = ""
