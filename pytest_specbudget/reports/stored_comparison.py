"""A stored comparison on its way in: its JSON becomes values, or an error that names the place."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pytest_specbudget.audit import comparison as values
from pytest_specbudget.core.finding import Result  # noqa: TC001 -- pydantic reads it
from pytest_specbudget.reports.shapes import Change, Count, Stored, Sums, Text, valued
from pytest_specbudget.samples.claim import Claim

__all__ = ["StoredComparison", "read"]

_Share = Annotated[float, Field(ge=0, le=1)]


def read(document: object, where: str) -> values.Comparison:
    """Read the comparison in *document*; *where* names it in errors.

    Raises:
        JournalError: If it is damaged, with the place of each problem.
    """
    found: values.Comparison = valued(StoredComparison, document, f"{where}: damaged comparison")
    return found


class _Change(Stored):
    makes = values.Change

    scope: values.Scope
    subject: Text
    base: Sums
    head: Sums
    said: values.Said
    limit: Text
    origin: Text
    why: list[Text]
    spec: Text


class _Listed(Stored):
    makes = values.Listed

    test: Text
    totals: Sums
    spec: Text


class _Renamed(Stored):
    old: Text
    new: Text

    def made(self) -> tuple[str, str]:
        return self.old, self.new


class _Effects(Stored):
    makes = values.Effects

    subject: Text
    base_usd: Change
    head_usd: Change
    price_usd: Change
    calls_usd: Change
    mix_usd: Change
    tokens_usd: Change
    kinds_usd: dict[Text, Change]


class _Request(Stored):
    makes = values.RequestChange

    test: Text
    places: list[Text]
    lines: list[Text]
    base_usd: Change | None
    head_usd: Change | None
    cassette: Text


class _Waste(Stored):
    makes = values.Waste

    kind: Literal["retry", "escalation", "duplicate"]
    test: Text
    calls: Count
    list_cost_usd: Change
    new: bool


class _Claim(Stored):
    makes = Claim

    question: Text
    said: Result
    n: Count
    estimate: Text | None
    interval: Annotated[list[Text], Field(min_length=2, max_length=2)] | None
    confidence: Text | None
    p: _Share | None
    power: _Share | None
    needed: Count | None
    method: Text


class StoredComparison(Stored):
    """What `comparison_json` writes, as far as this version reads it."""

    makes = values.Comparison

    base: Text
    head: Text
    limit: Text
    origin: Text
    changes: list[_Change]
    new: list[_Listed]
    vanished: list[_Listed]
    unrun: list[Text]
    renamed: list[_Renamed]
    effects: list[_Effects]
    requests: list[_Request]
    waste: list[_Waste]
    claims: list[_Claim]
    notes: list[Text]
