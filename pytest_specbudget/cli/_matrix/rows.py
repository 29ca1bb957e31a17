"""What became of each case with each model, as people and programs read it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from pytest_specbudget.cli._table import print_table
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.core.wording import dollars
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.reports.figures import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Row", "State", "print_planned", "print_recorded"]

State = Literal[
    "planned", "recorded", "recorded before", "refused", "not sent", "failed", "unknown", "no fit"
]
"""What became of a call: `unknown` was paid for, and nobody knows how much."""

_NOTHING = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One case with one model.

    Attributes:
        case: The name of the case.
        model: The model.
        state: What became of it.
        why: Why it is not recorded, or why its cost is not known; else empty.
        worst: The most that it could cost, or None where that has no bound.
        expected: What the counts of the case cost at the model's price, or None.
        cost: What it cost, exactly; None if it was not sent, or nobody knows.
        bound: What counts as its cost where that is unknown, or None.
        price_id: The price, or None.
        provider: Who was asked, by whose prices.
        usage: What it consumed, or None.
        duration_s: From the send to the end of the answer, in seconds, or None.
        sent_at: When it was sent, RFC 3339 in UTC, or None.
        characters: How long the texts in the answer are together, or None.
        recording: Its file below the folder of the matrix, with `/`, or None.
        question: The same for the same question, whoever is asked; or None.
    """

    case: str
    model: str
    state: State
    why: str = ""
    worst: Money | None = None
    expected: Money | None = None
    cost: Money | None = None
    bound: Money | None = None
    price_id: str | None = None
    provider: str | None = None
    usage: Usage | None = None
    duration_s: float | None = None
    sent_at: str | None = None
    characters: int | None = None
    recording: str | None = None
    question: str | None = None

    def line(self) -> str:
        """Say in one line what became of it."""
        cost = "" if self.cost is None else f"  {dollars(self.cost)}"
        why = f": {self.why}" if self.why else ""
        return visible(f"{self.state}  {self.case}  {self.model}{cost}{why}")

    def restored(self, booked: Mapping[str, Any]) -> Row:
        """Return this with what an earlier run *booked* of it.

        Raises:
            RecordingError: If that makes no sense.
        """
        try:
            return replace(
                self,
                cost=_money(booked["cost_usd"]),
                bound=_money(booked["bound_usd"]),
                price_id=booked["price_id"],
                usage=Usage.of(booked["usage"] or {}),
                duration_s=booked["duration_s"],
                sent_at=booked["sent_at"],
                characters=booked["output_characters"],
            )
        except (LookupError, TypeError, ValueError) as problem:
            what = f"what is booked of {self.case} and {self.model} makes no sense"
            raise RecordingError(f"{what}: {type(problem).__name__}: {problem}") from problem

    def document(self) -> dict[str, Any]:
        """Return it for a program: amounts as exact decimal strings."""
        return self.booked() | {
            "state": self.state,
            "reason": self.why or None,
            "worst_cost_usd": _text(self.worst),
            "expected_cost_usd": _text(self.expected),
        }

    def booked(self) -> dict[str, Any]:
        """Return what is kept beside the recordings."""
        return {
            "case": self.case,
            "model": self.model,
            "provider": self.provider,
            "usage": None if self.usage is None else self.usage.reported(),
            "cost_usd": _text(self.cost),
            "bound_usd": _text(self.bound),
            "price_id": self.price_id,
            "duration_s": self.duration_s,
            "sent_at": self.sent_at,
            "output_characters": self.characters,
            "recording": self.recording,
            "question": self.question,
        }


def print_planned(rows: Iterable[Row]) -> None:
    """Show what would be sent and what it would cost."""
    headers = ("case", "model", "state", "at most", "expected")
    cells = [
        (row.case, row.model, row.state, _dollars(row.worst), _dollars(row.expected))
        for row in rows
    ]
    print_table(headers, cells, names=3)


def print_recorded(rows: Iterable[Row]) -> None:
    """Show what was recorded and what it cost."""
    headers = ("case", "model", "state", "input", "output", "cost", "latency", "characters")
    cells = [(row.case, row.model, row.state, *_figures(row)) for row in rows]
    print_table(headers, cells, names=3)


def _figures(row: Row) -> tuple[str, ...]:
    counts: Mapping[str, int] = row.usage.reported() if row.usage is not None else {}
    return (
        _count(counts.get("input_tokens")),
        _count(counts.get("output_tokens")),
        _cost(row),
        _NOTHING if row.duration_s is None else f"{row.duration_s:.2f} s",
        _count(row.characters),
    )


def _cost(row: Row) -> str:
    if row.cost is not None:
        return dollars(row.cost)
    if row.bound is not None:
        return f"≤ {dollars(row.bound)}"
    return "unknown" if row.state == "unknown" else _NOTHING


def _count(count: int | None) -> str:
    return _NOTHING if count is None else f"{count:,}"


def _dollars(amount: Money | None) -> str:
    return _NOTHING if amount is None else dollars(amount)


def _money(text: str | None) -> Money | None:
    return None if text is None else Money.parse(text)


def _text(amount: Money | None) -> str | None:
    return None if amount is None else str(amount)
