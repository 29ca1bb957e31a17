"""A stored comparison on its way in: its JSON becomes values, or an error that names the place.

Whoever wrote it may be hostile, as a pull request from a fork is: nothing is taken on trust but its
shape, and what shows it escapes every text.  Keys that this version does not know are left alone.
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
)

from pytest_specbudget.audit.comparison import (
    Change,
    Comparison,
    Effects,
    Listed,
    RequestChange,
    Said,
    Scope,
    Waste,
)
from pytest_specbudget.core.finding import Result
from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import JournalError
from pytest_specbudget.samples.claim import Claim

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["StoredComparison", "read"]

_MOST_PROBLEMS = 5
_SIGNED = re.compile(r"(?P<minus>-?)(?P<amount>\d{1,60}(?:\.\d{1,18})?)", re.ASCII)


def read(document: object, where: str) -> Comparison:
    """Read the comparison in *document*; *where* names it in errors.

    Raises:
        JournalError: If it is damaged, with the place of each problem.
    """
    try:
        return StoredComparison.model_validate(document).comparison()
    except ValidationError as error:
        raise JournalError(f"{where}: damaged comparison: {_problems(error)}") from None


def _problems(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    told = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found[:_MOST_PROBLEMS]]
    more = len(found) - _MOST_PROBLEMS
    return "; ".join([*told, *([f"and {more} more"] if more > 0 else [])])


def _text(value: Any) -> str:
    """Take any text; pydantic's own check refuses the lone surrogates of odd file names."""
    if not isinstance(value, str):
        raise ValueError("should be text")  # noqa: TRY004 -- pydantic collects a ValueError only
    return value


def _signed(value: Any) -> Money:
    match = _SIGNED.fullmatch(_text(value))
    if match is None:
        raise ValueError("should be an exact amount, such as -0.25")
    amount = Money.parse(match["amount"])
    return amount * -1 if match["minus"] else amount


def _totals(value: Any) -> Totals:
    if not isinstance(value, dict):
        raise ValueError("should be an object of sums")  # noqa: TRY004 -- as above
    return Totals(**dict(_figures(value)))


def _figures(sums: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for field in fields(Totals):
        is_money = isinstance(field.default, Money)
        name = f"{field.name}_usd" if is_money else field.name
        if name not in sums:
            raise ValueError(f"{name} is missing")
        yield field.name, _amount(name, sums[name]) if is_money else _count(name, sums[name])


def _amount(name: str, value: Any) -> Money:
    try:
        return Money.parse(_text(value))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _count(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{name}: should be a whole number of 0 or more")
    return value


def _schema_of_totals() -> dict[str, Any]:
    figures = {
        f"{field.name}_usd" if (money := isinstance(field.default, Money)) else field.name: (
            {"type": "string", "pattern": r"^\d+(\.\d+)?$", "description": "exact USD"}
            if money
            else {"type": "integer", "minimum": 0}
        )
        for field in fields(Totals)
    }
    return {"type": "object", "properties": figures, "required": list(figures)}


_Text = Annotated[str, PlainValidator(_text), WithJsonSchema({"type": "string"})]
_Money = Annotated[
    Money,
    PlainValidator(_signed),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "description": "exact USD"}),
]
_Totals = Annotated[Totals, PlainValidator(_totals), WithJsonSchema(_schema_of_totals())]


class _Stored(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class _Change(_Stored):
    scope: Scope
    subject: _Text
    base: _Totals
    head: _Totals
    said: Said
    limit: _Text
    origin: _Text
    why: list[_Text]
    spec: _Text

    def change(self) -> Change:
        return Change(**dict(self) | {"why": tuple(self.why)})


class _Listed(_Stored):
    test: _Text
    totals: _Totals
    spec: _Text

    def listed(self) -> Listed:
        return Listed(**dict(self))


class _Renamed(_Stored):
    old: _Text
    new: _Text


class _Effects(_Stored):
    subject: _Text
    base_usd: _Money
    head_usd: _Money
    price_usd: _Money
    calls_usd: _Money
    mix_usd: _Money
    tokens_usd: _Money
    kinds_usd: dict[_Text, _Money]

    def effects(self) -> Effects:
        return Effects(**{name.removesuffix("_usd"): told for name, told in dict(self).items()})


class _Request(_Stored):
    test: _Text
    places: list[_Text]
    lines: list[_Text]
    base_usd: _Money | None
    head_usd: _Money | None
    cassette: _Text

    def request(self) -> RequestChange:
        return RequestChange(
            test=self.test,
            places=tuple(self.places),
            lines=tuple(self.lines),
            base=self.base_usd,
            head=self.head_usd,
            cassette=self.cassette,
        )


class _Waste(_Stored):
    kind: Literal["retry", "escalation", "duplicate"]
    test: _Text
    calls: Annotated[int, Field(ge=0)]
    list_cost_usd: _Money
    new: bool

    def waste(self) -> Waste:
        return Waste(
            kind=self.kind,
            test=self.test,
            calls=self.calls,
            list_cost=self.list_cost_usd,
            new=self.new,
        )


class _Claim(_Stored):
    question: _Text
    said: Result
    n: Annotated[int, Field(ge=0)]
    estimate: _Text | None
    interval: Annotated[list[_Text], Field(min_length=2, max_length=2)] | None
    confidence: _Text | None
    p: Annotated[float, Field(ge=0, le=1)] | None
    power: Annotated[float, Field(ge=0, le=1)] | None
    needed: Annotated[int, Field(ge=0)] | None
    method: _Text

    def claim(self) -> Claim:
        ends = None if self.interval is None else (self.interval[0], self.interval[1])
        return Claim(**dict(self) | {"interval": ends})


class StoredComparison(_Stored):
    """What `comparison_json` writes, as far as this version reads it."""

    base: _Text
    head: _Text
    limit: _Text
    origin: _Text
    changes: list[_Change]
    new: list[_Listed]
    vanished: list[_Listed]
    unrun: list[_Text]
    renamed: list[_Renamed]
    effects: list[_Effects]
    requests: list[_Request]
    waste: list[_Waste]
    claims: list[_Claim]
    notes: list[_Text]

    def comparison(self) -> Comparison:
        """Return the comparison that was stored."""
        return Comparison(
            base=self.base,
            head=self.head,
            limit=self.limit,
            origin=self.origin,
            changes=tuple(one.change() for one in self.changes),
            new=tuple(one.listed() for one in self.new),
            vanished=tuple(one.listed() for one in self.vanished),
            unrun=tuple(self.unrun),
            renamed=tuple((one.old, one.new) for one in self.renamed),
            effects=tuple(one.effects() for one in self.effects),
            requests=tuple(one.request() for one in self.requests),
            waste=tuple(one.waste() for one in self.waste),
            claims=tuple(one.claim() for one in self.claims),
            notes=tuple(self.notes),
        )
