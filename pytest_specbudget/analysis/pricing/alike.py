"""Records that are priced one by one, alike ones together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.pricing.statement import TOLD
from pytest_specbudget.analysis.pricing.summing import Problem, Sum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_specbudget.prices.pricing import Quote

__all__ = ["Alike"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Records of which each costs what the others do.

    Attributes:
        told: What one of them tells, by the names of columns.
        records: How many they are.
        calls: How many of them are calls.
        firsts: How many should have a recorded cost.
        cost: What each was recorded at, in attodollars; None if it was not.
        recorded: That cost of all of them.
    """

    told: dict[str, Any]
    records: int
    calls: int
    firsts: int
    cost: int | None
    recorded: int

    @classmethod
    def of(cls, row: Sequence[Any]) -> Alike:
        """Read a row of `Statements.one_by_one`, without the key of its group."""
        values, rest = row[: len(TOLD)], row[len(TOLD) :]
        cost, _, example, at, clock, *sums = rest
        records, calls, firsts, recorded = (int(count or 0) for count in sums)
        beside = {"id": example, "at": at, "clock": clock, "operation": None, "request_model": None}
        return cls(
            told={**beside, **dict(zip(TOLD, values, strict=True))},
            records=records,
            calls=calls,
            firsts=firsts,
            cost=None if cost is None else int(cost),
            recorded=recorded,
        )

    def sum(self, quote: Quote) -> Sum:
        """Sum them up, where one of them costs what *quote* says."""
        cost, paid = quote.list_cost, quote.contracted_cost
        known = 0 if self.cost is None else self.records
        one = Sum(self.records, self.calls, self.firsts, known, self.recorded)
        one.input_tokens, one.output_tokens = self._tokens()
        if cost is None or paid is None:
            one.lost = self.recorded
            return one
        one.priced = self.records
        one.repriced = cost.atto * self.records
        one.contracted = paid.atto * self.records
        if self.cost is None:
            one.gained = cost.atto * self.firsts
        else:
            one.moved = abs(cost.atto - self.cost) * self.records
        return one

    def problem(self, reason: str) -> Problem:
        """Say why they have no price."""
        told = self.told
        return Problem(
            told["provider"], told["model"], reason, told["id"], self.records, *self._tokens()
        )

    def _tokens(self) -> tuple[int, int]:
        each = (self.told["input_tokens"], self.told["output_tokens"])
        given, made = (self.records * int(count or 0) for count in each)
        return given, made
