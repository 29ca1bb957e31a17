"""Calls and sides of a comparison that spell out only what a test is about.

Two models exist, priced by the token: `small` at $0.000001 for input, a tenth of that for cached
input and ten times that for output; `large` at ten times as much.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from support.charges import charge

from pytest_specbudget.audit.comparison import Side
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.core.ledger import Charge

__all__ = ["RATES", "TEST", "call", "kinds", "requote", "side", "worth"]

RATES = {"small": 1, "large": 10}
"""What a cached input token of each model costs, in units of 10**-7 dollars."""

TEST = "tests/test_a.py::test_a"
_FRESH, _CACHED, _OUTPUT = 10, 1, 100


def call(  # noqa: PLR0913 - what tests vary, each by its name
    prompt: str = "plan a trip",
    *,
    model: str = "small",
    tokens: tuple[int, int] = (1_000, 100),
    cached: int = 0,
    cost: str | None = "",
    stage: str | None = None,
    **others: Any,
) -> Charge:
    """Make a replayed call of *prompt*, which is its fingerprint, priced by `RATES`.

    Args:
        prompt: The same for the same request.
        model: What was asked for and what answered.
        tokens: Input and output, both inclusive.
        cached: The part of the input that was read from a cache.
        cost: A list cost of its own in dollars, or None where it has no price.
        stage: The stage that it belongs to.
        **others: Further fields of `support.charges.charge`: `test`, `spec`, `source`, ...
    """
    usage = Usage(
        input_tokens=tokens[0], output_tokens=tokens[1], cache_read_input_tokens=cached or None
    )
    priced = str(_total(worth(model, usage))) if cost == "" else cost
    values = {"test": TEST, "fingerprint": prompt, "request_model": model, "usage": usage}
    made = charge(priced, model=model, **{**values, **others})
    return replace(made, attribution=replace(made.attribution, stage=stage))


def side(*charges: Charge, name: str = "base", **others: Any) -> Side:
    """Make a side of *charges*; everything that is absent from it was run."""
    return Side(name=name, charges=charges, **others)


def requote(asked: Charge, usage: Usage) -> Money | None:
    """Price a call as if it had consumed *usage*; None if it has no price at all."""
    if asked.list_cost is None:
        return None
    model = asked.reading.model
    return asked.list_cost + _total(worth(model, usage)) - _total(worth(model, asked.reading.usage))


def kinds(asked: Charge) -> Mapping[str, Money] | None:
    """Say what each kind of token of a call cost; what `RATES` cannot explain is input."""
    if asked.list_cost is None:
        return None
    parts = worth(asked.reading.model, asked.reading.usage)
    return {**parts, "input": parts["input"] + asked.list_cost - _total(parts)}


def worth(model: str, usage: Usage) -> dict[str, Money]:
    """Return what *usage* of *model* costs by kind of token; an unknown model costs nothing."""
    rate = RATES.get(model, 0)
    cached = usage.cache_read_input_tokens or 0
    counts = {
        "input": ((usage.input_tokens or 0) - cached) * _FRESH,
        "cache read": cached * _CACHED,
        "output": (usage.output_tokens or 0) * _OUTPUT,
    }
    return {kind: Money.of_units(count * rate, 7) for kind, count in counts.items()}


def _total(parts: Mapping[str, Money]) -> Money:
    return Money.total(parts.values())
