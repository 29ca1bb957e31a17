"""Fares: what calls of one kind cost at most, held against the price of each answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.catalogue import (
    ALWAYS,
    Catalogue,
    Discount,
    Free,
    ModelPrices,
    ProviderPrices,
    Row,
    Schedule,
)
from pytest_specbudget.prices.fares import Fare, fare_of
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
NIGHT = NOON + timedelta(hours=12)
PLAIN = {"input": 300, "output": 1_500}
CLAUDE = PLAIN | {"cache_read": 30, "cache_write_5m": 375, "cache_write_1h": 600}
MODELS = {
    "plain": (Row(rates=PLAIN, source="sheet"),),
    "keeping": (Row(rates=CLAUDE, source="sheet"),),
    "thinking": (Row(rates=CLAUDE | {"output_thinking": 3_500}, source="sheet"),),
    "reasoning": (Row(rates=PLAIN | {"reasoning": 1_700}, source="sheet"),),
    "per call": (Row(rates=PLAIN | {"request": 5_001}, source="sheet"),),
    "silent": (Row(rates={"input": 20}, source="sheet"),),
    "long": (
        Row(rates=PLAIN, source="sheet", up_to=100),
        Row(rates=CLAUDE | {"input": 601}, source="sheet", over=100, up_to=200),
        Row(rates={"input": 701}, source="sheet", over=200),
    ),
    "hours": (
        Row(rates=CLAUDE, source="sheet", schedule="day"),
        Row(rates=PLAIN, source="sheet", schedule="day", within=False),
        Row(rates={"input": 1, "output": 7}, source="sheet", tier="batch"),
    ),
}
AGREED = {
    "plain": (
        Row(rates={"input": 111, "output_thinking": 9_999}, source="ours", up_to=150),
        Row(rates={"request": 12}, source="ours", over=250),
    ),
    "long": (Row(rates={"output": 7}, source="ours", over=50, up_to=120),),
}


def sold(models: dict[str, tuple[Row, ...]]) -> ProviderPrices:
    return ProviderPrices(
        name="lab",
        models={name: ModelPrices(name, rows) for name, rows in models.items()},
        names={name: name for name in models},
        schedules={"day": Schedule(hours=((time(8), time(20)),))},
    )


PUBLISHED = Catalogue(
    sha256="", as_of=NOON, source="sheet", exponent=12, providers={"lab": sold(MODELS)}
)
THIRD = Discount(provider="lab", match="*n*", pays=Fraction(1, 3))
CATALOGUES = {
    "as published": PUBLISHED,
    "with a contract": replace(PUBLISHED, contracts={"lab": sold(AGREED)}),
    "less two thirds": replace(PUBLISHED, discounts=(THIRD,)),
    "both": replace(PUBLISHED, contracts={"lab": sold(AGREED)}, discounts=(THIRD,)),
    "free": replace(PUBLISHED, free=(Free(provider="lab", match="long", reason="a trial"),)),
}


def call(given: int, made: int, model: str = "plain", tier: str | None = None) -> Reading:
    usage = Usage(input_tokens=given, output_tokens=made)
    return Reading(
        provider="lab", operation="chat", request_model=model, service_tier=tier, usage=usage
    )


def answers(asked: Reading, kept: str) -> Iterator[Reading]:
    """Return what may be read of the answer, the plainest first."""
    given, made = asked.usage.input_tokens, asked.usage.output_tokens
    if asked.provider == "openai" or (asked.request_model or "").startswith("openai/"):
        kept = kept or "5m"  # some write unasked; the others have no price of it
    writes = (None, f"cache_write_{kept}_input_tokens") if kept else (None,)
    for written, thought in product(writes, (None, "reasoning_output_tokens")):
        kinds = {written or "input_tokens": given, thought or "output_tokens": made}
        counts = {"input_tokens": given, "output_tokens": made, **kinds}
        yield replace(asked, usage=Usage.of(counts))


def dearest(
    asked: Reading, prices: Catalogue, at: datetime, *, kept: str = "", billed: bool = False
) -> Money | str:
    """Price every answer that the call may have: the dearest, or why the plainest has no price."""
    quotes = [price(answer, prices, at) for answer in answers(asked, kept)]
    if quotes[0].reason is not None:
        return quotes[0].reason
    costs = [quote.contracted_cost if billed else quote.list_cost for quote in quotes]
    return max(cost for cost in costs if cost is not None)


def most(
    asked: Reading, prices: Catalogue, at: datetime, *, kept: str = "", billed: bool = False
) -> Money | str:
    found = fare_of(asked, prices, at, kept=kept, billed=billed)
    usage = asked.usage
    if isinstance(found, str):
        return found
    return found.most(usage.input_tokens or 0, usage.output_tokens or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Calls that differ in their size alone, and the prices that they have."""

    model: str
    prices: str
    kept: str = ""
    billed: bool = False
    at: datetime = NOON
    tier: str | None = None

    def fare(self, size: tuple[int, int]) -> Fare | str:
        prices, asked = CATALOGUES[self.prices], call(*size, self.model, self.tier)
        return fare_of(asked, prices, self.at, kept=self.kept, billed=self.billed)

    def dearest(self, size: tuple[int, int]) -> Money | str:
        prices, asked = CATALOGUES[self.prices], call(*size, self.model, self.tier)
        return dearest(asked, prices, self.at, kept=self.kept, billed=self.billed)


KINDS = st.builds(
    Kind,
    model=st.sampled_from(sorted(MODELS)),
    prices=st.sampled_from(sorted(CATALOGUES)),
    kept=st.sampled_from(["", "5m", "1h"]),
    billed=st.booleans(),
    at=st.sampled_from([NOON, NIGHT]),
    tier=st.sampled_from([None, "batch"]),
)
SIZES = st.tuples(st.integers(1, 300), st.integers(1, 99))
PLAINLY_AGREED = Kind(model="plain", prices="with a contract", billed=True)
LONG_AND_KEPT = Kind(model="long", prices="both", kept="1h", billed=True)


@settings(max_examples=400)
@given(KINDS, SIZES, SIZES)
@example(PLAINLY_AGREED, (151, 1), (250, 2))
@example(LONG_AND_KEPT, (101, 3), (120, 4))
@example(Kind(model="long", prices="as published"), (100, 3), (101, 4))
def test_a_fare_is_the_price_of_the_dearest_answer_at_every_length_that_it_is_for(
    kind: Kind, one: tuple[int, int], other: tuple[int, int]
) -> None:
    fare = kind.fare(one)

    if isinstance(fare, str):
        assert fare == kind.dearest(one)
        return
    assert fare.over < one[0] <= fare.up_to
    assert fare.most(*one) == kind.dearest(one)
    if fare.over < other[0] <= fare.up_to:
        assert fare.most(*other) == kind.dearest(other)


def test_a_fare_is_for_the_lengths_between_two_changes_of_price() -> None:
    found = fare_of(call(110, 1, "long"), CATALOGUES["with a contract"], NOON, billed=True)

    assert not isinstance(found, str)
    assert (found.over, found.up_to) == (100, 120)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        pytest.param(call(1, 1, "new"), 'no price for "new" of lab', id="a model without a price"),
        pytest.param(
            call(1, 1, "silent"), 'no output price for "silent" of lab (default)', id="no output"
        ),
        pytest.param(
            call(1, 1, tier="flex"), 'no flex price for "plain" of lab', id="no such service tier"
        ),
    ],
)
def test_what_has_no_price_has_no_fare(asked: Reading, reason: str) -> None:
    assert fare_of(asked, PUBLISHED, NOON) == reason


def test_a_call_without_output_needs_no_price_of_output() -> None:
    assert most(call(3, 0, "silent"), PUBLISHED, NOON) == Money(60)


def test_output_may_be_reasoning_and_input_kept_at_once() -> None:
    assert most(call(10, 10, "thinking"), PUBLISHED, NOON, kept="1h") == Money(41_000)


@pytest.mark.parametrize(
    ("provider", "model", "usd"),
    [
        pytest.param("openai", "gpt-6-sol", "2.5", id="it writes to its cache unasked"),
        pytest.param("azure", "gpt-6-sol", "2.5", id="who resells it"),
        pytest.param("openai", "gpt-5.4", "2.5", id="it sells no writes"),
        pytest.param("anthropic", "claude-sonnet-4-6", "3", id="it writes where it is asked to"),
    ],
)
def test_input_may_be_written_to_a_cache_that_nobody_asked_for(
    shipped: Catalogue, provider: str, model: str, usd: str
) -> None:
    asked = replace(call(100_000, 0, model), provider=provider)

    assert most(asked, shipped, NOON) == Money.of_fraction(Fraction(usd) / 10)


def test_a_discount_is_taken_off_the_sum_and_rounded_once() -> None:
    asked = call(1, 1)  # 1800 / 3 for one, 5400 / 3 for three

    assert most(asked, CATALOGUES["less two thirds"], NOON, billed=True) == Money(600)
    assert most(asked, CATALOGUES["less two thirds"], NOON) == Money(1_800)


def test_every_price_that_is_shipped_has_the_fare_of_its_dearest_answer(shipped: Catalogue) -> None:
    wrong = [
        (asked.provider, asked.request_model, row.label, asked.usage, kept)
        for asked, row, at in _shipped_calls(shipped)
        for kept in ("", "1h" if "cache_write_1h" in row.rates else "5m")
        if most(asked, shipped, at, kept=kept) != dearest(asked, shipped, at, kept=kept)
    ]

    assert wrong == []


def _shipped_calls(catalogue: Catalogue) -> Iterator[tuple[Reading, Row, datetime]]:
    """Make a call at each end of the lengths of every row, when it began to hold."""
    for seller in catalogue.providers.values():
        for name, model in seller.models.items():
            for row in model.rows:
                at = NOON if row.valid_from == ALWAYS else row.valid_from
                for length in {max(row.over, 0) + 1, min(row.up_to, 10**7)}:
                    asked = call(length, 1_000, name, row.tier)
                    yield replace(asked, provider=seller.name, region=row.region), row, at
