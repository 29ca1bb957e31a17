"""What a stored report or comparison is made of: JSON of a known shape, which becomes values.

Whoever wrote it may be hostile, as a pull request from a fork is: nothing is taken on trust but its
shape, and what shows it escapes every text.  Keys that this version does not know are left alone,
so that what a later minor version wrote can be read; a key that is missing or of another type is an
error, because a gate that guesses is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
)

from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import JournalError

__all__ = ["Amount", "Change", "Count", "Spread", "Stored", "Sums", "Text", "valued"]

_SUMS = frozenset(field.name for field in fields(Totals))
_MOST_PROBLEMS = 5
_SIGNED = re.compile(r"(?P<minus>-?)(?P<amount>\d{1,60}(?:\.\d{1,18})?)", re.ASCII)


def valued(shape: type[Stored], document: object, what: str) -> Any:
    """Return what *document* stands for, if it has that *shape*; *what* names it in errors.

    Raises:
        JournalError: If it has not, with the place of each problem.
    """
    try:
        return shape.model_validate(document).made()
    except ValidationError as error:
        raise JournalError(f"{what}: {_problems(error)}") from None


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


def _amount(value: Any) -> Money:
    return Money.parse(_text(value))


def _change(value: Any) -> Money:
    match = _SIGNED.fullmatch(_text(value))
    if match is None:
        raise ValueError("should be an exact amount, such as -0.25")
    amount = Money.parse(match["amount"])
    return amount * -1 if match["minus"] else amount


def _dollars(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "description": "exact USD"})


Text = Annotated[str, PlainValidator(_text), WithJsonSchema({"type": "string"})]
Count = Annotated[int, Field(ge=0)]
Amount = Annotated[Money, PlainValidator(_amount), _dollars(r"^\d+(\.\d+)?$")]
Change = Annotated[Money, PlainValidator(_change), _dollars(r"^-?\d+(\.\d+)?$")]
# Who writes such a report by other means may know nothing of bounds.
Spread = Annotated[Amount, Field(default_factory=Money)]


class Stored(BaseModel):
    """A JSON object, with the keys of a value that it stands for."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    makes: ClassVar[Callable[..., Any]]
    """What it stands for, made of its fields."""

    def made(self) -> Any:
        """Return the value that was stored."""
        return type(self).makes(**self.fields())

    def fields(self) -> dict[str, Any]:
        """Return the fields as values name and hold them: no `_usd`, and a tuple for a list."""
        return {name.removesuffix("_usd"): _held(told) for name, told in self}


class Sums(Stored):
    """Charges, summed, as a report and a comparison hold them; some beside other fields."""

    calls: Count
    replayed_calls: Count
    failed_calls: Count
    unknown_calls: Count
    mocked_calls: Count
    unpriced_calls: Count
    unreported_calls: Count
    partial_calls: Count = 0
    bounded_calls: Count = 0
    estimated_calls: Count = 0
    stale_calls: Count = 0
    bypassed_calls: Count = 0
    input_tokens: Count
    output_tokens: Count
    cache_read_input_tokens: Count
    cache_write_input_tokens: Count
    reasoning_output_tokens: Count
    list_cost_usd: Amount
    contracted_cost_usd: Amount
    billed_cost_usd: Amount
    list_spread_usd: Spread
    billed_spread_usd: Spread

    def made(self) -> Any:
        """Return the sums alone."""
        return Totals(**{name: told for name, told in self.fields().items() if name in _SUMS})

    def beside(self) -> dict[str, Any]:
        """Return the other fields."""
        return {name: told for name, told in self.fields().items() if name not in _SUMS}


def _held(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _made(one) for name, one in told.items()}
    return tuple(map(_made, told)) if isinstance(told, list) else _made(told)


def _made(told: Any) -> Any:
    return told.made() if isinstance(told, Stored) else told
