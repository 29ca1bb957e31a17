"""OpenAI's formats: what each field means, and how imitators differ."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, chat, encoded, hear, responses, sse

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage

USAGE = {
    "prompt_tokens": 100,
    "completion_tokens": 50,
    "total_tokens": 150,
    "prompt_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 8, "audio_tokens": 5},
    "completion_tokens_details": {"reasoning_tokens": 20, "audio_tokens": 3},
}
CHUNK = {"id": "c1", "model": "gpt-5-2025", "choices": [{"finish_reason": None}], "usage": None}
END = CHUNK | {"choices": [{"finish_reason": "stop"}]}
LESS = {"prompt_tokens": 9, "completion_tokens": 1}
FINAL = CHUNK | {"choices": [], "usage": USAGE}
AS_READ = Usage(
    input_tokens=100,
    output_tokens=50,
    cache_read_input_tokens=60,
    cache_write_input_tokens=8,
    reasoning_output_tokens=20,
    input_audio_tokens=5,
    output_audio_tokens=3,
)


def counted(**usage: Any) -> bytes:
    """Write a plain answer with these counts."""
    return encoded({"id": "c1", "model": "m", "choices": [], "usage": usage})


def test_a_plain_answer_is_inclusive_as_it_stands() -> None:
    document = {"id": "c1", "model": "gpt-5-2025", "service_tier": "flex", "usage": USAGE}

    reading = hear(chat(), encoded(document))

    assert reading.usage == AS_READ
    assert (reading.usage_state, reading.streaming) == ("complete", False)
    assert (reading.response_model, reading.request_model) == ("gpt-5-2025", "gpt-5")
    assert (reading.response_id, reading.service_tier) == ("c1", "flex")


@pytest.mark.parametrize(
    ("stream", "state", "usage"),
    [
        pytest.param(sse(CHUNK, END, FINAL, "[DONE]"), "complete", AS_READ, id="whole"),
        pytest.param(sse(CHUNK, END, FINAL), "complete", AS_READ, id="closed before [DONE]"),
        pytest.param(sse(CHUNK, END, "[DONE]"), "none", Usage(), id="usage was not asked for"),
        pytest.param(sse(CHUNK, END), "none", Usage(), id="cut before the usage"),
        pytest.param(sse(CHUNK), "none", Usage(), id="cut early"),
        pytest.param(sse(CHUNK | {"usage": USAGE}), "partial", AS_READ, id="a running usage, cut"),
        pytest.param(
            sse(CHUNK | {"usage": {"prompt_tokens": 3}}, END | {"usage": USAGE}),
            "complete",
            AS_READ,
            id="a running usage whose last value counts",
        ),
        pytest.param(sse(FINAL, CHUNK, END, "[DONE]"), "complete", AS_READ, id="usage is not last"),
        pytest.param(
            sse(CHUNK, END, FINAL, FINAL | {"usage": dict.fromkeys(LESS, 0)}),
            "complete",
            AS_READ,
            id="a usage of nothing comes after it",
        ),
        pytest.param(
            sse(CHUNK, END | {"usage": None, "x_groq": {"usage": USAGE}}),
            "complete",
            AS_READ,
            id="Groq puts it into x_groq",
        ),
        pytest.param(
            sse(CHUNK, {"choices": [{"finish_reason": "stop", "usage": USAGE}]}),
            "complete",
            AS_READ,
            id="Moonshot puts it into the choice",
        ),
        pytest.param(
            sse(CHUNK, {"choices": [{"finish_reason": "stop", "usage": LESS}]}, FINAL),
            "complete",
            AS_READ,
            id="what stands beside the choices wins over what stands in one",
        ),
        pytest.param(
            sse(CHUNK, {"choices": [{"finish_reason": "stop", "usage": LESS}] * 2}),
            "none",
            Usage(),
            id="each of several choices tells its own",
        ),
    ],
)
def test_a_stream_is_complete_by_its_own_end(stream: bytes, state: str, usage: Usage) -> None:
    reading = hear(chat(stream=True), stream)

    assert (reading.usage_state, reading.usage) == (state, usage)
    assert reading.streaming


def test_of_several_choices_all_must_finish() -> None:
    first, other = (
        {"choices": [{"index": index, "finish_reason": "stop"}], "usage": USAGE} for index in (0, 1)
    )

    assert hear(chat(n=2), sse(first)).usage_state == "partial"
    assert hear(chat(n=2), sse(first, first)).usage_state == "partial"
    assert hear(chat(n=2), sse(first, other)).usage_state == "complete"


def test_an_empty_model_name_is_no_name() -> None:
    stream = sse(CHUNK | {"model": ""}, CHUNK, END)

    assert hear(chat("x.openai.azure.com"), stream).response_model == "gpt-5-2025"


@pytest.mark.parametrize(
    ("host", "usage", "expected"),
    [
        pytest.param(
            "api.x.ai",
            {
                "prompt_tokens": 204,
                "completion_tokens": 1,
                "total_tokens": 287,
                "completion_tokens_details": {"reasoning_tokens": 82},
            },
            {"input_tokens": 204, "output_tokens": 83, "reasoning_output_tokens": 82},
            id="xAI leaves reasoning out of completion",
        ),
        pytest.param(
            "api.x.ai",
            {
                "input_tokens": 5_000,
                "output_tokens": 200,
                "total_tokens": 6_000,
                "output_tokens_details": {"reasoning_tokens": 800},
            },
            {"input_tokens": 5_000, "output_tokens": 1_000, "reasoning_output_tokens": 800},
            id="xAI leaves reasoning out of the output of responses",
        ),
        pytest.param(
            "api.mistral.ai",
            {
                "prompt_tokens": 9,
                "completion_tokens": 248,
                "total_tokens": 632,
                "prompt_tokens_details": {"audio_tokens": 375},
            },
            {"input_tokens": 384, "output_tokens": 248, "input_audio_tokens": 375},
            id="Mistral leaves audio out of prompt",
        ),
        pytest.param(
            "api.mistral.ai",
            {
                "prompt_tokens": 5,
                "completion_tokens": 24,
                "total_tokens": 404,
                "prompt_audio_seconds": 5,
                "prompt_tokens_details": {"cached_tokens": 368},
            },
            {
                "input_tokens": 380,
                "output_tokens": 24,
                "cache_read_input_tokens": 368,
                "input_audio_tokens": 375,
                "audio_seconds": 5,
            },
            id="Mistral's total alone has the audio",
        ),
        pytest.param(
            "generativelanguage.googleapis.com",
            {"prompt_tokens": 35, "completion_tokens": 12, "total_tokens": 109},
            {"input_tokens": 35, "output_tokens": 74, "reasoning_output_tokens": 62},
            id="Gemini shows thinking in the total alone",
        ),
        pytest.param(
            "api.mistral.ai",
            {"prompt_tokens": 40, "completion_tokens": 1, "num_cached_tokens": 32},
            {"input_tokens": 40, "output_tokens": 1, "cache_read_input_tokens": 32},
            id="Mistral's other name for cached",
        ),
        pytest.param(
            "api.together.ai",
            {"prompt_tokens": 40, "completion_tokens": 1, "cached_tokens": 32},
            {"input_tokens": 40, "output_tokens": 1, "cache_read_input_tokens": 32},
            id="Together's other name for cached",
        ),
        pytest.param(
            "api.deepseek.com",
            {"prompt_tokens": 40, "completion_tokens": 1, "prompt_cache_hit_tokens": 32},
            {"input_tokens": 40, "output_tokens": 1, "cache_read_input_tokens": 32},
            id="DeepSeek's other name for cached",
        ),
        pytest.param(
            "dashscope-intl.aliyuncs.com",
            {
                "prompt_tokens": 2_000,
                "completion_tokens": 1,
                "total_tokens": 2_001,
                "prompt_tokens_details": {
                    "cached_tokens": 300,
                    "cache_creation_input_tokens": 1_500,
                    "cache_creation": {"ephemeral_5m_input_tokens": 1_500},
                    "cache_type": "ephemeral",
                },
            },
            {
                "input_tokens": 2_000,
                "output_tokens": 1,
                "cache_read_input_tokens": 300,
                "cache_write_input_tokens": 1_500,
                "cache_write_5m_input_tokens": 1_500,
            },
            id="Alibaba's other name for what is written to the cache",
        ),
        pytest.param(
            "litellm.corp",
            {
                "prompt_tokens": 130,
                "completion_tokens": 25,
                "total_tokens": 155,
                "prompt_tokens_details": {
                    "cached_tokens": 20,
                    "cache_creation_tokens": 10,
                    "cache_creation_token_details": {
                        "ephemeral_5m_input_tokens": 7,
                        "ephemeral_1h_input_tokens": 3,
                    },
                },
                "server_tool_use": {"web_search_requests": 2},
            },
            {
                "input_tokens": 130,
                "output_tokens": 25,
                "cache_read_input_tokens": 20,
                "cache_write_input_tokens": 10,
                "cache_write_5m_input_tokens": 7,
                "cache_write_1h_input_tokens": 3,
                "web_search_requests": 2,
            },
            id="LiteLLM's names, with how long a cache is kept",
        ),
        pytest.param(
            "api.corp",
            {
                "prompt_tokens": 12,
                "completion_tokens": 4,
                "prompt_tokens_details": {"cached_tokens": 5, "cached_creation_tokens": 3},
            },
            {
                "input_tokens": 12,
                "output_tokens": 4,
                "cache_read_input_tokens": 5,
                "cache_write_input_tokens": 3,
            },
            id="one-api's other name for what is written to the cache",
        ),
    ],
)
def test_imitators_are_made_inclusive(
    host: str, usage: dict[str, Any], expected: dict[str, int]
) -> None:
    reading = hear(chat(host), counted(**usage))

    assert reading.usage.reported() == expected
    assert reading.flags == ()


def test_perplexity_names_reads_and_writes_of_the_cache_as_anthropic_does() -> None:
    usage = {
        "input_tokens": 2_852,
        "output_tokens": 11,
        "total_tokens": 2_863,
        "input_tokens_details": {
            "cache_creation_input_tokens": 1_069,
            "cache_read_input_tokens": 1_780,
        },
        "cost": {"currency": "USD", "total_cost": 0.00313},
    }
    document = {"object": "response", "status": "completed", "model": "m", "usage": usage}

    for path in ("/v1/responses", "/v1/agent"):
        body = {"model": "m", "input": "hello"}
        reading = hear(ask("api.perplexity.ai", path, body), encoded(document))

        assert reading.usage == Usage(
            input_tokens=2_852,
            output_tokens=11,
            cache_read_input_tokens=1_780,
            cache_write_input_tokens=1_069,
        )
        assert reading.provider_cost == Money.parse("0.00313")


def test_decisions_are_counted_as_responses_are() -> None:
    body = {"model": "gpt-6-luna", "input": "a letter", "questions": [{"type": "predicate"}]}
    told = {"input_tokens": 40, "output_tokens": 6, "total_tokens": 46}
    document = {"model": "gpt-6-luna-2026", "answers": [], "usage": told}

    for host, path in (("api.openai.com", "/v1/decisions"), ("gw", "/api/alpha/decisions")):
        reading = hear(ask(host, path, body), encoded(document))

        assert reading.usage.reported() == {"input_tokens": 40, "output_tokens": 6}
        assert (reading.usage_state, reading.response_model) == ("complete", "gpt-6-luna-2026")


@pytest.mark.parametrize("fee", ["num_sources_used", "num_search_queries", "citation_tokens"])
def test_fees_beside_the_tokens_make_them_a_lower_bound(fee: str) -> None:
    reading = hear(chat(), counted(prompt_tokens=1, completion_tokens=2, **{fee: 7}))

    assert reading.usage_state == "partial"
    assert reading.flags == (f"{fee} 7 are billed beside the tokens",)


def test_a_model_that_ran_took_more_than_no_token() -> None:
    usage = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    answer = {"id": "r1", "model": "gpt-5", "status": "completed", "output": [], "usage": usage}

    reading = hear(responses(), encoded(answer))

    assert (reading.usage_state, reading.usage.input_tokens) == ("partial", 0)
    assert reading.flags == ("no token was counted, although a model ran",)


def test_fees_that_are_in_a_stated_price_or_none_are_no_matter() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2}
    priced = counted(**usage, num_sources_used=7, cost_in_usd_ticks=100)

    assert hear(chat("api.x.ai"), priced).usage_state == "complete"
    assert hear(chat("api.x.ai"), counted(**usage, num_sources_used=0)).flags == ()


@pytest.mark.parametrize(
    ("total", "flags"),
    [
        pytest.param(9, ("total_tokens 9 is more than input 1 + output 2",), id="above the sum"),
        pytest.param(2, ("total_tokens 2 is less than input 1 + output 2",), id="below the sum"),
        pytest.param(3, (), id="the sum"),
    ],
)
def test_a_total_that_nothing_explains_is_flagged(total: int, flags: tuple[str, ...]) -> None:
    reading = hear(chat(), counted(prompt_tokens=1, completion_tokens=2, total_tokens=total))

    assert (reading.flags, reading.usage_state) == (flags, "complete")


@pytest.mark.parametrize(
    ("host", "usage", "cost"),
    [
        ("openrouter.ai", {"cost": 3.4e-07}, "0.00000034"),
        ("openrouter.ai", {"cost": 0.0004970133333333333}, "0.000497013333333333"),
        ("api.deepinfra.com", {"estimated_cost": 0.0007}, "0.0007"),
        ("ai-gateway.vercel.sh", {"cost": 0.0000189, "market_cost": 0.0000189}, "0.0000189"),
        ("api.perplexity.ai", {"cost": {"total_cost": 0.00502}}, "0.00502"),
        ("api.x.ai", {"cost_in_usd_ticks": 160708500}, "0.01607085"),
    ],
)
def test_a_price_that_the_provider_states_is_kept(
    host: str, usage: dict[str, Any], cost: str
) -> None:
    reading = hear(chat(host), counted(prompt_tokens=1, completion_tokens=1, **usage))

    assert reading.provider_cost == Money.parse(cost)


@pytest.mark.parametrize(
    ("host", "cost", "more", "expected"),
    [
        pytest.param(
            "openrouter.ai", 0.00005, {"is_byok": True, "of": 0.001}, "0.00105", id="with a fee"
        ),
        pytest.param(
            "ai-gateway.vercel.sh", 0, {"is_byok": True, "of": 0.026962}, "0.026962", id="without"
        ),
        pytest.param(
            "openrouter.ai",
            0.0002,
            {"is_byok": False, "of": 0.0002},
            "0.0002",
            id="with a key of the gateway's it is told twice",
        ),
        pytest.param(
            "openrouter.ai", 0.0002, {"is_byok": True, "of": "much"}, "0.0002", id="nonsense"
        ),
    ],
)
def test_with_a_key_of_ones_own_a_gateway_states_its_fee_alone(
    host: str, cost: float, more: dict[str, object], expected: str
) -> None:
    details = {"upstream_inference_cost": more["of"]}
    told = {"cost": cost, "is_byok": more["is_byok"], "cost_details": details}

    reading = hear(chat(host), counted(prompt_tokens=1, completion_tokens=1, **told))

    assert reading.provider_cost == Money.parse(expected)


@pytest.mark.parametrize("cost", [-1, float("nan"), float("inf"), "free", True])
def test_a_price_that_makes_no_sense_is_none(cost: object) -> None:
    body = counted(prompt_tokens=1, completion_tokens=1, cost=cost)

    assert hear(chat("openrouter.ai"), body).provider_cost is None


def test_only_who_states_dollars_is_believed() -> None:
    body = counted(prompt_tokens=1, completion_tokens=1, cost=0.5)

    assert hear(chat(), body).provider_cost is None


def test_a_breakdown_by_model_becomes_parts() -> None:
    models = [
        {"model": "a", "usage": {"prompt_tokens": 1, "completion_tokens": 2}},
        {"model": "b", "usage": {"prompt_tokens": 3, "completion_tokens": 4}},
    ]
    document = {
        "model": "groq/compound",
        "usage": {"prompt_tokens": 4, "completion_tokens": 6},
        "usage_breakdown": {"models": models},
    }

    reading = hear(chat("api.groq.com"), encoded(document))

    assert [(part.model, part.usage.input_tokens) for part in reading.parts] == [("a", 1), ("b", 3)]


def test_a_breakdown_that_repeats_the_total_is_dropped() -> None:
    usage = {"prompt_tokens": 4, "completion_tokens": 6}
    models = [{"model": "a", "usage": usage}, {"model": "b", "usage": usage}]
    document = {"model": "m", "usage": usage, "usage_breakdown": {"models": models}}

    assert hear(chat("api.groq.com"), encoded(document)).parts == ()


RESPONSE = {
    "id": "r1",
    "model": "gpt-5-2025",
    "status": "completed",
    "usage": {
        "input_tokens": 100,
        "input_tokens_details": {"cached_tokens": 60},
        "output_tokens": 50,
        "output_tokens_details": {"reasoning_tokens": 20},
        "total_tokens": 150,
    },
}
CREATED = {
    "type": "response.created",
    "response": RESPONSE | {"status": "in_progress", "usage": None},
}


@pytest.mark.parametrize("kind", ["completed", "incomplete", "failed"])
def test_the_last_response_event_has_the_usage(kind: str) -> None:
    delta = {"type": "response.output_text.delta", "delta": "response.completed"}
    final = {"type": f"response.{kind}", "response": RESPONSE}

    reading = hear(responses(stream=True), sse(CREATED, delta, final))

    assert reading.usage.reported() == {
        "input_tokens": 100,
        "output_tokens": 50,
        "cache_read_input_tokens": 60,
        "reasoning_output_tokens": 20,
    }
    assert (reading.usage_state, reading.response_model) == ("complete", "gpt-5-2025")


def test_a_response_cut_early_reports_nothing() -> None:
    reading = hear(responses(stream=True), sse(CREATED), end="closed")

    assert (reading.usage_state, reading.response_model) == ("none", "gpt-5-2025")


def test_a_response_in_the_background_is_counted_later() -> None:
    reading = hear(
        responses(background=True), encoded(RESPONSE | {"status": "queued", "usage": None})
    )

    assert not reading.counted
    assert reading.usage_state == "none"


@pytest.mark.parametrize(
    ("more", "searches"),
    [
        pytest.param({}, None, id="no word about searches"),
        pytest.param({"tool_usage": {"web_search": {"num_requests": 2}}}, 2, id="told"),
        pytest.param(
            {
                "output": [
                    {"type": "web_search_call", "action": {"type": "search"}},
                    {"type": "web_search_call", "action": {"type": "open_page"}},
                    {"type": "web_search_call"},
                    {"type": "message"},
                ]
            },
            2,
            id="counted by their action; one without an action is a search",
        ),
        pytest.param(
            {"output": [{"type": "web_search_call", "action": {"type": "find_in_page"}}]},
            0,
            id="looking into a page is none",
        ),
    ],
)
def test_searches_are_billed_beside_tokens(more: dict[str, Any], searches: int | None) -> None:
    reading = hear(responses(), encoded(RESPONSE | more))

    assert reading.usage.web_search_requests == searches


def test_images_made_by_a_tool_are_a_part_of_their_own() -> None:
    more = {
        "tools": [{"type": "image_generation", "model": "gpt-image-2"}],
        "tool_usage": {"image_gen": {"input_tokens": 7, "output_tokens": 1000}},
    }

    reading = hear(responses(), encoded(RESPONSE | more))

    assert [part.model for part in reading.parts] == ["gpt-5-2025", "gpt-image-2"]
    assert (reading.usage.input_tokens, reading.usage.output_tokens) == (107, 1050)


def test_embeddings_are_input_alone() -> None:
    request = ask("api.openai.com", "/v1/embeddings", {"model": "e", "input": ""})
    document = {"model": "e", "usage": {"prompt_tokens": 5, "total_tokens": 5}}

    reading = hear(request, encoded(document))

    assert reading.usage == Usage(input_tokens=5, output_tokens=0)
    assert reading.usage_state == "complete"


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"total_tokens": 12}, id="alone"),
        pytest.param({"prompt_tokens": 0, "total_tokens": 12}, id="beside no tokens of a prompt"),
        pytest.param({"prompt_tokens": 12, "total_tokens": 0}, id="as nothing, beside a prompt"),
    ],
)
def test_embeddings_may_state_the_total(told: dict[str, int]) -> None:
    request = ask("api.voyageai.com", "/v1/embeddings", {"model": "e", "input": ""})

    reading = hear(request, encoded({"model": "e", "usage": told}))

    assert reading.usage == Usage(input_tokens=12, output_tokens=0)


@pytest.mark.parametrize(
    ("answer", "usage", "state"),
    [
        pytest.param(
            {"text": "x", "duration": 8.47},
            {"audio_seconds": 9},
            "complete",
            id="a part of a second is a whole one",
        ),
        pytest.param(
            {"text": "x", "duration": 8.47, "usage": {"type": "duration", "seconds": 10}},
            {"audio_seconds": 10},
            "complete",
            id="usage wins",
        ),
        pytest.param({"text": "x", "duration": "long"}, {}, "none", id="no number"),
        pytest.param({"text": "x", "duration": -1}, {}, "unreadable", id="less than nothing"),
    ],
)
def test_a_transcript_without_usage_may_say_how_long_it_was(
    answer: dict[str, Any], usage: dict[str, int], state: str
) -> None:
    request = ask("api.groq.com", "/openai/v1/audio/transcriptions", {"model": "whisper-large-v3"})

    reading = hear(request, encoded(answer))

    assert (reading.usage.reported(), reading.usage_state) == (usage, state)


def test_a_transcript_may_be_billed_by_the_second() -> None:
    request = ask("api.openai.com", "/v1/audio/transcriptions", {"model": "whisper-1"})

    reading = hear(request, encoded({"usage": {"type": "duration", "seconds": 4}}))

    assert reading.usage == Usage(audio_seconds=4)
    assert reading.usage_state == "complete"


def test_speech_reports_nothing_and_is_not_damage() -> None:
    request = ask("api.openai.com", "/v1/audio/speech", {"model": "tts"})

    assert hear(request, b"\xff\xf3\x44\xc4audio").usage_state == "none"


def test_the_steps_of_a_run_are_not_added_to_it() -> None:
    usage = {"prompt_tokens": 364, "completion_tokens": 88, "total_tokens": 452}
    request = ask("api.openai.com", "/v1/threads/t/runs", {"assistant_id": "a", "stream": True})
    step = {"object": "thread.run.step", "usage": usage}
    run = {"object": "thread.run", "status": "completed", "model": "gpt-4", "usage": usage}

    reading = hear(request, sse(step, run, "[DONE]"))

    assert (reading.usage.input_tokens, reading.usage_state) == (364, "complete")


@pytest.mark.parametrize(
    ("host", "path", "body"),
    [
        pytest.param("api.jina.ai", "/v1/classify", {"model": "j", "input": []}, id="Jina sorts"),
        pytest.param("api-atlas.nomic.ai", "/v1/embedding/text", {"texts": []}, id="Nomic embeds"),
        pytest.param(
            "ark.cn-beijing.volces.com",
            "/api/v3/embeddings/multimodal",
            {"model": "d", "input": []},
            id="Volcano Engine embeds pictures",
        ),
    ],
)
def test_what_writes_nothing_has_input_alone(host: str, path: str, body: dict[str, Any]) -> None:
    answer = encoded({"model": "m", "usage": {"total_tokens": 9}})

    reading = hear(ask(host, path, body), answer)

    assert reading.usage.reported() == {"input_tokens": 9, "output_tokens": 0}
    assert reading.usage_state == "complete"


def test_cache_writes_of_openai_are_told_by_how_long_they_are_kept() -> None:
    lifetimes = {"ttl_12h_tokens": 300, "ttl_30m_tokens": 100}
    told = {"cached_tokens": 0, "cache_write_tokens": 400, "cache_write_tokens_details": lifetimes}
    usage = {"input_tokens": 500, "input_tokens_details": told, "output_tokens": 1}

    reading = hear(responses(), encoded({"model": "gpt-6.1-terra", "usage": usage}))

    assert reading.usage == Usage(
        input_tokens=500,
        output_tokens=1,
        cache_read_input_tokens=0,
        cache_write_input_tokens=400,
        cache_write_5m_input_tokens=100,
        cache_write_1h_input_tokens=300,
    )


@pytest.mark.parametrize(("length", "seconds"), [(8.47, 9), (9.0, 9), (10, 10)])
def test_a_part_of_a_second_in_a_usage_counts_as_a_whole_one(length: float, seconds: int) -> None:
    request = ask("api.openai.com", "/v1/audio/transcriptions", {"model": "whisper-1"})

    reading = hear(request, encoded({"usage": {"type": "duration", "seconds": length}}))

    assert reading.usage == Usage(audio_seconds=seconds)


_AUTHOR = {"model": "gpt-6", "input_tokens": 10, "output_tokens": 500, "reasoning_tokens": 100}
_AUTHORED = Usage(input_tokens=10, output_tokens=500, reasoning_output_tokens=100)


def test_who_writes_a_drawing_in_shapes_is_a_part_of_an_image() -> None:
    request = ask(
        "api.openai.com", "/v1/images/generations", {"model": "gpt-image-2", "prompt": ""}
    )
    usage = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}

    reading = hear(request, encoded({"usage": usage, "svg_usage": _AUTHOR}))

    drawn = Part(model="gpt-image-2", usage=Usage(input_tokens=1, output_tokens=2))
    assert reading.parts == (drawn, Part(model="gpt-6", usage=_AUTHORED))
    assert (reading.usage.output_tokens, reading.usage_state) == (502, "complete")


def test_a_drawing_without_the_counts_of_its_picture_is_a_lower_bound() -> None:
    request = ask(
        "api.openai.com", "/v1/images/generations", {"model": "gpt-image-2", "prompt": ""}
    )

    assert hear(request, encoded({"svg_usage": _AUTHOR})).usage_state == "partial"


def test_who_writes_a_drawing_in_shapes_is_a_part_of_a_response() -> None:
    image = {"input_tokens": 7, "output_tokens": 1000}
    answer = {
        "model": "gpt-5-2025",
        "usage": {"input_tokens": 5, "output_tokens": 5},
        "tools": [{"type": "image_generation", "model": "gpt-image-2"}],
        "tool_usage": {"image_gen": image},
        "output": [{"type": "image_generation_call", "svg_usage": _AUTHOR}],
    }

    reading = hear(responses(), encoded(answer))

    assert [part.model for part in reading.parts] == ["gpt-5-2025", "gpt-image-2", "gpt-6"]
    assert reading.usage.output_tokens == 1505


def test_images_that_a_tool_read_from_a_cache_are_told_apart() -> None:
    told = {"cached_image_tokens": 30, "cached_text_tokens": 20}
    image = {"input_tokens": 100, "output_tokens": 9, "cached_tokens": 50}
    answer = {
        "usage": {"input_tokens": 5, "output_tokens": 5},
        "tool_usage": {"image_gen": {**image, "cached_tokens_details": told}},
    }

    usage = hear(responses(), encoded(answer)).parts[1].usage

    assert (usage.cache_read_input_tokens, usage.cache_read_image_input_tokens) == (50, 30)
