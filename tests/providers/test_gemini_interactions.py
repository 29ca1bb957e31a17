"""Interactions with Gemini: what each count means, and what is billed beside."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, hear, sse

from pytest_specbudget.core.usage import Usage

REQUEST = ask(
    "generativelanguage.googleapis.com", "/v1beta/interactions", {"model": "g", "input": ""}
)
USAGE = {
    "total_input_tokens": 9,
    "total_tool_use_tokens": 1,
    "total_output_tokens": 13,
    "total_thought_tokens": 220,
    "total_cached_tokens": 0,
    "total_tokens": 243,
}
CREATED = {"interaction": {"status": "in_progress", "model": "g"}}


def interaction(usage: dict[str, Any], **more: Any) -> bytes:
    """Write a whole interaction."""
    return encoded({"id": "v1_1", "status": "completed", "model": "g", "usage": usage, **more})


def modalities(**tokens: int) -> list[dict[str, Any]]:
    """Write counts by modality."""
    return [{"modality": name, "tokens": count} for name, count in tokens.items()]


def test_an_interaction_tells_at_its_end() -> None:
    done = {"interaction": {"status": "completed", "model": "g", "usage": USAGE}}

    reading = hear(REQUEST, sse(CREATED, done, "[DONE]"))

    assert (reading.usage_state, reading.flags) == ("complete", ())
    assert reading.usage == Usage(
        input_tokens=10,
        output_tokens=233,
        cache_read_input_tokens=0,
        reasoning_output_tokens=220,
    )


@pytest.mark.parametrize(
    ("total", "flags"),
    [
        pytest.param(243, (), id="the sum"),
        pytest.param(242, ("total_tokens 242 is not input 10 + output 233",), id="below it"),
        pytest.param(250, ("total_tokens 250 is not input 10 + output 233",), id="above it"),
    ],
)
def test_a_total_that_nothing_explains_is_told(total: int, flags: tuple[str, ...]) -> None:
    assert hear(REQUEST, interaction(USAGE | {"total_tokens": total})).flags == flags


def test_what_a_step_tells_is_a_lower_bound() -> None:
    stop = {"event_type": "step.stop", "usage": {"total_input_tokens": 9, "total_output_tokens": 2}}

    reading = hear(REQUEST, sse(CREATED, stop))

    assert (reading.usage_state, reading.usage.output_tokens) == ("partial", 2)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        pytest.param(
            {"output_tokens_by_modality": modalities(image=11, text=2)},
            {"output_image_tokens": 11},
            id="a picture was made",
        ),
        pytest.param(
            {"output_tokens_by_modality": modalities(AUDIO=12)},
            {"output_audio_tokens": 12},
            id="something was spoken",
        ),
        pytest.param(
            {
                "input_tokens_by_modality": modalities(image=5, audio=2, text=2),
                "tool_use_tokens_by_modality": modalities(image=1),
            },
            {"input_image_tokens": 6, "input_audio_tokens": 2},
            id="pictures and sound were given, some of them by a tool",
        ),
        pytest.param({"output_tokens_by_modality": "nonsense"}, {}, id="nonsense"),
    ],
)
def test_modalities_are_parts_of_the_counts(
    usage: dict[str, Any], expected: dict[str, int]
) -> None:
    reading = hear(REQUEST, interaction(USAGE | usage))

    counts = reading.usage.reported()
    assert {name: counts[name] for name in counts if "audio" in name or "image" in name} == expected
    assert (reading.usage_state, counts["output_tokens"]) == ("complete", 233)


def test_films_make_it_a_lower_bound() -> None:
    reading = hear(REQUEST, interaction(USAGE | {"output_tokens_by_modality": modalities(video=9)}))

    assert (reading.usage_state, reading.flags) == ("partial", ("films have a price of their own",))


@pytest.mark.parametrize(
    ("total", "thought"),
    [
        pytest.param(197, 177, id="no count but the total has the thoughts"),
        pytest.param(20, None, id="nothing was thought"),
        pytest.param(7, None, id="a total that is too low says nothing"),
    ],
)
def test_thoughts_are_what_the_total_has_beside_the_rest(total: int, thought: int | None) -> None:
    usage = {"total_input_tokens": 8, "total_output_tokens": 12, "total_tokens": total}

    reading = hear(REQUEST, interaction(usage))

    assert reading.usage.output_tokens == 12 + (thought or 0)
    assert reading.usage.reasoning_output_tokens == thought


SEARCHED = {"type": "google_search_call", "arguments": {"queries": ["a", "b"]}}


@pytest.mark.parametrize(
    ("usage", "steps", "told"),
    [
        pytest.param(
            {"grounding_tool_count": [{"type": "google_search", "count": 3}]},
            [SEARCHED],
            ("google_search 3",),
            id="the count of the provider",
        ),
        pytest.param({}, [SEARCHED, SEARCHED], ("google_search 4",), id="the queries of each call"),
        pytest.param(
            {"grounding_tool_count": [{"type": "google_search", "count": 0}]},
            [SEARCHED],
            (),
            id="none that is billed",
        ),
        pytest.param(
            {"grounding_tool_count": [{"type": "google_maps", "count": 1}]},
            [],
            ("google_maps 1",),
            id="another tool",
        ),
        pytest.param({}, [{"type": "google_search_call"}], (), id="no query"),
    ],
)
def test_searches_are_told(
    usage: dict[str, Any], steps: list[dict[str, Any]], told: tuple[str, ...]
) -> None:
    whole = interaction(USAGE | usage, steps=steps)
    done = {"interaction": {"status": "completed", "model": "g", "usage": USAGE | usage}}
    deltas = ({"event_type": "step.delta", "delta": step} for step in steps)

    assert hear(REQUEST, whole).unpriced_tools == told
    assert hear(REQUEST, sse(CREATED, *deltas, done)).unpriced_tools == told
