"""Tools that are sold by the call become parts of the answer that they ran for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part, Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.pricing import price
from pytest_specbudget.providers import read_whole
from pytest_specbudget.providers.sold_tools import charged

if TYPE_CHECKING:
    from pytest_specbudget.prices.catalogue import Catalogue

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SOME = Usage(input_tokens=1000, output_tokens=100)


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load_catalogue()


def reading(provider: str, model: str, *tools: str, usage: Usage = SOME) -> Reading:
    return Reading(
        provider=provider,
        operation="chat",
        response_model=model,
        usage=usage,
        unpriced_tools=tools,
    )


def calls_of(found: Reading) -> dict[str, int | None]:
    return {part.model: part.usage.tool_calls for part in found.parts[1:]}


@pytest.mark.parametrize(
    ("provider", "model", "tool", "part"),
    [
        pytest.param("openai", "gpt-5", "file_search 2", {"file_search": 2}, id="files at OpenAI"),
        pytest.param("azure", "gpt-5", "file_search 2", {"file_search": 2}, id="and on Azure"),
        pytest.param("xai", "grok-4.3", "x_search 3", {"x_search": 3}, id="posts at xAI"),
        pytest.param(
            "google", "gemini-2.5-pro", "google_search 3", {"google_search": 1}, id="an answer"
        ),
        pytest.param(
            "google",
            "gemini-3.5-flash",
            "google_search 3",
            {"google_search_query": 3},
            id="queries from Gemini 3 on",
        ),
        pytest.param(
            "openai",
            "gpt-4o-search-preview",
            "web_search 1",
            {"web_search_preview": 1},
            id="a model that searches for each answer",
        ),
        pytest.param(
            "openai", "gpt-5-search-api", "web_search 1", {"web_search": 1}, id="its successor"
        ),
    ],
)
def test_a_tool_with_a_price_is_a_part(
    provider: str, model: str, tool: str, part: dict[str, int]
) -> None:
    found = charged(reading(provider, model, tool))

    assert (calls_of(found), found.unpriced_tools) == (part, ())
    assert found.parts[0] == Part(model=model, usage=SOME)
    assert found.usage == SOME + Usage(tool_calls=sum(part.values()))


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(
            reading("openai", "gpt-5", "code_interpreter 1"), id="a container may live on"
        ),
        pytest.param(reading("openrouter", "gpt-5", "file_search 1"), id="at somebody else's"),
        pytest.param(
            reading("google", "gemini-flash", "google_search 1"), id="of which generation"
        ),
        pytest.param(reading("google", "gemini-3-pro", "google_maps 1"), id="queries not counted"),
        pytest.param(reading("openai", "gpt-5", "file_search"), id="told in another way"),
        pytest.param(reading("openai", "gpt-5", "file_search 1", usage=Usage()), id="no counts"),
    ],
)
def test_what_nobody_can_tell_stays_told(kept: Reading) -> None:
    assert charged(kept) is kept


def test_searches_of_the_preview_have_their_own_price_and_not_the_models_too() -> None:
    usage = SOME + Usage(web_search_requests=2)

    found = charged(reading("openai", "gpt-4o", "web_search_preview 2", usage=usage))

    assert found.parts == (
        Part(model="gpt-4o", usage=SOME),
        Part(model="web_search_preview", usage=Usage(web_search_requests=2)),
    )
    assert found.usage == usage


def test_tools_stand_behind_the_parts_that_were_there() -> None:
    image = Part(model="gpt-image-2", usage=Usage(output_tokens=7))
    first = Part(model="gpt-5", usage=SOME)
    both = Reading(
        provider="openai",
        operation="responses",
        usage=SOME + image.usage,
        parts=(first, image),
        unpriced_tools=("code_interpreter 1", "file_search 1"),
    )

    found = charged(both)

    assert found.parts == (first, image, Part(model="file_search", usage=Usage(tool_calls=1)))
    assert found.unpriced_tools == ("code_interpreter 1",)


@pytest.mark.parametrize(
    ("model", "tool", "cost"),
    [
        pytest.param("openai/gpt-5", "file_search 2", "0.00725", id="files"),
        pytest.param("azure/gpt-5", "file_search 2", "0.00725", id="on Azure"),
        pytest.param("xai/grok-4.3", "x_search 3", "0.0165", id="posts"),
        pytest.param("xai/grok-4.3", "file_search 1", "0.004", id="collections"),
        pytest.param("google/gemini-2.5-pro", "google_search 3", "0.03725", id="an answer"),
        pytest.param("google/gemini-3.8-flash", "google_search 3", "0.043125", id="queries"),
        pytest.param("google/gemini-2.5-pro", "google_maps 1", "0.02725", id="a map"),
    ],
)
def test_a_tool_costs_what_is_published(
    shipped: Catalogue, model: str, tool: str, cost: str
) -> None:
    provider, _, name = model.partition("/")

    quote = price(charged(reading(provider, name, tool)), shipped, NOW)

    assert quote.list_cost == Money.parse(cost)


def test_a_tool_costs_in_a_batch_what_it_costs(shipped: Catalogue) -> None:
    batched = replace(reading("openai", "gpt-5", "file_search 2"), service_tier="batch")

    assert price(charged(batched), shipped, NOW).list_cost == Money.parse("0.006125")


def test_an_answer_is_charged_for_its_tools(shipped: Catalogue) -> None:
    answer: dict[str, Any] = {
        "object": "response",
        "model": "gpt-5",
        "status": "completed",
        "output": [{"type": "file_search_call"}],
        "usage": {"input_tokens": 1000, "output_tokens": 100, "total_tokens": 1100},
    }
    asked = Request("POST", "api.openai.com", "/v1/responses", b'{"model": "gpt-5"}')

    found = read_whole(asked, 200, {}, json.dumps(answer).encode())

    assert found is not None
    assert price(found, shipped, NOW).list_cost == Money.parse("0.00475")
    assert price(found, shipped, NOW).price_id == (
        "openai/gpt-5/default + openai/file_search/default/from-2025-03-11"
    )


@pytest.mark.parametrize(
    ("size", "cost"),
    [
        pytest.param("low", "0.0061", id="the least"),
        pytest.param("medium", "0.0091", id="more"),
        pytest.param("high", "0.0131", id="the most"),
        pytest.param(None, "0.0061", id="not told"),
        pytest.param("all", None, id="a size that nobody knows"),
    ],
)
def test_perplexity_takes_more_for_more_of_the_web(
    shipped: Catalogue, size: str | None, cost: str | None
) -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    answer = {
        "model": "sonar",
        "choices": [{"index": 0, "finish_reason": "stop"}],
        "usage": usage | {"search_context_size": size},
    }
    asked = Request("POST", "api.perplexity.ai", "/chat/completions", b'{"model": "sonar"}')

    found = read_whole(asked, 200, {}, json.dumps(answer).encode())

    assert found is not None
    known = None if cost is None else Money.parse(cost)
    assert (found.model, price(found, shipped, NOW).list_cost) == ("sonar", known)


def test_speech_that_was_read_from_a_cache_is_told_apart(shipped: Catalogue) -> None:
    usage = {
        "promptTokenCount": 1000,
        "cachedContentTokenCount": 600,
        "candidatesTokenCount": 0,
        "totalTokenCount": 1000,
        "promptTokensDetails": [
            {"modality": "AUDIO", "tokenCount": 500},
            {"modality": "TEXT", "tokenCount": 500},
        ],
        "cacheTokensDetails": [
            {"modality": "AUDIO", "tokenCount": 400},
            {"modality": "TEXT", "tokenCount": 200},
        ],
    }
    answer = {"candidates": [{"finishReason": "STOP"}], "usageMetadata": usage}
    path = "/v1beta/models/gemini-2.5-flash:generateContent"
    asked = Request("POST", "generativelanguage.googleapis.com", path, b'{"contents": []}')

    found = read_whole(asked, 200, {}, json.dumps(answer).encode())

    assert found is not None
    assert found.usage.cache_read_audio_input_tokens == 400
    # 300 of text, 100 of speech, 200 of text and 400 of speech from a cache
    assert price(found, shipped, NOW).list_cost == Money.parse("0.000236")


def test_openai_tells_it_too() -> None:
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 1,
        "total_tokens": 101,
        "prompt_tokens_details": {
            "audio_tokens": 80,
            "cached_tokens": 60,
            "cached_tokens_details": {"text_tokens": 10, "audio_tokens": 50, "image_tokens": 0},
        },
    }
    answer = {"object": "chat.completion", "model": "gpt-audio", "choices": [], "usage": usage}
    asked = Request("POST", "api.openai.com", "/v1/chat/completions", b"{}")

    found = read_whole(asked, 200, {}, json.dumps(answer).encode())

    assert found is not None
    assert found.usage.cache_read_input_tokens == 60
    assert found.usage.cache_read_audio_input_tokens == 50
