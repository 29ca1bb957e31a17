"""Vercel's gateway, as its own SDK asks it."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, chat, encoded, hear, sse

from pytest_specbudget.core.money import Money

METADATA = {
    "gateway": {
        "routing": {"originalModelId": "openai/gpt-5", "canonicalSlug": "openai/gpt-5"},
        "cost": "0.0000189",
        "marketCost": "0.0000189",
        "generationId": "gen_1",
    }
}
PARTS = {
    "inputTokens": {"total": 61, "noCache": 21, "cacheRead": 30, "cacheWrite": 10},
    "outputTokens": {"total": 32, "text": 12, "reasoning": 20},
}
COUNTS = {
    "input_tokens": 61,
    "output_tokens": 32,
    "cache_read_input_tokens": 30,
    "cache_write_input_tokens": 10,
    "reasoning_output_tokens": 20,
}


def asked(model: str = "language", version: int = 3) -> Any:
    """Ask for a model of a kind; its name is in a header."""
    return ask("ai-gateway.vercel.sh", f"/v{version}/ai/{model}-model", {"prompt": []})


@pytest.mark.parametrize(
    ("kind", "usage", "expected"),
    [
        pytest.param("language", PARTS, COUNTS, id="objects with parts"),
        pytest.param(
            "language",
            {
                "inputTokens": 61,
                "outputTokens": 32,
                "totalTokens": 93,
                "cachedInputTokens": 30,
                "reasoningTokens": 20,
            },
            {name: COUNTS[name] for name in COUNTS if "write" not in name},
            id="numbers",
        ),
        pytest.param(
            "evaluation",
            {"inputTokens": 421, "outputTokens": 68},
            {"input_tokens": 421, "output_tokens": 68},
            id="a decision",
        ),
        pytest.param(
            "embedding", {"tokens": 8}, {"input_tokens": 8, "output_tokens": 0}, id="an embedding"
        ),
        pytest.param("image", {}, {}, id="a picture says nothing"),
    ],
)
def test_counts_are_inclusive(kind: str, usage: Any, expected: dict[str, int]) -> None:
    reading = hear(asked(kind), encoded({"usage": usage, "providerMetadata": METADATA}))

    assert reading.usage.reported() == expected
    assert reading.usage_state == ("complete" if expected else "none")
    assert (reading.provider, reading.response_model) == ("vercel", "openai/gpt-5")
    assert reading.provider_cost == Money.parse("0.0000189")


def test_a_stream_tells_at_its_end() -> None:
    named = {"type": "response-metadata", "modelId": "gpt-5-2025"}
    finish = {"type": "finish", "usage": PARTS, "providerMetadata": METADATA}

    whole = hear(asked(), sse(named, {"type": "text-delta", "delta": "x"}, finish))
    cut = hear(asked(), sse(named, {"type": "text-delta", "delta": "x"}))

    assert (whole.usage_state, whole.usage.reported()) == ("complete", COUNTS)
    assert whole.response_model == "openai/gpt-5"
    assert (cut.usage_state, cut.response_model) == ("none", "gpt-5-2025")


def test_with_a_key_of_ones_own_the_price_of_the_market_is_taken() -> None:
    told = {"gateway": {"cost": "0", "marketCost": "0.000017682"}}

    reading = hear(asked("evaluation", 4), encoded({"usage": PARTS, "providerMetadata": told}))

    assert reading.provider_cost == Money.parse("0.000017682")


def test_formats_of_others_are_passed_on() -> None:
    usage = {"prompt_tokens": 61, "completion_tokens": 32}

    reading = hear(chat("ai-gateway.vercel.sh"), encoded({"model": "m", "usage": usage}))

    assert (reading.provider, reading.usage.input_tokens) == ("vercel", 61)
