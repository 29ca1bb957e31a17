"""Claude on Vertex AI is booked under Anthropic's name, and keeps Google's premium for regions.

Source: https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.prices.pricing import price
from pytest_specbudget.providers import read_whole

if TYPE_CHECKING:
    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.prices.pricing import Quote

ANSWER = b'{"model": "%s", "usage": {"input_tokens": 10000, "output_tokens": 1000}}'
AT = datetime(2026, 11, 1, tzinfo=UTC)


def cost(catalogue: Catalogue, model: str, place: str, tier: str = "") -> Quote:
    path = f"/v1/projects/p/locations/{place}/publishers/anthropic/models/{model}:rawPredict"
    asked = Request("POST", _host(place), path, b'{"messages": [], "max_tokens": 9}')
    answer = ANSWER.replace(b"1000}", b'1000, "service_tier": "%s"}' % tier.encode())
    reading = read_whole(asked, 200, {}, answer % model.replace("@", "-").encode())
    assert reading is not None
    return price(reading, catalogue, AT)


def _host(place: str) -> str:
    if place in ("us", "eu"):
        return f"aiplatform.{place}.rep.googleapis.com"
    return (
        "aiplatform.googleapis.com" if place == "global" else f"{place}-aiplatform.googleapis.com"
    )


@pytest.mark.parametrize(
    ("model", "place", "usd"),
    [
        ("claude-sonnet-4-5@20250929", "us-east5", "0.0495"),
        ("claude-sonnet-4-5@20250929", "europe-west1", "0.0495"),
        ("claude-sonnet-4-5@20250929", "global", "0.045"),
        ("claude-haiku-4-5@20251001", "asia-southeast1", "0.0165"),
        ("claude-haiku-4-5@20251001", "global", "0.015"),
        ("claude-opus-4-5@20251101", "us-east5", "0.0825"),
        ("claude-opus-4-6", "us-east5", "0.0825"),
        ("claude-opus-4-6", "global", "0.075"),
        ("claude-sonnet-4@20250514", "us-east5", "0.045"),
        ("claude-opus-4-1@20250805", "us-east5", "0.225"),
        ("claude-3-5-haiku@20241022", "us-east5", "0.012"),
    ],
)
def test_a_region_costs_a_tenth_more_from_claude_4_5_on(
    shipped: Catalogue, model: str, place: str, usd: str
) -> None:
    quote = cost(shipped, model, place)

    assert quote.list_cost is not None, quote.reason
    assert str(quote.list_cost) == usd


@pytest.mark.parametrize("place", ["us", "eu"])
@pytest.mark.parametrize(
    ("model", "usd"),
    [
        ("claude-sonnet-4-5@20250929", "0.0495"),
        ("claude-haiku-4-5@20251001", "0.0165"),
        ("claude-opus-4-5@20251101", "0.0825"),
        ("claude-sonnet-4-6", "0.0495"),
        ("claude-opus-4-6", "0.0825"),
        ("claude-opus-4-1@20250805", "0.225"),
        ("claude-sonnet-4@20250514", "0.045"),
    ],
)
def test_several_regions_together_cost_what_one_does(
    shipped: Catalogue, model: str, place: str, usd: str
) -> None:
    quote = cost(shipped, model, place)

    assert quote.list_cost is not None, quote.reason
    assert str(quote.list_cost) == usd


def test_a_batch_in_a_region_costs_half_of_that(shipped: Catalogue) -> None:
    quote = cost(shipped, "claude-sonnet-4-5@20250929", "us-east5", "batch")

    assert quote.list_cost is not None, quote.reason
    assert str(quote.list_cost) == "0.02475"
