"""How many tokens a call can consume at most, and what has no bound."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_specbudget.budgets.admission import Unbounded
from pytest_specbudget.budgets.bounds import TokenBounds, token_bounds
from pytest_specbudget.core.exchange import Request

ASKED = [{"role": "user", "content": "How many?"}]
CHAT = {"model": "m", "messages": ASKED, "max_tokens": 50}
GEMINI = {"contents": [{"parts": [{"text": "How many?"}]}]}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
LIMITED = {"generationConfig": {"maxOutputTokens": 50}}


def request(document: Any) -> Request:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Request("POST", "api.openai.com", "/v1/chat/completions", body)


def bounds(document: Any, operation: str = "chat") -> TokenBounds:
    found = token_bounds(request(document), operation, "m")
    assert isinstance(found, TokenBounds), found
    return found


def said(part: dict[str, Any], role: str = "user") -> dict[str, Any]:
    return {**CHAT, "messages": [{"role": role, "content": [part]}]}


@pytest.mark.parametrize(
    ("document", "operation", "most"),
    [
        pytest.param(CHAT, "chat", 50, id="max_tokens"),
        pytest.param(
            {"model": "m", "messages": ASKED, "max_completion_tokens": 60}, "chat", 60, id="o3"
        ),
        pytest.param({**CHAT, "max_completion_tokens": 60}, "chat", 60, id="of two, the higher"),
        pytest.param({"model": "m", "input": "x", "max_output_tokens": 70}, "chat", 70, id="new"),
        pytest.param({**GEMINI, **LIMITED}, "generate_content", 50, id="Gemini"),
        pytest.param(
            {"messages": [{"content": [{"text": "x"}]}], "inferenceConfig": {"maxTokens": 80}},
            "chat",
            80,
            id="Converse",
        ),
        pytest.param({**CHAT, "n": 3}, "chat", 150, id="three answers"),
        pytest.param(
            {**GEMINI, "generationConfig": {"maxOutputTokens": 50, "candidateCount": 2}},
            "generate_content",
            100,
            id="two candidates",
        ),
        pytest.param(
            {"model": "m", "prompt": ["a", "b"], "n": 2, "best_of": 3, "max_tokens": 10},
            "text_completion",
            60,
            id="the best of three, for each of two prompts",
        ),
        pytest.param(
            {"model": "m", "prompt": [1, 2, 3], "max_tokens": 10},
            "text_completion",
            10,
            id="one prompt in tokens",
        ),
        pytest.param({"model": "m", "input": ["a", "b"]}, "embeddings", 0, id="embeddings"),
    ],
)
def test_output_is_bounded_by_what_is_asked_for(
    document: dict[str, Any], operation: str, most: int
) -> None:
    assert bounds(document, operation).output_tokens == most


@pytest.mark.parametrize("text", ["", "word " * 500, "\u4e2d\u6587" * 300, "\U0001f600" * 100])
def test_input_is_bounded_by_the_bytes_of_the_body(text: str) -> None:
    asked = request({**CHAT, "messages": [{"role": "user", "content": text}]})
    found = token_bounds(asked, "chat", "m")

    assert isinstance(found, TokenBounds)
    assert found.input_tokens == len(asked.body or b"") >= len(text.encode())


def test_tools_bring_words_of_the_provider_s_own() -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}

    assert bounds({**CHAT, "tools": [tool]}).input_tokens >= bounds(CHAT).input_tokens + 2_048


@pytest.mark.parametrize(
    ("more", "cached"),
    [
        pytest.param({}, "", id="nothing is kept"),
        pytest.param({"cache_control": {"type": "ephemeral"}}, "5m", id="five minutes"),
        pytest.param({"cache_control": {"type": "ephemeral", "ttl": "1h"}}, "1h", id="an hour"),
        pytest.param({"prompt_cache_options": {"ttl": "12h"}}, "1h", id="12 hours at OpenAI"),
    ],
)
def test_input_that_is_kept_has_a_price_of_its_own(more: dict[str, Any], cached: str) -> None:
    assert bounds(said({"type": "text", "text": "x", **more})).cached == cached


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(said({"type": "text", "text": "x"}), id="a text part"),
        pytest.param(said({"type": "tool_result", "content": "x"}), id="what a tool said"),
        pytest.param(
            said({"type": "tool_use", "name": "f", "input": {"image": 1, "type": "x"}}),
            id="the values of a tool, whatever they are called",
        ),
        pytest.param({**CHAT, "tools": [{"name": "f", "input_schema": {}}]}, id="a tool of ours"),
        pytest.param({**CHAT, "tools": [{"function": {"name": "f"}}]}, id="one without a type"),
        pytest.param(
            {**GEMINI, **LIMITED, "tools": [{"functionDeclarations": [{"name": "f"}]}]},
            id="a function for Gemini",
        ),
        pytest.param(
            {**CHAT, "toolConfig": {"tools": [{"toolSpec": {"name": "f"}}]}}, id="one for Converse"
        ),
        pytest.param(
            {**CHAT, "response_format": {"type": "json_schema", "json_schema": {}}}, id="a schema"
        ),
    ],
)
def test_text_has_a_bound(document: dict[str, Any]) -> None:
    assert bounds(document).output_tokens == 50


@pytest.mark.parametrize(
    ("document", "operation", "why"),
    [
        pytest.param(b"", "chat", "body could not be read", id="nothing"),
        pytest.param(b"--form", "chat", "body could not be read", id="no JSON"),
        pytest.param(CHAT, "image_generation", "image_generation", id="pictures"),
        pytest.param({"model": "m", "messages": ASKED}, "chat", "no maximum", id="no limit"),
        pytest.param({**CHAT, "max_tokens": -1}, "chat", "no maximum", id="a limit of -1"),
        pytest.param({**CHAT, "max_tokens": None}, "chat", "no maximum", id="a limit of null"),
        pytest.param(
            {**GEMINI, "max_tokens": 5}, "generate_content", "no maximum", id="another's limit"
        ),
        pytest.param(said(IMAGE), "chat", '"image_url"', id="an image"),
        pytest.param(said({"type": "image", "source": {}}), "chat", '"image"', id="Claude's"),
        pytest.param(
            said({"type": "tool_result", "content": [{"type": "image"}]}),
            "chat",
            '"image"',
            id="an image from a tool",
        ),
        pytest.param(
            {**LIMITED, "contents": [{"parts": [{"inlineData": {}}]}]},
            "generate_content",
            '"inlineData"',
            id="Gemini's",
        ),
        pytest.param(said({"document": {}}), "chat", '"document"', id="Converse's document"),
        pytest.param(said({"type": "something_new"}), "chat", "something_new", id="unheard of"),
        pytest.param(
            {**CHAT, "tools": [{"type": "bash_20250124", "name": "bash"}]},
            "chat",
            "bash_20250124",
            id="a tool that the provider describes",
        ),
        pytest.param(
            {**CHAT, "previous_response_id": "r"}, "chat", "previous_response_id", id="a sequel"
        ),
        pytest.param({**CHAT, "prompt": {"id": "p"}}, "chat", '"prompt"', id="a stored prompt"),
        pytest.param(
            {**CHAT, "tools": [{"type": "web_search_20250305", "name": "web_search"}]},
            "chat",
            "web_search_20250305",
            id="a search at the provider's",
        ),
        pytest.param(
            {**GEMINI, **LIMITED, "tools": [{"googleSearch": {}}]},
            "generate_content",
            "googleSearch",
            id="Gemini's search",
        ),
        pytest.param({**CHAT, "modalities": ["audio"]}, "chat", "modalities", id="sound"),
        pytest.param(
            {**GEMINI, "generationConfig": {"maxOutputTokens": 5, "responseModalities": ["IMAGE"]}},
            "generate_content",
            "responseModalities",
            id="a picture from Gemini",
        ),
    ],
)
def test_what_points_beyond_its_text_has_no_bound(document: Any, operation: str, why: str) -> None:
    found = token_bounds(request(document), operation, "m")

    assert isinstance(found, Unbounded)
    assert why in found.why
    assert 'hosts."api.openai.com" = { bound_usd = "0.05" }' in found.remedy


@pytest.mark.parametrize(
    ("model", "why"),
    [
        pytest.param(None, "names no model", id="no model"),
        pytest.param("gpt-4o-search-preview", "not billed by its text alone", id="searches"),
        pytest.param("sonar-pro", "not billed by its text alone", id="searches by nature"),
        pytest.param("gpt-4o-audio-preview", "not billed by its text alone", id="speaks"),
        pytest.param("gemini-2.5-flash-image", "not billed by its text alone", id="draws"),
    ],
)
def test_what_a_model_consumes_beyond_the_text_has_no_bound(model: str | None, why: str) -> None:
    found = token_bounds(request(CHAT), "chat", model)

    assert isinstance(found, Unbounded)
    assert why in found.why
