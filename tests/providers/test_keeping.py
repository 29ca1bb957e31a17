"""What a provider begins to keep for money: caches of Google's, containers of OpenAI's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.answers import ask, encoded, hear

from pytest_specbudget.core.money import Money
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.pricing import price
from pytest_specbudget.providers.deferred import BEGIN, settled, tells

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.prices.catalogue import Catalogue

GEMINI = "generativelanguage.googleapis.com"
VERTEX = "europe-west4-aiplatform.googleapis.com"
NAMED = "projects/p/locations/europe-west4/publishers/google/models/gemini-3.5-flash"
CONTENTS = [{"parts": [{"text": "a long book"}]}]


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load_catalogue()


def caches(host: str = GEMINI, model: str = "models/gemini-2.5-flash") -> Request:
    """Ask for a cache."""
    place = "/v1beta" if host == GEMINI else "/v1/projects/p/locations/europe-west4"
    return ask(host, f"{place}/cachedContents", {"model": model, "contents": CONTENTS})


def cache(model: str = "models/gemini-2.5-flash", **counts: Any) -> bytes:
    """Answer with a cache of so many tokens."""
    return encoded({"name": "cachedContents/c1", "model": model, "usageMetadata": counts})


@pytest.mark.parametrize(
    ("host", "model", "named"),
    [
        (GEMINI, "models/gemini-2.5-flash", "gemini-2.5-flash"),
        (VERTEX, NAMED, "gemini-3.5-flash"),
        ("llm.corp", "models/gemini-2.5-flash", "gemini-2.5-flash"),
    ],
)
def test_a_cache_counts_nothing_and_is_told_to_be_billed(host: str, model: str, named: str) -> None:
    reading = hear(caches(host, model), cache(model, totalTokenCount=5000))

    assert (reading.provider, reading.operation, reading.model) == ("google", BEGIN, named)
    assert not any(reading.usage.reported().values())
    assert reading.unpriced_tools == ("cache_storage 1",)
    assert (reading.usage_state, reading.called, reading.counted) == ("complete", False, False)
    assert reading.certain


def test_a_cache_adds_nothing_to_a_sum(shipped: Catalogue) -> None:
    reading = hear(caches(), cache(totalTokenCount=1_000_000))

    quote = price(reading, shipped, datetime(2026, 11, 20, tzinfo=UTC))

    assert quote.list_cost == Money()


@pytest.mark.parametrize("counts", [{}, {"totalTokenCount": None}])
def test_an_answer_that_tells_no_tokens_is_unknown(counts: dict[str, Any]) -> None:
    reading = hear(caches(), cache(**counts))

    assert (reading.usage_state, reading.unpriced_tools) == ("none", ())


def test_tokens_that_make_no_sense_are_unreadable() -> None:
    assert hear(caches(), cache(totalTokenCount=-1)).usage_state == "unreadable"


def test_two_caches_are_two() -> None:
    reading = hear(caches(), cache(totalTokenCount=9))

    assert settled([reading, reading]) == []


@pytest.mark.parametrize(
    ("host", "path", "provider"),
    [
        ("api.openai.com", "/v1/containers", "openai"),
        ("x.openai.azure.com", "/openai/v1/containers", "azure.ai.openai"),
    ],
)
def test_a_container_is_seen_and_what_it_costs_is_unknown(
    host: str, path: str, provider: str
) -> None:
    answer = encoded({"id": "cntr_1", "object": "container", "memory_limit": "4g"})

    reading = hear(ask(host, path, {"name": "c", "memory_limit": "4g"}), answer)

    assert (reading.provider, reading.operation, reading.model) == (provider, BEGIN, "container:4g")
    assert (reading.usage_state, reading.counted) == ("none", False)
    assert not tells(reading)


def test_a_container_that_does_not_tell_its_size_has_a_name() -> None:
    reading = hear(ask("api.openai.com", "/v1/containers", {"name": "c"}), encoded({"id": "c1"}))

    assert reading.model == "container"
