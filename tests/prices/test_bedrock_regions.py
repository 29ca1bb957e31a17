"""What Bedrock costs where it is asked: by the host, as the shipped prices have it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.pricing import Quote, price
from pytest_specbudget.providers.hosts import region_of

if TYPE_CHECKING:
    from pytest_specbudget.prices.catalogue import Catalogue

NOW = datetime(2026, 11, 21, tzinfo=UTC)
GOVERNMENT = ("us-gov-east-1", "us-gov-west-1")
CLAUDE = "us.anthropic.claude-sonnet-4-6"


def ask(
    catalogue: Catalogue, model: str, region: str | None, tier: str | None, **counts: int
) -> Quote:
    host = f"bedrock-runtime.{region}.amazonaws.com"
    reading = Reading(
        provider="bedrock",
        operation="chat",
        response_model=model,
        service_tier=tier,
        region=region and region_of(host, f"/model/{model}/converse"),
        usage=Usage.of(counts or {"input_tokens": 1_000_000, "output_tokens": 1_000_000}),
    )
    return price(reading, catalogue, NOW)


@pytest.mark.parametrize(
    ("model", "region", "tier", "cost"),
    [
        pytest.param("minimax.minimax-m2.5", "us-east-1", None, "1.5", id="Virginia"),
        pytest.param("minimax.minimax-m2.5", "us-west-2", None, "1.5", id="Oregon"),
        pytest.param("minimax.minimax-m2.5", None, None, "1.5", id="a region that nobody knows"),
        pytest.param("minimax.minimax-m2.5", "eu-central-1", None, "1.8", id="Frankfurt"),
        pytest.param("minimax.minimax-m2.5", "eu-west-2", None, "2.33", id="London"),
        pytest.param("minimax.minimax-m2.5", "ap-southeast-2", None, "1.55", id="Sydney"),
        pytest.param("minimax.minimax-m2.5", "eu-west-2", "batch", "1.165", id="a batch"),
        pytest.param("minimax.minimax-m2.5", "eu-west-2", "flex", "1.165", id="flex"),
        pytest.param("minimax.minimax-m2.5", "eu-west-2", "priority", "4.0775", id="priority"),
        pytest.param("openai.gpt-oss-120b-1:0", "ap-south-1", None, "0.89", id="Mumbai"),
        pytest.param("openai.gpt-oss-120b-1:0", "eu-north-1", None, "0.75", id="as in the US"),
        pytest.param("openai.gpt-oss-120b-1:0", "eu-north-1", "flex", "0.375", id="and so is flex"),
        pytest.param("openai.gpt-oss-120b-1:0", "us-gov-west-1", None, "0.9", id="GovCloud"),
        pytest.param("meta.llama3-70b-instruct-v1:0", "sa-east-1", None, "10.33", id="Sao Paulo"),
        pytest.param("mistral.mistral-large-2402-v1:0", "eu-west-3", None, "20.8", id="Paris"),
        pytest.param("deepseek.v3-v1:0", "ap-northeast-1", None, "2.734077", id="Tokyo"),
        pytest.param("eu.amazon.nova-lite-v1:0", None, None, "0.39", id="a profile"),
        pytest.param("eu.amazon.nova-lite-v1:0", "eu-central-1", None, "0.39", id="from Frankfurt"),
        pytest.param("eu.amazon.nova-lite-v1:0", "eu-west-3", None, "0.44", id="from Paris"),
        pytest.param("us.amazon.nova-lite-v1:0", "us-west-1", None, "0.385", id="from California"),
        pytest.param("apac.amazon.nova-pro-v1:0", "ap-southeast-1", None, "5.4", id="Singapore"),
        pytest.param("global.amazon.nova-2-lite-v1:0", "us-east-1", None, "2.8", id="all regions"),
        pytest.param("global.amazon.nova-2-lite-v1:0", "eu-west-2", None, "3.94", id="of London"),
        pytest.param("us.amazon.nova-2-lite-v1:0", "us-west-2", "batch", "1.485", id="of Oregon"),
        pytest.param("anthropic.claude-opus-5-5", "us-gov-west-1", None, "28.8", id="Claude there"),
    ],
)
def test_a_model_costs_what_it_costs_where_it_is_asked(
    shipped: Catalogue, model: str, region: str | None, tier: str | None, cost: str
) -> None:
    quote = ask(shipped, model, region, tier)

    assert quote.list_cost == Money.parse(cost)


def test_a_cache_is_read_at_the_price_of_the_region(shipped: Catalogue) -> None:
    counts = {"input_tokens": 1_000_000, "cache_read_input_tokens": 1_000_000}

    quote = ask(shipped, "eu.amazon.nova-pro-v1:0", "eu-west-1", None, **counts)

    assert quote.list_cost == Money.parse("0.23")


@pytest.mark.parametrize(
    ("tokens", "cost"),
    [
        pytest.param(200_000, "0.72", id="short"),
        pytest.param(200_001, "1.4400072", id="long"),
    ],
)
def test_long_input_costs_more_in_govcloud_too(shipped: Catalogue, tokens: int, cost: str) -> None:
    model = "anthropic.claude-sonnet-4-5-20250929-v1:0"

    quote = ask(shipped, model, "us-gov-west-1", None, input_tokens=tokens)

    assert quote.list_cost == Money.parse(cost)


@pytest.mark.parametrize(
    ("model", "region", "tier", "why"),
    [
        pytest.param(
            "google.gemma-3-27b-it", "eu-west-2", "flex", "flex/eu-west-2", id="a tier is not known"
        ),
        pytest.param(
            "qwen.qwen3-next-80b-a3b", "ap-south-1", None, "default/ap-south-1", id="two prices"
        ),
        pytest.param(
            "openai.gpt-5.4", "us-gov-west-1", None, "default/us-gov-west-1", id="half is known"
        ),
        pytest.param(CLAUDE, "cn-north-1", None, 'in region "cn-north-1"', id="not sold there"),
        pytest.param(
            "minimax.minimax-m2.5",
            "eu-west-3",
            None,
            'in region "eu-west-3"',
            id="not listed there",
        ),
        pytest.param(
            "minimax.minimax-m2.5", "af-south-1", "batch", 'in region "af-south-1"', id="a batch"
        ),
        pytest.param(
            "minimax.minimax-m2.5",
            "us-gov-west-1",
            None,
            'in region "us-gov-west-1"',
            id="no GovCloud",
        ),
        pytest.param(
            "eu.amazon.nova-lite-v1:0",
            "us-east-1",
            None,
            'in region "us-east-1"',
            id="a profile abroad",
        ),
    ],
)
def test_a_price_that_is_another_and_not_known_is_refused(
    shipped: Catalogue, model: str, region: str, tier: str | None, why: str
) -> None:
    quote = ask(shipped, model, region, tier)

    assert (quote.list_cost, why in str(quote.reason)) == (None, True)


def test_claude_costs_the_same_in_every_region_that_is_not_for_the_government(
    shipped: Catalogue,
) -> None:
    regions = shipped.providers["bedrock"].regions.keys() - set(GOVERNMENT)

    costs = {ask(shipped, CLAUDE, region, None).list_cost for region in regions}

    assert (len(regions) > 30, costs) == (True, {Money.parse("19.8")})


def test_every_price_of_a_region_can_be_asked_for(shipped: Catalogue) -> None:
    stray = {
        f"{name}/{model.name}/{row.label}"
        for name, seller in shipped.providers.items()
        for model in seller.models.values()
        for row in model.rows
        if row.region and row.region not in seller.regions.values()
    }

    assert stray == set()
