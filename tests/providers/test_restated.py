"""What a recorded answer would have consumed, had another request been asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.restated import prompt_of, restated, uncached

LONG = "word " * 1000


def request(text: str = LONG, model: str = "gpt-4o-mini", **others: Any) -> Request:
    body = {"model": model, "messages": [{"role": "user", "content": text}], **others}
    return Request("POST", "api.openai.com", "/v1/chat/completions", json.dumps(body).encode())


def reading(model: str = "gpt-4o-mini", **counts: int) -> Reading:
    usage = Usage(**{"input_tokens": 1250, "output_tokens": 40, **counts})
    return Reading(
        provider="openai",
        operation="chat",
        request_model=model,
        response_model="gpt-4o-mini-2024-07-18",
        usage=usage,
        usage_state="complete",
    )


def after(now: Request, then: Request, **counts: int) -> Reading:
    return restated(reading(now.document["model"], **counts), now, then, then.document["model"])


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"store": True}, id="a switch"),
        pytest.param({"temperature": 0.5}, id="a number"),
        pytest.param({"user": "somebody else"}, id="a text that no model is given"),
    ],
)
def test_what_the_model_is_not_given_changes_nothing(others: dict[str, Any]) -> None:
    assert after(request(**others), request()) == reading()


def test_another_model_is_charged_under_the_name_asked_for() -> None:
    moved = after(request(model="gpt-5.2-pro"), request())

    assert (moved.model, moved.usage, moved.usage_state) == (
        "gpt-5.2-pro",
        reading().usage,
        "estimated",
    )


@pytest.mark.parametrize(
    ("now", "then", "tokens"),
    [
        pytest.param(LONG * 2, LONG, 2500, id="twice the text, as many tokens a byte"),
        pytest.param(LONG[:2500], LONG, 626, id="half the text, rounded to the dear side"),
        pytest.param("", LONG, 1, id="no text, and never below zero"),
        pytest.param("x" * 4000, "Hi", 1250 + 1000, id="a short recording tells nothing"),
        pytest.param("é" * 2000, "Hi", 1250 + 1000, id="bytes count, not letters"),
    ],
)
def test_the_input_follows_the_text(now: str, then: str, tokens: int) -> None:
    changed = after(request(now), request(then))

    # The words around a text, such as its role, are a part of the prompt, too.
    assert changed.usage.input_tokens == pytest.approx(tokens, abs=5)
    assert changed.usage.output_tokens == 40
    assert changed.usage_state == "estimated"


@pytest.mark.parametrize(
    ("now", "cached"),
    [
        pytest.param(LONG + "more", 1024, id="a change at the end keeps the cache"),
        pytest.param("new " + LONG, 2, id="a change at the beginning breaks it"),
    ],
)
def test_a_cache_holds_no_more_than_what_prompts_begin_with(now: str, cached: int) -> None:
    changed = after(request(now), request(), cache_read_input_tokens=1024)

    assert changed.usage.cache_read_input_tokens == pytest.approx(cached, abs=4)


def test_the_parts_of_the_input_are_never_more_than_the_whole() -> None:
    parts = {"cache_read_input_tokens": 600, "cache_write_input_tokens": 600}

    usage = after(request(LONG[:100]), request(), **parts).usage

    counts = usage.cache_read_input_tokens, usage.cache_write_input_tokens
    assert sum(count or 0 for count in counts) <= (usage.input_tokens or 0)


def test_tools_are_a_part_of_the_prompt_and_images_are_none() -> None:
    tool = {"type": "function", "function": {"name": "find", "description": "Finds."}}
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 9000}}

    prompt = prompt_of({"tools": [tool], "messages": [{"content": [image]}]})

    assert "Finds." in prompt
    assert "AAAA" not in prompt


def test_another_service_tier_is_the_one_asked_for() -> None:
    assert after(request(service_tier="flex"), request()).service_tier == "flex"


def test_without_a_price_for_cached_input_all_of_it_is_fresh() -> None:
    cached = reading(cache_read_input_tokens=1024, reasoning_output_tokens=8)

    usage = uncached(cached).usage

    assert usage == Usage(input_tokens=1250, output_tokens=40, reasoning_output_tokens=8)


@pytest.mark.parametrize(
    ("now", "then", "output"),
    [
        pytest.param({"n": 5}, {}, 200, id="five answers for one"),
        pytest.param({}, {"n": 4}, 10, id="one for four"),
        pytest.param({"reasoning_effort": "high"}, {}, 40, id="more effort, as recorded"),
        pytest.param({"max_tokens": 4000}, {"max_tokens": 9}, 40, id="more room, as recorded"),
    ],
)
def test_wishes_make_an_estimate(now: dict[str, Any], then: dict[str, Any], output: int) -> None:
    changed = after(request(**now), request(**then))

    assert (changed.usage.output_tokens, changed.usage_state) == (output, "estimated")


def test_the_kinds_of_cache_writes_are_never_more_than_the_writes() -> None:
    parts = {"cache_write_input_tokens": 900, "cache_write_5m_input_tokens": 900}

    usage = after(request(LONG[:100]), request(), **parts).usage

    assert usage.cache_write_5m_input_tokens == usage.cache_write_input_tokens != 900


def test_another_image_makes_an_estimate() -> None:
    def shown(image: str) -> Request:
        content = [{"type": "image_url", "image_url": {"url": image}}]
        return request(messages=[{"role": "user", "content": content}])

    assert after(shown("data:a"), shown("data:b")).usage_state == "estimated"
