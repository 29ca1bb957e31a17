"""Gemini: sums over its four counts, running values, and what it leaves out."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, gemini, hear, sse

from pytest_specbudget.core.usage import Usage

USAGE = {
    "promptTokenCount": 100,
    "cachedContentTokenCount": 60,
    "toolUsePromptTokenCount": 5,
    "candidatesTokenCount": 40,
    "thoughtsTokenCount": 7,
    "totalTokenCount": 152,
}
AS_READ = Usage(
    input_tokens=105, output_tokens=47, cache_read_input_tokens=60, reasoning_output_tokens=7
)
STOP = [{"finishReason": "STOP"}]


def answer(usage: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Make a chunk or an answer with these counts."""
    named = {"modelVersion": "gemini-2.5-flash", "responseId": "r1", "candidates": STOP}
    return {**named, "usageMetadata": usage, **more}


FIRST = answer({"promptTokenCount": 145, "totalTokenCount": 145}, candidates=[{}])
LAST = answer(USAGE)


def test_tool_results_are_input_and_thoughts_are_output() -> None:
    reading = hear(gemini(), encoded(LAST))

    assert reading.usage == AS_READ
    assert (reading.usage_state, reading.response_id) == ("complete", "r1")
    assert reading.response_model == "gemini-2.5-flash"


@pytest.mark.parametrize(
    ("stream", "state", "usage"),
    [
        pytest.param(sse(FIRST, LAST), "complete", AS_READ, id="events"),
        pytest.param(encoded([FIRST, LAST]), "complete", AS_READ, id="one array"),
        pytest.param(
            encoded([FIRST, LAST])[:-1], "complete", AS_READ, id="an array that is not closed"
        ),
        pytest.param(
            sse(FIRST), "partial", Usage(input_tokens=145, output_tokens=0), id="events, cut"
        ),
        pytest.param(
            sse(LAST, answer({"trafficType": "ON_DEMAND"})),
            "complete",
            AS_READ,
            id="a chunk without counts changes nothing",
        ),
    ],
)
def test_the_last_usage_of_a_stream_counts(stream: bytes, state: str, usage: Usage) -> None:
    reading = hear(gemini("streamGenerateContent"), stream)

    assert (reading.usage_state, reading.usage) == (state, usage)
    assert reading.streaming


@pytest.mark.parametrize(
    ("usage", "output"),
    [
        pytest.param({"promptTokenCount": 9, "totalTokenCount": 9}, 0, id="nothing generated"),
        pytest.param({"promptTokenCount": 9, "totalTokenCount": 12}, 3, id="only in the total"),
        pytest.param({"promptTokenCount": 9, "thoughtsTokenCount": 4}, 4, id="thoughts alone"),
    ],
)
def test_a_count_left_out_is_found_in_the_total(usage: dict[str, int], output: int) -> None:
    reading = hear(gemini(), encoded(answer(usage)))

    assert (reading.usage_state, reading.usage.output_tokens) == ("complete", output)


@pytest.mark.parametrize(
    ("total", "output", "thoughts"),
    [
        pytest.param(137, 37, 30, id="the candidates hold the thoughts"),
        pytest.param(167, 67, 30, id="the thoughts are beside the candidates"),
        pytest.param(None, 67, 30, id="no total"),
    ],
)
def test_the_total_tells_where_the_thoughts_are(
    total: int | None, output: int, thoughts: int
) -> None:
    usage = {"promptTokenCount": 100, "candidatesTokenCount": 37, "thoughtsTokenCount": 30}

    reading = hear(gemini(), encoded(answer(usage | {"totalTokenCount": total})))

    read = reading.usage
    assert (read.output_tokens, read.reasoning_output_tokens) == (output, thoughts)
    assert reading.flags == ()


def test_thoughts_that_only_the_total_has_are_output() -> None:
    usage = {"promptTokenCount": 100, "candidatesTokenCount": 37, "totalTokenCount": 180}

    read = hear(gemini(), encoded(answer(usage))).usage

    assert (read.output_tokens, read.reasoning_output_tokens) == (80, 43)


@pytest.mark.parametrize(
    ("total", "told"),
    [
        pytest.param(150, "totalTokenCount has 45 beside the input, not 47", id="below the sum"),
        pytest.param(99, "totalTokenCount 99 is less than input 105", id="below a part"),
    ],
)
def test_a_total_that_nothing_explains_is_told(total: int, told: str) -> None:
    reading = hear(gemini(), encoded(answer(USAGE | {"totalTokenCount": total})))

    assert reading.usage == AS_READ
    assert reading.flags == (told,)


def test_without_a_prompt_count_the_rest_is_a_lower_bound() -> None:
    reading = hear(gemini(), encoded(answer({"candidatesTokenCount": 4, "totalTokenCount": 4})))

    assert (reading.usage_state, reading.usage.input_tokens) == ("partial", None)
    assert reading.flags == ("promptTokenCount is missing",)


def test_a_traffic_type_alone_is_no_count() -> None:
    reading = hear(gemini(), encoded(answer({"trafficType": "ON_DEMAND"})))

    assert reading.usage_state == "none"


def test_a_blocked_prompt_ends_a_stream() -> None:
    blocked = {
        "promptFeedback": {"blockReason": "SAFETY"},
        "usageMetadata": {"promptTokenCount": 9, "totalTokenCount": 9},
    }

    reading = hear(gemini("streamGenerateContent"), sse(blocked))

    assert reading.usage_state == "complete"


@pytest.mark.parametrize(("image", "audio"), [("IMAGE", "AUDIO"), (2, 4)])
def test_modalities_are_words_or_numbers(image: str | int, audio: str | int) -> None:
    details = [
        {"modality": image, "tokenCount": 20},
        {"modality": audio, "tokenCount": 30},
        {"modality": audio, "tokenCount": 1},
    ]
    usage = USAGE | {"promptTokensDetails": details, "candidatesTokensDetails": details[1:]}

    read = hear(gemini(), encoded(answer(usage))).usage

    assert (read.input_image_tokens, read.input_audio_tokens) == (20, 31)
    assert (read.output_image_tokens, read.output_audio_tokens) == (None, 31)


def test_what_an_embedding_was_given_is_told_by_modality() -> None:
    details = [{"modality": "TEXT", "tokenCount": 4}, {"modality": "IMAGE", "tokenCount": 258}]
    usage = {"promptTokenCount": 262, "promptTokenDetails": details}

    read = hear(gemini("embedContent"), encoded({"usageMetadata": usage})).usage

    assert read == Usage(input_tokens=262, output_tokens=0, input_image_tokens=258)


@pytest.mark.parametrize(
    ("stated", "header", "tier"),
    [
        ({"serviceTier": "standard"}, "flex", "default"),
        ({"trafficType": "ON_DEMAND"}, "", "default"),
        ({"trafficType": "ON_DEMAND_PRIORITY"}, "", "priority"),
        ({"trafficType": "PROVISIONED_THROUGHPUT"}, "", "provisioned_throughput"),
        ({"trafficType": 1}, "", None),
        ({}, "flex", "flex"),
        ({}, "", None),
    ],
)
def test_tiers_have_the_names_of_prices(
    stated: dict[str, Any], header: str, tier: str | None
) -> None:
    body = encoded(answer(USAGE | stated))

    reading = hear(gemini(), body, headers={"X-Gemini-Service-Tier": header})

    assert reading.service_tier == tier


def test_embeddings_are_input_alone() -> None:
    body = encoded({"embedding": {}, "usageMetadata": {"promptTokenCount": 11}})

    reading = hear(gemini("embedContent"), body)

    assert reading.usage == Usage(input_tokens=11, output_tokens=0)
    assert (reading.usage_state, reading.model) == ("complete", "gemini-2.5-flash")


def test_older_embeddings_report_nothing() -> None:
    assert hear(gemini("batchEmbedContents"), encoded({"embeddings": []})).usage_state == "none"


@pytest.mark.parametrize(
    ("counts", "total"),
    [([3, 4], 7), ([3, None], None), ([], None)],
    ids=["are added up", "that miss one are unknown", "that miss all are unknown"],
)
def test_counts_of_vertex_embeddings(counts: list[int | None], total: int | None) -> None:
    path = "/v1/projects/p/locations/l/publishers/google/models/text-embedding-5:predict"
    request = ask("l-aiplatform.googleapis.com", path, {"instances": []})
    predictions = [{"embeddings": {"statistics": {"token_count": count}}} for count in counts]

    reading = hear(request, encoded({"predictions": predictions}))

    assert reading.usage.input_tokens == total
