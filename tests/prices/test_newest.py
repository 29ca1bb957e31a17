"""What was priced last: OpenAI's fastest tier, its newest images, embeddings at OpenRouter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from pytest_specbudget.prices.catalogue import Catalogue

AT = datetime(2026, 11, 20, tzinfo=UTC)
MILLION = 1_000_000


def cost(
    shipped: Catalogue,
    model: str,
    usage: Usage,
    provider: str = "openai",
    tier: str | None = None,
) -> str:
    """Say what *usage* costs, or why that is unknown."""
    reading = Reading(provider, "chat", model, usage=usage, service_tier=tier)
    quote = price(reading, shipped, AT)
    return str(quote.list_cost) if quote.list_cost is not None else f"unknown: {quote.reason}"


@pytest.mark.parametrize(
    ("model", "region", "expected"),
    [
        ("gpt-6-astra", None, "36"),
        ("gpt-6-astra", "us", "39.6"),
        ("gpt-6.1-sol", None, "7.2"),
    ],
)
def test_ultrafast_costs_six_times_the_standard_price(
    model: str, region: str | None, expected: str, shipped: Catalogue
) -> None:
    usage = Usage(input_tokens=100_000, output_tokens=100_000)
    reading = Reading("openai", "chat", model, usage=usage, service_tier="ultrafast", region=region)

    assert price(reading, shipped, AT).list_cost == Money.parse(expected)


def test_a_model_without_that_tier_has_no_price_in_it(shipped: Catalogue) -> None:
    usage = Usage(input_tokens=1, output_tokens=1)

    said = cost(shipped, "gpt-6-luna", usage, tier="ultrafast")

    assert said.startswith("unknown: no ultrafast price")


@pytest.mark.parametrize("model", ["gpt-image-2.6-flare", "gpt-image-2.6-sunburst"])
def test_images_cost_what_those_before_them_did(model: str, shipped: Catalogue) -> None:
    usage = Usage(
        input_tokens=2 * MILLION,
        input_image_tokens=MILLION,
        output_tokens=MILLION,
        output_image_tokens=MILLION,
    )

    assert cost(shipped, model, usage) == cost(shipped, "gpt-image-2.5-flare", usage) == "43"


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("openai/text-embedding-3-small", "0.02"),
        ("openai/text-embedding-3-large", "0.13"),
        ("google/gemini-embedding-001", "0.15"),
        ("mistralai/mistral-embed-2312", "0.1"),
    ],
)
def test_embeddings_at_openrouter_cost_what_their_makers_take(
    model: str, expected: str, shipped: Catalogue
) -> None:
    usage = Usage(input_tokens=MILLION, output_tokens=0)

    assert cost(shipped, model, usage, "openrouter") == expected
