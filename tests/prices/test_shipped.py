"""The prices that are shipped: against official ones, against their lock, against their sources."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import Catalogue, check_overlaps
from pytest_specbudget.prices.loading import CORRECTIONS, DATA, LOCK_NAME, read_catalogue, read_lock
from pytest_specbudget.prices.names import OTHER_NAMES, known_providers
from pytest_specbudget.prices.pricing import Quote, price

MATERIAL = os.environ.get("SPECBUDGET_CONFORMANCE")
NAMES = {
    "cache_read": "cache_read_input_tokens",
    "cw5m": "cache_write_5m_input_tokens",
    "cw1h": "cache_write_1h_input_tokens",
    "reasoning": "reasoning_output_tokens",
    "audio_in": "input_audio_tokens",
    "audio_out": "output_audio_tokens",
    "web": "web_search_requests",
}


def ask(
    catalogue: Catalogue,
    name: str,
    at: str,
    *,
    tier: str | None = None,
    region: str | None = None,
    **counts: int,
) -> Quote:
    provider, _, model = name.partition("/")
    reading = Reading(
        provider=provider,
        operation="chat",
        response_model=model,
        service_tier=tier,
        region=region,
        usage=Usage.of(counts or {"input_tokens": 10_000, "output_tokens": 1_000}),
    )
    moment = datetime.fromisoformat(at)
    return price(reading, catalogue, moment if moment.tzinfo else moment.replace(tzinfo=UTC))


@pytest.mark.skipif(MATERIAL is None, reason="SPECBUDGET_CONFORMANCE names no folder")
def test_every_official_price_comes_out_exactly(shipped: Catalogue) -> None:
    text = Path(MATERIAL or "", "pricing", "truth.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]

    wrong = [row["id"] for row in rows if official(row) != ours(shipped, row)]

    assert (len(rows) > 0, wrong) == (True, [])


def official(row: dict[str, Any]) -> Money | None:
    return None if row["expected_usd"] is None else Money.parse(row["expected_usd"])


def ours(catalogue: Catalogue, row: dict[str, Any]) -> Money | None:
    buckets = row["usage"]
    counts = {NAMES[name]: count for name, count in buckets.items() if name in NAMES}
    read = ("uncached", "cache_read", "cw5m", "cw1h", "audio_in")
    counts["input_tokens"] = sum(buckets.get(name, 0) for name in read)
    counts["output_tokens"] = sum(buckets.get(name, 0) for name in ("out", "audio_out"))
    region = row["ctx"].get("inference_geo")
    name = f"{row['provider']}/{row['model']}"
    return ask(catalogue, name, row["ts"], tier=row["tier"], region=region, **counts).list_cost


@pytest.mark.parametrize(
    ("name", "at", "tier", "cost"),
    [
        pytest.param("openai/o3", "2025-05-20", "batch", "0.07", id="batch at the old price"),
        pytest.param("openai/o3", "2025-05-20", "flex", "0.07", id="flex at the old price"),
        pytest.param("openai/gpt-4.1", "2025-07-15", "priority", "0.049", id="priority in 2025"),
        pytest.param("openai/gpt-5.6-luna", "2026-07-15", "batch", "0.008", id="before a cut"),
        pytest.param(
            "openai/text-embedding-3-large", "2025-10-15", "batch", None, id="no output price"
        ),
        pytest.param(
            "anthropic/claude-3-5-haiku-20241022", "2024-11-15", "batch", "0.0075", id="2024"
        ),
        pytest.param("google/gemini-2.0-flash", "2025-09-01", "batch", "0.0007", id="Gemini"),
        pytest.param(
            "bedrock/mistral.mistral-large-2407-v1:0",
            "2025-11-01",
            "batch",
            "0.0195",
            id="half of the first price",
        ),
        pytest.param("openai/gpt-4o", "2024-04-01", "batch", None, id="before batch was sold"),
        pytest.param(
            "openai/ft:gpt-4.1-2025-04-14",
            "2026-06-01",
            "batch",
            "0.021",
            id="a model of one's own",
        ),
        pytest.param(
            "openai/gpt-3.5-turbo-1106", "2025-06-01", "batch", "0.012", id="no discount here"
        ),
        pytest.param(
            "google/claude-3-7-sonnet@20250219", "2025-06-01", "batch", "0.0225", id="Vertex AI"
        ),
        pytest.param(
            "google/gpt-oss-120b-maas", "2026-06-01", "batch", "0.00063", id="as a service"
        ),
        pytest.param(
            "bedrock/google.gemma-3-27b-it", "2026-06-01", "batch", "0.00139", id="a rounded half"
        ),
        pytest.param("anthropic/claude-opus-5", "2026-11-01", "priority", None, id="not sold"),
    ],
)
def test_service_tiers_have_their_history(
    shipped: Catalogue, name: str, at: str, tier: str, cost: str | None
) -> None:
    quote = ask(shipped, name, at, tier=tier)

    assert quote.list_cost == (None if cost is None else Money.parse(cost))


@pytest.mark.parametrize(
    ("name", "at", "cost"),
    [
        pytest.param(
            "openai/gpt-4o", "2024-10-01", "0.065", id="gpt-4o before its cheaper snapshot"
        ),
        pytest.param("openai/gpt-4o", "2024-10-02", "0.035", id="gpt-4o after"),
        pytest.param("openai/o1-mini", "2025-01-30", "0.042", id="o1-mini before its cut"),
        pytest.param("mistral/mistral-large-2402", "2024-05-01", "0.104", id="Large at first"),
        pytest.param("mistral/mistral-large-2402", "2024-07-01", "0.052", id="Large at half"),
        pytest.param("mistral/mistral-small-latest", "2024-08-01", "0.013", id="a name's first"),
        pytest.param("mistral/mistral-small-latest", "2024-10-01", "0.0026", id="its second"),
        pytest.param("google/gemini-flash-latest", "2025-11-01", "0.0055", id="latest was 2.5"),
        pytest.param("google/gemini-flash-latest", "2026-02-01", "0.008", id="latest was 3"),
        pytest.param("google/gemini-flash-latest", "2026-08-01", "0.024", id="latest was 3.5"),
        pytest.param("google/gemini-flash-latest", "2026-10-01", "0.01125", id="latest is 3.8"),
        pytest.param("google/gemini-pro", "2024-06-01", "0.0065", id="the first Gemini, by tokens"),
        pytest.param("mistral/mistral-medium-latest", "2025-05-06", "0.0351", id="Medium before 3"),
        pytest.param("mistral/mistral-medium-latest", "2025-05-07", "0.006", id="Medium 3"),
        pytest.param("groq/openai/gpt-oss-120b", "2025-11-12", "0.00225", id="gpt-oss at first"),
        pytest.param("groq/openai/gpt-oss-120b", "2025-11-13", "0.0021", id="gpt-oss after a cut"),
        pytest.param(
            "bedrock/us.anthropic.claude-3-5-sonnet-20241022-v2:0",
            "2025-11-30",
            "0.045",
            id="a model in its life",
        ),
        pytest.param(
            "bedrock/us.anthropic.claude-3-5-sonnet-20241022-v2:0",
            "2025-12-01",
            "0.09",
            id="a model in extended access",
        ),
        pytest.param("google/gemini-1.5-flash-001", "2024-08-11", "0.00455", id="Flash before"),
        pytest.param("google/gemini-1.5-flash-001", "2024-08-12", "0.00105", id="Flash after"),
        pytest.param(
            "deepseek/deepseek-chat", "2025-02-08T15:59:59Z", "0.00168", id="V3 promotion"
        ),
        pytest.param("deepseek/deepseek-chat", "2025-02-08T16:00:00Z", "0.0038", id="V3"),
        pytest.param("deepseek/deepseek-chat", "2025-03-01T00:29:59Z", "0.0019", id="V3 at night"),
        pytest.param("deepseek/deepseek-chat", "2025-09-20", "0.00728", id="V3.1"),
        pytest.param(
            "deepseek/deepseek-v4-pro", "2026-10-20T02:00Z", "0.01716", id="a weekday peak"
        ),
        pytest.param("deepseek/deepseek-v4-pro", "2026-10-24T02:00Z", "0.00858", id="a Saturday"),
        pytest.param("deepseek/deepseek-v4-pro", "2026-10-01T02:00Z", "0.00858", id="a holiday"),
        pytest.param("deepseek/deepseek-v4-pro", "2026-06-16T02:00Z", "0.00522", id="before peaks"),
    ],
)
def test_prices_have_their_history(shipped: Catalogue, name: str, at: str, cost: str) -> None:
    quote = ask(shipped, name, at)

    assert quote.list_cost == Money.parse(cost)


@pytest.mark.parametrize(
    "name",
    [
        "openai/gpt-999",
        "openai/gpt-4o-2099-01-01",
        "openai/gpt-4o-2024-09-09",
        "openai/gpt-5.6-sol-2099-01-01",
        "openai/gpt-5-ultra",
        "anthropic/claude-sonnet-4-5-turbo",
        "anthropic/claude-sonnet-99-20990101",
        "google/gemini-2.5-pro-turbo",
        "deepseek/deepseek-chat-v9",
        "bedrock/anthropic.claude-9",
        "bedrock/regional.anthropic.claude-opus-4-6-v1:0",
    ],
)
def test_no_price_is_guessed(shipped: Catalogue, name: str) -> None:
    quote = ask(shipped, name, "2026-11-01")

    assert quote.list_cost is None
    assert quote.reason is not None


@pytest.mark.parametrize(
    ("name", "region", "cost"),
    [
        pytest.param("anthropic/claude-opus-4-6", "us", "0.0825", id="Anthropic in the US"),
        pytest.param("anthropic/claude-opus-4-6", "global", "0.075", id="Anthropic anywhere"),
        pytest.param("openai/gpt-5.4", "eu", "0.044", id="OpenAI, resident"),
        pytest.param("openai/gpt-4o", "eu", "0.035", id="OpenAI, older than the uplift"),
        pytest.param("azure/gpt-5", "data-zone", "0.02475", id="Azure in a data zone"),
        pytest.param("mistral/mistral-large-2512", "eu", "0.00715", id="Mistral in Europe"),
        pytest.param("mistral/mistral-large-2512", "global", "0.0065", id="Mistral anywhere"),
        pytest.param(
            "google/gemini-3.1-flash-lite", "us-central1", "0.0044", id="Vertex, regional"
        ),
        pytest.param("google/gemini-2.5-flash", "us-central1", "0.0055", id="Vertex, one price"),
        pytest.param("google/gemini-2.0-flash", "global", "0.0021", id="2.0 Flash on Vertex AI"),
        pytest.param("google/gemini-2.0-flash", None, "0.0014", id="2.0 Flash on the Gemini API"),
        pytest.param(
            "bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0", None, "0.0165", id="a profile"
        ),
    ],
)
def test_regions_have_their_price(
    shipped: Catalogue, name: str, region: str | None, cost: str
) -> None:
    quote = ask(shipped, name, "2026-06-01", region=region)

    assert quote.list_cost == Money.parse(cost)


@pytest.mark.parametrize(
    ("name", "at", "asked", "cost"),
    [
        pytest.param(
            "google/gemini-2.5-flash", "2026-06-01", {"tier": "flex"}, "0.00275", id="flex"
        ),
        pytest.param(
            "google/gemini-2.5-flash", "2026-06-01", {"tier": "priority"}, "0.0099", id="priority"
        ),
        pytest.param(
            "google/gemini-2.5-flash", "2026-03-01", {"tier": "flex"}, None, id="too early"
        ),
        pytest.param(
            "groq/openai/gpt-oss-20b", "2026-06-01", {"tier": "flex"}, "0.00105", id="Groq"
        ),
        pytest.param(
            "bedrock/amazon.nova-pro-v1:0", "2026-06-01", {"tier": "priority"}, "0.0196", id="Nova"
        ),
        pytest.param(
            "bedrock/us.anthropic.claude-sonnet-4-20250514-v1:0",
            "2025-07-01",
            {"tier": "batch"},
            "0.0225",
            id="Claude in a batch of Bedrock",
        ),
        pytest.param(
            "google/claude-sonnet-4-5@20250929",
            "2025-11-01",
            {"region": "europe-west1"},
            "0.0495",
            id="Claude in one region of Vertex AI",
        ),
        pytest.param(
            "google/claude-sonnet-4-5@20250929",
            "2025-11-01",
            {"region": "global"},
            "0.045",
            id="Claude in all regions of Vertex AI",
        ),
        pytest.param(
            "google/claude-sonnet-4@20250514",
            "2025-11-01",
            {"region": "us-east5"},
            "0.045",
            id="Claude before the regional premium",
        ),
        pytest.param(
            "google/claude-sonnet-4-6@default",
            "2026-06-01",
            {"region": "us-east5"},
            "0.0495",
            id="Claude at Anthropic's prices",
        ),
        pytest.param(
            "google/gemini-flash-latest", "2026-04-10", {}, None, id="nobody knows what it was"
        ),
        pytest.param("google/text-embedding-004", "2025-06-01", {}, None, id="without a witness"),
    ],
)
def test_sellers_of_the_same_model_have_their_own_terms(
    shipped: Catalogue, name: str, at: str, asked: dict[str, str], cost: str | None
) -> None:
    quote = ask(shipped, name, at, tier=asked.get("tier"), region=asked.get("region"))

    assert quote.list_cost == (None if cost is None else Money.parse(cost))


@pytest.mark.parametrize(
    ("name", "cost"),
    [
        pytest.param("bedrock/us.amazon.nova-lite-v1:0", "0.00084", id="the US"),
        pytest.param("bedrock/eu.amazon.nova-lite-v1:0", "0.001092", id="Europe is dearer"),
        pytest.param("bedrock/ca.amazon.nova-lite-v1:0", None, id="Canada is not known"),
        pytest.param(
            "bedrock/us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "0.054", id="GovCloud"
        ),
        pytest.param("bedrock/us-gov.anthropic.claude-sonnet-5-5", "0.036", id="a newer one there"),
        pytest.param("bedrock/anthropic.claude-v2:1", "0.104", id="a retired model"),
    ],
)
def test_a_profile_has_the_price_of_its_regions(
    shipped: Catalogue, name: str, cost: str | None
) -> None:
    quote = ask(shipped, name, "2025-11-01")

    assert quote.list_cost == (None if cost is None else Money.parse(cost))


@pytest.mark.parametrize(
    ("profile", "cost"),
    [
        pytest.param("global", "1.8225", id="global"),
        pytest.param("us", "2.00475", id="the US"),
        pytest.param("us-gov", "2.187", id="GovCloud"),
    ],
)
def test_long_input_costs_more_in_every_profile(
    shipped: Catalogue, profile: str, cost: str
) -> None:
    name = f"bedrock/{profile}.anthropic.claude-sonnet-4-5-20250929-v1:0"

    quote = ask(shipped, name, "2025-11-01", input_tokens=300_000, output_tokens=1_000)

    assert quote.list_cost == Money.parse(cost)


@pytest.mark.parametrize(
    ("tokens", "cost"),
    [
        pytest.param(128_000, "0.0261", id="as long as it may be"),
        pytest.param(128_001, "0.0522004", id="a token longer"),
    ],
)
def test_all_of_a_long_input_costs_more(shipped: Catalogue, tokens: int, cost: str) -> None:
    quote = ask(
        shipped, "xai/grok-4-1-fast", "2026-01-15", input_tokens=tokens, output_tokens=1_000
    )

    assert quote.list_cost == Money.parse(cost)


@pytest.mark.parametrize(
    ("model", "cost"),
    [
        pytest.param("gemini-2.5-flash", "0.0003", id="at the price of the default tier"),
        pytest.param("gemini-3.5-flash", "0.00075", id="at half of it"),
    ],
)
def test_a_batch_reads_a_cache_at_the_price_of_its_model(
    shipped: Catalogue, model: str, cost: str
) -> None:
    quote = ask(
        shipped,
        f"google/{model}",
        "2026-06-01",
        tier="batch",
        input_tokens=10_000,
        cache_read_input_tokens=10_000,
    )

    assert quote.list_cost == Money.parse(cost)


@pytest.mark.parametrize(
    ("name", "at", "searches", "cost"),
    [
        pytest.param("xai/grok-4.3", "2026-11-01", 2, "0.025", id="xAI"),
        pytest.param("xai/grok-4-0709", "2025-12-03", 2, "0.055", id="xAI, when it began"),
        pytest.param("xai/grok-4-0709", "2025-12-02", 2, None, id="free then, as nobody prices it"),
        pytest.param("openai/gpt-4o-search-preview", "2026-01-01", 1, "0.06", id="a preview"),
        pytest.param(
            "openai/gpt-5-search-api-2025-10-14", "2026-01-01", 1, "0.0325", id="its heir"
        ),
        pytest.param("anthropic/claude-opus-5", "2026-11-01", 3, "0.105", id="Anthropic"),
        pytest.param("deepseek/deepseek-flash", "2026-11-01", 2, "0.0036", id="DeepSeek"),
        pytest.param("deepseek/deepseek-flash", "2026-10-31", 2, None, id="before its fee"),
    ],
)
def test_a_search_costs_what_its_provider_takes_for_it(
    shipped: Catalogue, name: str, at: str, searches: int, cost: str | None
) -> None:
    quote = ask(
        shipped,
        name,
        at,
        input_tokens=10_000,
        output_tokens=1_000,
        web_search_requests=searches,
    )

    assert quote.list_cost == (None if cost is None else Money.parse(cost))


@pytest.mark.parametrize(
    ("name", "tier", "length", "usd"),
    [
        pytest.param("openai/gpt-6.1-terra", None, 100_000, "0.2375", id="Terra"),
        pytest.param("openai/gpt-6.1-terra", "flex", 100_000, "0.11875", id="at half the price"),
        pytest.param("openai/gpt-6.1-terra", None, 300_000, "1.475", id="a long input"),
        pytest.param("openai/gpt-6-sol", "priority", 100_000, "0.95", id="Sol, first"),
        pytest.param("azure/gpt-5.6-luna", None, 100_000, "0.0475", id="who resells it"),
    ],
)
def test_what_openai_keeps_for_12_hours_costs_twice_what_it_keeps_for_30_minutes(
    shipped: Catalogue, name: str, tier: str | None, length: int, usd: str
) -> None:
    quote = ask(
        shipped,
        name,
        "2026-11-01",
        tier=tier,
        input_tokens=length,
        cache_write_input_tokens=length,
        cache_write_1h_input_tokens=length - 10_000,
    )

    assert str(quote.list_cost) == usd


@pytest.mark.parametrize(
    ("model", "usd"),
    [
        ("openai/gpt-realtime-whisper", "0.017"),
        ("openai/gpt-live-transcribe", "0.017"),
        ("mistral/voxtral-mini-transcribe-3", "0.0035"),
        ("groq/distil-whisper-large-v3-en", "0.000333333333333333"),
    ],
)
def test_a_minute_of_audio_costs_what_is_published(
    shipped: Catalogue, model: str, usd: str
) -> None:
    assert str(ask(shipped, model, "2026-11-01", audio_seconds=60).list_cost) == usd


@pytest.mark.parametrize(
    ("name", "tier", "region", "cost"),
    [
        pytest.param("perplexity/sonar", None, None, "0.016", id="the least of the web"),
        pytest.param("perplexity/sonar:high", None, None, "0.023", id="the most of it"),
        pytest.param("fireworks/accounts/fireworks/models/kimi-k3", None, None, "0.045", id="Kimi"),
        pytest.param(
            "fireworks/accounts/fireworks/models/kimi-k3",
            None,
            "us",
            "0.0675",
            id="in the US alone",
        ),
        pytest.param(
            "fireworks/accounts/fireworks/models/kimi-k3", "batch", None, "0.0225", id="in a batch"
        ),
        pytest.param(
            "fireworks/accounts/fireworks/models/kimi-k3", "priority", None, "0.05625", id="first"
        ),
        pytest.param(
            "together/meta-llama/Llama-3.3-70B-Instruct-Turbo", None, None, "0.01144", id="Llama"
        ),
        pytest.param("openai/gpt-daybreak-red-latest", None, None, "0.2", id="Daybreak"),
        pytest.param("mistral/mistral-medium", None, None, "0.0225", id="Medium is 3.5 now"),
        pytest.param("mistral/zai-glm-5-2", None, None, "0.0184", id="GLM at Mistral"),
        pytest.param("xai/grok-4.20-reasoning", None, None, "0.015", id="Grok by its kind"),
        pytest.param("bedrock/apac.anthropic.claude-opus-5", None, None, "0.0825", id="a profile"),
    ],
)
def test_what_upstream_lacks_has_its_price(
    shipped: Catalogue, name: str, tier: str | None, region: str | None, cost: str
) -> None:
    quote = ask(shipped, name, "2026-11-01", tier=tier, region=region)

    assert quote.list_cost == Money.parse(cost)


@pytest.mark.parametrize(
    ("tool", "cost"),
    [
        pytest.param("openai/file_search", "0.0025", id="files at OpenAI"),
        pytest.param("openai/web_search_preview", "0.025", id="the web in preview"),
        pytest.param("openai/web_search", "0.01", id="the web"),
        pytest.param("xai/x_search", "0.005", id="posts"),
        pytest.param("xai/code_interpreter", "0.005", id="code"),
        pytest.param("xai/file_search", "0.0025", id="collections"),
        pytest.param("xai/attachment_search", "0.01", id="attachments"),
        pytest.param("google/google_search", "0.035", id="an answer of Gemini before 3"),
        pytest.param("google/google_search_query", "0.014", id="a query of Gemini 3"),
        pytest.param("google/google_maps", "0.025", id="an answer on a map"),
    ],
)
def test_a_tool_has_one_price_in_every_tier(shipped: Catalogue, tool: str, cost: str) -> None:
    provider, _, name = tool.partition("/")
    rows = shipped.providers[provider].models[name].rows

    assert {row.rates["tool_call"] for row in rows} == {Money.parse(cost).atto}
    assert {"default", "batch"} <= {row.tier for row in rows}


def test_speech_cost_more_before_the_stable_version(shipped: Catalogue) -> None:
    costs = [
        ask(
            shipped,
            "google/gemini-2.5-flash-lite",
            at,
            input_tokens=10_000,
            input_audio_tokens=10_000,
        ).list_cost
        for at in ("2025-07-21", "2025-07-22")
    ]

    assert costs == [Money.parse("0.005"), Money.parse("0.003")]


def test_every_price_says_when_it_was_checked(shipped: Catalogue) -> None:
    unchecked = {
        row.source
        for provider in shipped.providers.values()
        for model in provider.models.values()
        for row in model.rows
        if row.checked is None
    }

    assert unchecked == set()


def test_a_thousand_calls_add_up_exactly(shipped: Catalogue) -> None:
    quotes = [
        ask(shipped, "openai/gpt-4o-mini", "2026-10-01", input_tokens=1_220, output_tokens=915)
        for _ in range(1_000)
    ]

    assert str(quotes[0].list_cost) == "0.000732"
    assert Money.total(quote.list_cost or Money() for quote in quotes) == Money.parse("0.732")


def test_no_two_prices_hold_at_once(shipped: Catalogue) -> None:
    for provider in shipped.providers.values():
        for model in provider.models.values():
            check_overlaps(f"{provider.name}/{model.name}", model.rows)


def test_a_name_leads_to_a_model_that_has_prices(shipped: Catalogue) -> None:
    lost = [
        f"{provider.name}/{name}"
        for provider in shipped.providers.values()
        for name in provider.names
        if not provider.models[provider.names[name]].rows
    ]

    assert lost == []


def test_the_first_price_reads_one_shard(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    for path in (tmp_path / "data").glob("*.json"):
        if path.name not in (LOCK_NAME, "openai.json"):
            path.unlink()

    quote = ask(read_catalogue(tmp_path / "data"), "openai/gpt-4o", "2026-10-01")

    assert str(quote.list_cost) == "0.035"


@pytest.mark.parametrize("name", ["openai.json", LOCK_NAME])
def test_data_that_was_changed_by_hand_is_an_error(tmp_path: Path, name: str) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / name
    path.write_text(path.read_text(encoding="utf-8").replace("2026", "2025"), encoding="utf-8")

    with pytest.raises(CatalogueError):
        ask(read_catalogue(tmp_path / "data"), "openai/gpt-4o", "2026-10-01")


@pytest.mark.skipif(find_spec("genai_prices") is None, reason="genai-prices is not installed")
def test_the_catalogue_compiles_to_the_same_bytes_again() -> None:
    from pytest_specbudget.prices.compiler.compiling import compile_catalogue  # noqa: PLC0415 - optional
    from pytest_specbudget.prices.compiler.genai import source_version  # noqa: PLC0415 - optional

    if source_version() != read_lock(DATA).version:
        pytest.skip(f"genai-prices {read_lock(DATA).version} is not the one installed")

    files = compile_catalogue(CORRECTIONS, read_lock(DATA).as_of)

    assert files == {path.name: path.read_bytes() for path in DATA.glob("*.json")}


def test_every_provider_is_listed_with_its_other_names(shipped: Catalogue) -> None:
    table = known_providers(shipped.providers)

    assert list(table) == sorted(shipped.providers)
    assert table["bedrock"][:2] == ("amazon-bedrock", "aws")
    assert set(OTHER_NAMES.values()) <= set(table)
