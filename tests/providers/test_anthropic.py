"""Anthropic's Messages: exclusive counts made inclusive, and cumulative streams."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import anthropic, ask, encoded, hear, sse

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage

USAGE = {
    "input_tokens": 10,
    "cache_read_input_tokens": 100,
    "cache_creation_input_tokens": 1000,
    "cache_creation": {"ephemeral_5m_input_tokens": 400, "ephemeral_1h_input_tokens": 600},
    "output_tokens": 1,
    "service_tier": "standard",
}
START = {
    "type": "message_start",
    "message": {"id": "m1", "model": "claude-sonnet-5", "usage": USAGE},
}
DELTA = {"type": "content_block_delta", "delta": {"type": "text_delta", "text": '"usage":{'}}
LAST = {
    "type": "message_delta",
    "delta": {"stop_reason": "end_turn"},
    "usage": {"output_tokens": 50},
}
STOP = {"type": "message_stop"}


def message(**usage: Any) -> bytes:
    """Write a plain message with these counts."""
    return encoded({"id": "m1", "model": "claude-sonnet-5", "usage": usage})


def test_input_holds_what_the_cache_gave_and_took() -> None:
    reading = hear(anthropic(), message(**USAGE))

    assert reading.usage == Usage(
        input_tokens=1110,
        output_tokens=1,
        cache_read_input_tokens=100,
        cache_write_input_tokens=1000,
        cache_write_5m_input_tokens=400,
        cache_write_1h_input_tokens=600,
    )
    assert (reading.usage_state, reading.service_tier) == ("complete", "default")
    assert (reading.response_model, reading.response_id) == ("claude-sonnet-5", "m1")


@pytest.mark.parametrize(
    ("events", "state", "output"),
    [
        pytest.param([START, DELTA, LAST, STOP], "complete", 50, id="to its end"),
        pytest.param([START, DELTA], "partial", 1, id="cut early: a lower bound"),
        pytest.param([START, DELTA, LAST], "partial", 50, id="cut before its last event"),
        pytest.param([START, {"type": "ping"}, LAST, STOP], "complete", 50, id="with a ping"),
    ],
)
def test_a_stream_is_complete_by_message_stop(events: list[Any], state: str, output: int) -> None:
    reading = hear(anthropic(stream=True), sse(*events))

    assert (reading.usage_state, reading.usage.output_tokens) == (state, output)
    assert reading.usage.input_tokens == 1110
    assert reading.streaming


def test_a_delta_replaces_what_it_names_and_keeps_the_split() -> None:
    last = {"type": "message_delta", "usage": {"input_tokens": 20, "cache_read_input_tokens": None}}

    usage = hear(anthropic(), sse(START, last, STOP)).usage

    assert usage.input_tokens == 20 + 100 + 1000
    assert usage.cache_write_1h_input_tokens == 600


def test_a_stream_without_newer_fields_is_read() -> None:
    start = {
        "type": "message_start",
        "message": {"usage": {"input_tokens": 17, "output_tokens": 1}},
    }

    reading = hear(anthropic(), sse(start, LAST, STOP))

    assert reading.usage == Usage(input_tokens=17, output_tokens=50)


def test_thinking_and_server_tools_are_read() -> None:
    body = message(
        input_tokens=1,
        output_tokens=9,
        output_tokens_details={"thinking_tokens": 7},
        server_tool_use={"web_search_requests": 3, "web_fetch_requests": 1},
    )

    usage = hear(anthropic(), body).usage

    assert (usage.output_tokens, usage.reasoning_output_tokens) == (9, 7)
    assert (usage.web_search_requests, usage.web_fetch_requests) == (3, 1)


def test_a_compaction_is_billed_beside_the_top_level() -> None:
    iterations = [
        {"type": "compaction", "input_tokens": 55000, "output_tokens": 131},
        {"type": "message", "input_tokens": 229, "output_tokens": 5},
    ]

    reading = hear(anthropic(), message(input_tokens=229, output_tokens=5, iterations=iterations))

    assert (reading.usage.input_tokens, reading.usage.output_tokens) == (55229, 136)
    assert reading.parts == ()


def test_an_advisor_is_a_part_with_its_own_model() -> None:
    iterations = [
        {"type": "message", "input_tokens": 10, "output_tokens": 1},
        {"type": "advisor_message", "model": "claude-x", "input_tokens": 20, "output_tokens": 2},
        {"type": "message", "input_tokens": 30, "output_tokens": 3},
    ]
    tools = {"web_search_requests": 2}
    body = message(input_tokens=40, output_tokens=4, iterations=iterations, server_tool_use=tools)

    reading = hear(anthropic(), body)

    assert [(part.model, part.usage.input_tokens) for part in reading.parts] == [
        ("claude-sonnet-5", 40),
        ("claude-x", 20),
    ]
    assert sum((part.usage for part in reading.parts), Usage()) == reading.usage
    assert reading.usage.web_search_requests == 2


def test_a_declined_attempt_is_billed_beside_the_fallback_that_served() -> None:
    served = {"input_tokens": 30, "cache_creation_input_tokens": 100, "output_tokens": 7}
    iterations = [
        {"type": "message", "model": "claude-fable-5", "input_tokens": 30, "output_tokens": 2},
        {"type": "fallback_message", "model": "claude-sonnet-5", **served},
    ]
    kept = {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 100}

    reading = hear(anthropic(), message(**served, cache_creation=kept, iterations=iterations))

    parts = {part.model: part.usage for part in reading.parts}
    assert parts["claude-fable-5"] == Usage(input_tokens=30, output_tokens=2)
    assert parts["claude-sonnet-5"].input_tokens == 130
    assert parts["claude-sonnet-5"].cache_write_1h_input_tokens == 100
    assert (reading.usage.input_tokens, reading.usage.output_tokens) == (160, 9)


def test_iterations_of_messages_alone_add_nothing() -> None:
    iterations = [{"type": "message", "input_tokens": 10, "output_tokens": 1}] * 2

    reading = hear(anthropic(), message(input_tokens=20, output_tokens=2, iterations=iterations))

    assert reading.usage == Usage(input_tokens=20, output_tokens=2)


@pytest.mark.parametrize(
    ("stated", "tier"),
    [
        ({"service_tier": "standard"}, "default"),
        ({"service_tier": "batch"}, "batch"),
        ({"service_tier": "priority"}, "priority"),
        ({"service_tier": "standard", "speed": "fast"}, "fast"),
        ({}, None),
    ],
)
def test_tiers_have_the_names_of_prices(stated: dict[str, str], tier: str | None) -> None:
    reading = hear(anthropic(), message(input_tokens=1, output_tokens=1, **stated))

    assert reading.service_tier == tier


@pytest.mark.parametrize(
    ("geo", "region"), [("us", "us"), ("global", None), ("not_available", None), (None, None)]
)
def test_a_region_is_named_where_a_price_depends_on_it(geo: str | None, region: str | None) -> None:
    reading = hear(anthropic(), message(input_tokens=1, output_tokens=1, inference_geo=geo))

    assert reading.region == region


def test_an_error_in_a_stream_is_told_and_keeps_the_lower_bound() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}

    reading = hear(anthropic(), sse(START, DELTA, error))

    assert (reading.usage_state, reading.usage.input_tokens) == ("partial", 1110)
    assert reading.flags == ("error in a successful answer: Overloaded",)


def test_the_older_completions_report_nothing() -> None:
    body = {"model": "claude-2.1", "prompt": "", "max_tokens_to_sample": 1}

    reading = hear(
        ask("api.anthropic.com", "/v1/complete", body),
        sse({"type": "completion", "model": "claude-2.1", "stop_reason": "stop"}),
    )

    assert (reading.usage_state, reading.model) == ("none", "claude-2.1")


def test_a_gateway_states_what_a_message_costs() -> None:
    body = message(input_tokens=1, output_tokens=1, cost=0.25)

    assert hear(anthropic("openrouter.ai"), body).provider_cost == Money.parse("0.25")
    assert hear(anthropic(), body).provider_cost is None


@pytest.mark.parametrize(
    ("status", "flags"),
    [
        ("redeemed", ("a fallback credit was redeemed: it cost less than this",)),
        ("not_applied", ()),
    ],
)
def test_a_credit_that_was_redeemed_is_noted(status: str, flags: tuple[str, ...]) -> None:
    reading = hear(anthropic(), message(**USAGE, fallback_credit={"status": {"type": status}}))

    assert (reading.usage_state, reading.flags) == ("complete", flags)
