"""xAI's answers over gRPC, as plain values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.core.money import Money
from pytest_specbudget.providers.deferred import RETRIEVE
from pytest_specbudget.providers.xai_grpc import listener_to

if TYPE_CHECKING:
    from pytest_specbudget.core.reading import Reading

USAGE = {
    "prompt_tokens": 30,
    "completion_tokens": 5,
    "reasoning_tokens": 7,
    "total_tokens": 42,
    "prompt_text_tokens": 28,
    "cached_prompt_text_tokens": 20,
    "prompt_image_tokens": 2,
    "server_side_tools_used": ["SERVER_SIDE_TOOL_WEB_SEARCH", "SERVER_SIDE_TOOL_X_SEARCH"],
    "cost_in_usd_ticks": 12_345_678,
}


def read(document: dict[str, Any], path: str = "Chat/GetCompletion", **asked: Any) -> Reading:
    body = json.dumps(asked).encode()
    listener = listener_to(Request("POST", "api.x.ai", f"/xai_api.{path}", body))
    assert listener is not None
    listener.head(200, {})
    listener.whole(json.dumps(document).encode())
    return listener.finish("complete")


def test_counts_are_those_of_the_http_interface_under_other_names() -> None:
    answer = {
        "id": "c-1",
        "model": "grok-4",
        "usage": USAGE,
        "service_tier": "SERVICE_TIER_DEFAULT",
    }

    reading = read(answer, model="grok-4-latest")

    assert reading.usage.reported() == {
        "input_tokens": 30,
        "output_tokens": 12,
        "cache_read_input_tokens": 20,
        "reasoning_output_tokens": 7,
        "input_image_tokens": 2,
        "web_search_requests": 1,
        "tool_calls": 1,
    }
    assert [part.model for part in reading.parts] == ["grok-4", "x_search"]
    assert (reading.model, reading.request_model) == ("grok-4", "grok-4-latest")
    assert (reading.usage_state, reading.response_id) == ("complete", "c-1")
    assert reading.provider_cost == Money.parse("0.0012345678")


@pytest.mark.parametrize(
    ("told", "tier"),
    [
        ("SERVICE_TIER_PRIORITY", "priority"),
        ("SERVICE_TIER_DEFAULT", "default"),
        ("SERVICE_TIER_UNSPECIFIED", None),
        (None, None),
    ],
)
def test_a_service_tier_loses_its_prefix(told: str | None, tier: str | None) -> None:
    assert read({"usage": USAGE, "service_tier": told}).service_tier == tier


@pytest.mark.parametrize(
    "usage",
    [
        pytest.param({}, id="nothing was told"),
        pytest.param({"prompt_tokens": 0, "completion_tokens": 0}, id="an image has no tokens"),
    ],
)
def test_counts_that_were_not_filled_in_are_no_zero(usage: dict[str, Any]) -> None:
    reading = read({"model": "grok-2-image", "usage": usage}, "Image/GenerateImage")

    assert (reading.usage.reported(), reading.usage_state) == ({}, "none")


def test_a_price_that_is_told_without_counts_is_kept() -> None:
    reading = read({"usage": {"cost_in_usd_ticks": 700_000_000}}, "Image/GenerateImage")

    assert (reading.usage_state, reading.provider_cost) == ("none", Money.parse("0.07"))


@pytest.mark.parametrize("work", ["Chat/StartDeferredCompletion", "Video/GenerateVideo"])
def test_a_call_that_begins_work_leaves_its_counts_to_the_answer(work: str) -> None:
    reading = read({"request_id": "d-1"}, work, model="grok-4")

    assert (reading.counted, reading.response_id, reading.usage.reported()) == (False, "d-1", {})


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        pytest.param({"status": "PENDING"}, False, id="not yet"),
        pytest.param(
            {"status": "DONE", "response": {"id": "c-1", "usage": USAGE}}, True, id="it is there"
        ),
    ],
)
def test_work_is_asked_for_under_the_id_it_began_with(
    answer: dict[str, Any], *, counts: bool
) -> None:
    reading = read(answer, "Chat/GetDeferredCompletion", request_id="d-1")

    assert (reading.operation, reading.response_id) == (RETRIEVE, "d-1")
    assert bool(reading.usage.reported()) is counts


@pytest.mark.parametrize(
    "path",
    [
        "/xai_api.Tokenize/TokenizeText",
        "/xai_api.Models/ListLanguageModels",
        "/xai_api.Chat/GetStoredCompletion",
        "/v1/chat/completions",
    ],
)
def test_what_is_no_model_call_has_no_listener(path: str) -> None:
    assert listener_to(Request("POST", "api.x.ai", path, b"{}")) is None
