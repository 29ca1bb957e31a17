from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part, Reading
from pytest_specbudget.core.usage import USAGE_FIELDS, Usage
from pytest_specbudget.prices.catalogue import (
    ALWAYS,
    METERS,
    Catalogue,
    Free,
    ModelPrices,
    ProviderPrices,
    Row,
)
from pytest_specbudget.prices.kinds import KINDS, costs_by_kind
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from collections.abc import Iterator

MAY = datetime(2026, 5, 20, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DOLLAR = 10**18
FULL = {
    "input": 10,
    "output": 100,
    "cache_read": 1,
    "cache_write_5m": 12,
    "cache_write_1h": 20,
    "input_audio": 30,
    "output_audio": 300,
    "input_image": 40,
    "output_image": 400,
    "web_search": 7,
    "web_fetch": 8,
    "search_unit": 9,
    "page": 6,
    "request": 5,
}
MODELS = {
    "full": FULL,
    "own": {"input": 10, "output": 100, "reasoning": 50},
    "thinking": {"input": 10, "output": 100, "output_thinking": 500},
    "hourly": {"audio_hour": 1},
}


def small() -> Catalogue:
    models = {
        name: ModelPrices(
            name, (Row(rates={m: r * DOLLAR for m, r in rates.items()}, source="sheet"),)
        )
        for name, rates in MODELS.items()
    }
    seller = ProviderPrices(name="p", models=models, names={name: name for name in models})
    gift = Free(provider="p", match="gift", reason="ours")
    return Catalogue(
        sha256="0", as_of=MAY, source="s", exponent=12, providers={"p": seller}, free=(gift,)
    )


def reading(model: str, **counts: int) -> Reading:
    return Reading(provider="p", operation="chat", response_model=model, usage=Usage(**counts))


def dollars(found: object) -> object:
    return {k: str(v) for k, v in found.items()} if isinstance(found, dict) else found


@pytest.mark.parametrize(
    ("model", "counts", "kinds"),
    [
        pytest.param(
            "full",
            {"input_tokens": 100, "cache_read_input_tokens": 60, "output_tokens": 3},
            {"input": "400", "cache read": "60", "output": "300", "requests": "5"},
            id="what was cached is no plain input",
        ),
        pytest.param(
            "full",
            {"cache_write_5m_input_tokens": 2, "cache_write_1h_input_tokens": 3},
            {"cache write": "84", "requests": "5"},
            id="all that is written to a cache is one kind",
        ),
        pytest.param(
            "full",
            {"output_tokens": 10, "reasoning_output_tokens": 4},
            {"output": "600", "reasoning": "400", "requests": "5"},
            id="reasoning at the price of output is told apart",
        ),
        pytest.param(
            "full",
            {"output_tokens": 10, "reasoning_output_tokens": 99},
            {"reasoning": "1000", "requests": "5"},
            id="there is never more reasoning than output",
        ),
        pytest.param(
            "own",
            {"output_tokens": 10, "reasoning_output_tokens": 4},
            {"output": "600", "reasoning": "200"},
            id="reasoning with a rate of its own",
        ),
        pytest.param(
            "full",
            {
                "input_tokens": 5,
                "input_audio_tokens": 2,
                "input_image_tokens": 3,
                "output_tokens": 3,
                "output_audio_tokens": 1,
                "output_image_tokens": 2,
            },
            {"audio": "360", "images": "920", "requests": "5"},
            id="heard and spoken, seen and drawn",
        ),
        pytest.param(
            "full",
            {"web_search_requests": 1, "search_units": 1, "web_fetch_requests": 1, "pages": 1},
            {"searches": "16", "fetches": "8", "pages": "6", "requests": "5"},
            id="what is no token",
        ),
        pytest.param("hourly", {"audio_seconds": 1800}, {"audio": "0.5"}, id="audio by its length"),
        pytest.param("gift", {"input_tokens": 5}, {}, id="what is free has no kinds"),
        pytest.param("full", {"input_tokens": 0}, {}, id="nothing consumed costs nothing"),
        pytest.param("full", {}, None, id="nothing reported is unknown"),
        pytest.param("strange", {"input_tokens": 5}, None, id="a model without a price"),
        pytest.param("own", {"pages": 5}, None, id="a unit without a price"),
        pytest.param("own", {"audio_seconds": 5}, None, id="a length without a price"),
    ],
)
def test_a_cost_is_told_by_kind(
    model: str, counts: dict[str, int], kinds: dict[str, str] | None
) -> None:
    found = costs_by_kind(reading(model, **counts), small(), MAY)

    assert dollars(found) == kinds


def test_output_of_an_answer_that_reasoned_keeps_its_kinds_at_its_own_rate() -> None:
    asked = reading("thinking", output_tokens=10, reasoning_output_tokens=4, input_tokens=1)

    found = costs_by_kind(asked, small(), MAY)

    assert dollars(found) == {"input": "10", "output": "3000", "reasoning": "2000"}


def test_the_parts_of_an_answer_are_added_up_by_kind() -> None:
    parts = (
        Part(model="full", usage=Usage(output_tokens=1)),
        Part(model="own", usage=Usage(output_tokens=2)),
    )
    asked = Reading(provider="p", operation="chat", parts=parts)

    assert dollars(costs_by_kind(asked, small(), MAY)) == {"output": "300", "requests": "5"}


def test_one_part_without_a_price_leaves_the_whole_unknown() -> None:
    parts = (
        Part(model="full", usage=Usage(output_tokens=1)),
        Part(model="strange", usage=Usage(output_tokens=2)),
    )
    asked = Reading(provider="p", operation="chat", parts=parts)

    assert costs_by_kind(asked, small(), MAY) is None


def test_what_the_user_declares_free_has_no_kinds() -> None:
    asked = Reading(provider="p", operation="chat", response_model="strange", free="on our machine")

    assert costs_by_kind(asked, small(), MAY) == {}


def test_every_meter_has_a_kind() -> None:
    assert KINDS.keys() == set(METERS)


FIELDS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_input_tokens",
    "cache_write_5m": "cache_write_5m_input_tokens",
    "cache_write_1h": "cache_write_1h_input_tokens",
    "reasoning": "reasoning_output_tokens",
    "output_thinking": "reasoning_output_tokens",
    "input_audio": "input_audio_tokens",
    "output_audio": "output_audio_tokens",
    "input_image": "input_image_tokens",
    "output_image": "output_image_tokens",
    "web_search": "web_search_requests",
    "web_fetch": "web_fetch_requests",
    "search_unit": "search_units",
    "tool_call": "tool_calls",
    "page": "pages",
    "audio_hour": "audio_seconds",
}
FIELDS = {meter: name for meter, name in FIELDS.items() if name in USAGE_FIELDS}
Sold = tuple[str, str, Row]


def rows_of_each_kind(catalogue: Catalogue) -> Iterator[Sold]:
    """Yield a row for each set of meters, and each way of selecting a row, that is sold."""
    seen = set()
    for provider, seller in sorted(catalogue.providers.items()):
        for name, model in sorted(seller.models.items()):
            for row in model.rows:
                kind = (frozenset(row.rates), row.over >= 0, row.schedule, row.within, row.tier)
                if row.rates and kind not in seen:
                    seen.add(kind)
                    yield provider, name, row


SHIPPED = load_catalogue()
ROWS = list(rows_of_each_kind(SHIPPED))
COUNTS = st.integers(0, 5) | st.integers(0, 3_000_000)


@st.composite
def uses(draw: st.DrawFn) -> tuple[Sold, Usage]:
    """Draw a row and counts of what it sells, and sometimes of what it may not sell."""
    sold = draw(st.sampled_from(ROWS))
    told = [FIELDS[meter] for meter in sold[2].rates if meter in FIELDS]
    extra = draw(st.lists(st.sampled_from(["reasoning_output_tokens", *USAGE_FIELDS]), max_size=1))
    return sold, Usage(**{name: draw(COUNTS) for name in dict.fromkeys([*told, *extra])})


def total_and_price(sold: Sold, usage: Usage, hour: int) -> tuple[Money | None, Money | None]:
    provider, model, row = sold
    regions = {label: name for name, label in SHIPPED.providers[provider].regions.items()}
    asked = Reading(
        provider=provider,
        operation="chat",
        response_model=model,
        usage=usage,
        service_tier=row.tier,
        region=regions.get(row.region),
    )
    at = row.valid_from if row.valid_from != ALWAYS else min(MAY, row.valid_to - TICK)
    clock = MAY.replace(hour=hour)
    found = costs_by_kind(asked, SHIPPED, at, clock=clock)
    quote = price(asked, SHIPPED, at, clock=clock)
    return None if found is None else Money.total(found.values()), quote.list_cost


@settings(max_examples=500, deadline=None)
@given(uses(), st.integers(0, 23))
def test_the_kinds_add_up_to_the_price_for_every_kind_of_row(
    use: tuple[Sold, Usage], hour: int
) -> None:
    total, quoted = total_and_price(*use, hour)

    assert total == quoted


def test_each_kind_of_row_can_be_told_by_kind() -> None:
    priced = 0
    for sold in ROWS:
        least = max(sold[2].over + 1, 1)
        usage = Usage(
            **{FIELDS[meter]: least for meter in sold[2].rates if meter in FIELDS},
        )
        sums = {total_and_price(sold, usage, hour) for hour in (2, 5, 12)}
        assert all(total == quoted for total, quoted in sums)
        priced += any(total for total, _ in sums)

    assert priced == sum(not sold[2].rates.keys().isdisjoint(FIELDS) for sold in ROWS)
