"""Speech and pictures that were read from a cache, which cost something else than text there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.buckets import split
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from pytest_specbudget.prices.catalogue import Catalogue

NOW = datetime(2026, 11, 21, tzinfo=UTC)
READ = "cache_read_input_tokens"
HEARD, SEEN = "cache_read_audio_input_tokens", "cache_read_image_input_tokens"


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        pytest.param(
            {"input_audio_tokens": 500, READ: 600, HEARD: 400},
            {"cache_read": 200, "cache_read_audio": 400, "input_audio": 100, "input": 300},
            id="as told",
        ),
        pytest.param(
            {"input_image_tokens": 500, READ: 600, SEEN: 600},
            {"cache_read": 100, "cache_read_image": 500, "input": 400},
            id="never more than there was",
        ),
        pytest.param(
            {"input_audio_tokens": 1000, READ: 800},
            {"cache_read_audio": 800, "input_audio": 200},
            id="all of an input that is speech alone",
        ),
        pytest.param(
            {"input_audio_tokens": 700, READ: 500},
            {"cache_read": 300, "cache_read_audio": 200, "input_audio": 500},
            id="what cannot have been text",
        ),
        pytest.param(
            {"input_audio_tokens": 300, READ: 500},
            {"cache_read": 500, "input_audio": 300, "input": 200},
            id="none where there is text enough",
        ),
        pytest.param(
            {"input_audio_tokens": 500, "input_image_tokens": 500, READ: 800},
            {"cache_read": 800, "input_audio": 200},
            id="nobody knows whether it was speech or pictures",
        ),
        pytest.param(
            {"input_audio_tokens": 500, READ: 0}, {"input_audio": 500, "input": 500}, id="no cache"
        ),
    ],
)
def test_what_was_read_from_a_cache_is_priced_once(
    usage: dict[str, int], counts: dict[str, int]
) -> None:
    assert split(Usage(input_tokens=1000, **usage)) == (counts, 1000)


@pytest.mark.parametrize(
    ("model", "tier", "cost"),
    [
        pytest.param("google/gemini-2.5-flash", None, "0.1", id="Gemini"),
        pytest.param("google/gemini-2.5-flash", "priority", "0.18", id="Gemini, first"),
        pytest.param("google/gemini-3.1-flash-lite", "flex", "0.025", id="Gemini, in its own time"),
        pytest.param("openai/gpt-realtime-mini", None, "0.3", id="OpenAI"),
        pytest.param(
            "google/gemini-2.5-pro", None, "0.125", id="where speech costs what text does"
        ),
    ],
)
def test_speech_that_was_read_from_a_cache_has_its_own_price(
    shipped: Catalogue, model: str, tier: str | None, cost: str
) -> None:
    provider, _, name = model.partition("/")
    whole = dict.fromkeys(["input_tokens", "input_audio_tokens", READ, HEARD], 1_000_000)
    reading = Reading(
        provider=provider,
        operation="chat",
        response_model=name,
        service_tier=tier,
        usage=Usage(**{name: count // 10 for name, count in whole.items()}),
    )

    quote = price(reading, shipped, NOW)

    assert quote.list_cost == Money(Money.parse(cost).atto // 10)
