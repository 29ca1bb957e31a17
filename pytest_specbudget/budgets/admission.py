"""Whether a call may be sent under a hard ceiling, and the words for a refusal.

A call is admitted if everything that is spent, everything in flight and the most that this call
can cost stay within the ceiling together; a ceiling is inclusive.  What cannot be bounded is not
admitted, because nobody could say that it stays within anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.core.rises import adding_up
from pytest_specbudget.core.value import value
from pytest_specbudget.core.wording import dollars_beside, places_beside

if TYPE_CHECKING:
    from pytest_specbudget.budgets.gate import Ceiling
    from pytest_specbudget.core.money import Money

__all__ = ["Standing", "Stop", "Unbounded", "Worst", "over", "unbounded"]

_COLUMN = " " * len("    try          ")
"""What stands before a line that goes on with what the one above it began."""


@value
class Worst:
    """The most that a call can cost.

    Attributes:
        cost: How much.
        input_tokens: The most input that it is reckoned with, or None if it was declared.
        output_tokens: The most output, likewise.
        declared: Who declared the cost, if somebody did.
        seen: Whether a call like it came to cost that, and more than was reckoned.
    """

    cost: Money
    input_tokens: int | None = None
    output_tokens: int | None = None
    declared: str = ""
    seen: bool = False

    def __str__(self) -> str:
        """Say how it was reckoned."""
        if self.seen:
            return "one like it did, which is more than its request allows for"
        if self.declared:
            return f"{self.declared} declares that"
        return (
            f"at most {self.input_tokens:,} tokens of input, one for each byte of its body, and "
            f"{self.output_tokens:,} of output"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbounded:
    """Why nobody can say what a call may cost at most, and what to declare."""

    why: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a ceiling has left, before the call.

    Attributes:
        name: What it holds: `session`, `SPEC-1`, `test "t.py::test_a"`.
        ceiling: The most that may be spent, and where that was set.
        committed: What is spent and what is in flight, in all processes of the run.
        in_flight: The most that calls in flight may add; a part of *committed*.
    """

    name: str
    ceiling: Ceiling
    committed: Money
    in_flight: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Why a call was refused, in the four parts that people need.

    Attributes:
        subject: The name of the ceiling.
        what: What was measured against what; one line.
        origin: Where the limit was set, as the user wrote it.
        why: How it came to that.
        remedy: What to do about it.
    """

    subject: str
    what: str
    origin: str
    why: str
    remedy: str

    def __str__(self) -> str:
        """Write all of it, as the failure of a test shows it."""
        remedy = self.remedy.replace("\n", f"\n{_COLUMN}")
        return (
            f"{self.what}\n    set by       {self.origin}\n"
            f"    because      {self.why}\n    try          {remedy}"
        )


def over(standing: Standing, call: str, worst: Worst) -> Stop:
    """Refuse a *call* that could cost more than is left."""
    total, ceiling = standing.committed + worst.cost, standing.ceiling.amount
    could, most = dollars_beside(ceiling, total)
    spent, in_flight, cost = adding_up(
        [standing.committed - standing.in_flight, standing.in_flight, worst.cost],
        places_beside(ceiling, total),
    )
    return Stop(
        subject=standing.name,
        what=f"a model call was refused: with it, {standing.name} could spend {could} of {most}",
        origin=standing.ceiling.origin,
        why=f"{spent} is spent and {in_flight} in flight, and {call} may cost {cost}: {worst}",
        remedy="ask for fewer output tokens or a cheaper model, or raise the ceiling where it "
        "was set",
    )


def unbounded(standing: Standing, call: str, unknown: Unbounded) -> Stop:
    """Refuse a *call* of which nobody can say what it may cost."""
    return Stop(
        subject=standing.name,
        what=f"a model call was refused: nobody can say that {standing.name} would stay within "
        f"{dollars_beside(standing.ceiling.amount)[0]}",
        origin=standing.ceiling.origin,
        why=f"what {call} may cost has no bound: {unknown.why}",
        remedy=unknown.remedy,
    )
