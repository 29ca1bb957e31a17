"""Bedrock: inclusive counts from bodies, headers and frames of every family of models."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, hear
from support.frames import chunk, event, failure

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import recognise

HOST = "bedrock-runtime.eu-west-1.amazonaws.com"
AGENTS = "bedrock-agent-runtime.eu-west-1.amazonaws.com"
CLAUDE = "eu.anthropic.claude-haiku-4-5-20251001-v1:0"
TOLD = {"inputTokens": 11, "outputTokens": 236, "totalTokens": 247}
METRICS = {"amazon-bedrock-invocationMetrics": {"inputTokenCount": 6, "outputTokenCount": 10}}
HEADERS = {
    "x-amzn-bedrock-input-token-count": "6",
    "X-Amzn-Bedrock-Output-Token-Count": "10",
}


def invoke(model: str = "m.m", verb: str = "invoke", host: str = HOST) -> Request:
    """Ask a model on Bedrock."""
    return ask(host, f"/model/{model}/{verb}", {"messages": []})


def converse(**answer: Any) -> Any:
    """Hear an answer of Converse."""
    return hear(invoke(CLAUDE, "converse"), encoded(answer))


CONVERSED = (
    event("messageStart", {"role": "assistant", "p": "ab"})
    + event("contentBlockDelta", {"delta": {"text": 'say "usage":{"inputTokens":9}'}})
    + event("messageStop", {"stopReason": "end_turn"})
    + event("metadata", {"metrics": {"latencyMs": 1}, "usage": TOLD, "p": "a"})
)
INVOKED = chunk({"generation": "Hi", "prompt_token_count": 6, "generation_token_count": 1}) + chunk(
    {"generation": "!", "prompt_token_count": None, "generation_token_count": 10, **METRICS}
)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        pytest.param(TOLD, {"input_tokens": 11, "output_tokens": 236}, id="no cache"),
        pytest.param(
            TOLD | {"cacheReadInputTokens": 5, "cacheWriteInputTokens": 7, "totalTokens": 259},
            {
                "input_tokens": 23,
                "output_tokens": 236,
                "cache_read_input_tokens": 5,
                "cache_write_input_tokens": 7,
            },
            id="what was read and written is added to the input",
        ),
        pytest.param(
            TOLD | {"cacheReadInputTokenCount": 5, "cacheReadInputTokens": 5, "totalTokens": 252},
            {"input_tokens": 16, "output_tokens": 236, "cache_read_input_tokens": 5},
            id="twin spellings are one count",
        ),
        pytest.param(
            TOLD
            | {
                "cacheWriteInputTokens": 7,
                "totalTokens": 254,
                "cacheDetails": [
                    {"ttl": "1h", "inputTokens": 4},
                    {"ttl": "5m", "inputTokens": 3},
                ],
            },
            {
                "input_tokens": 18,
                "output_tokens": 236,
                "cache_write_input_tokens": 7,
                "cache_write_5m_input_tokens": 3,
                "cache_write_1h_input_tokens": 4,
            },
            id="writes are split by lifetime",
        ),
    ],
)
def test_converse_counts_input_inclusively(usage: dict[str, Any], expected: dict[str, int]) -> None:
    reading = converse(usage=usage, output={})

    assert reading.usage.reported() == expected
    assert (reading.usage_state, reading.model, reading.flags) == ("complete", CLAUDE, ())


def test_a_total_that_does_not_add_up_is_told() -> None:
    reading = converse(usage=TOLD | {"totalTokens": 999})

    assert reading.flags == ("totalTokens 999 is not input 11 + output 236",)


def test_a_stream_of_converse_counts_in_its_metadata() -> None:
    reading = hear(invoke(CLAUDE, "converse-stream"), CONVERSED)

    assert reading.usage == Usage(input_tokens=11, output_tokens=236)
    assert (reading.usage_state, reading.streaming) == ("complete", True)


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        pytest.param("us.amazon.nova-lite-v1%3A0", "us.amazon.nova-lite-v1:0", id="a profile"),
        pytest.param(
            "arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.meta.llama3",
            "arn:aws:bedrock:us-east-1:1:inference-profile/us.meta.llama3",
            id="an encoded ARN",
        ),
        pytest.param(
            "arn:aws:bedrock:us-east-1:1:inference-profile/us.meta.llama3",
            "arn:aws:bedrock:us-east-1:1:inference-profile/us.meta.llama3",
            id="an ARN whose slashes were decoded",
        ),
    ],
)
@pytest.mark.parametrize("verb", ["converse", "converse-stream", "invoke"])
def test_the_model_stands_in_the_path(model: str, asked: str, verb: str) -> None:
    listener = recognise(invoke(model, verb))

    assert listener is not None
    assert (listener.request_model, listener.provider) == (asked, "bedrock")


@pytest.mark.parametrize(
    ("host", "region"),
    [
        pytest.param(HOST, "eu-west-1", id="the public host"),
        pytest.param(
            "bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1", id="FIPS"
        ),
        pytest.param("bedrock-runtime.cn-north-1.amazonaws.com.cn", "cn-north-1", id="China"),
        pytest.param("bedrock-runtime.us-east-1.api.aws", "us-east-1", id="dual stack"),
        pytest.param(
            "vpce-1-a.bedrock-runtime.us-east-2.vpce.amazonaws.com", "us-east-2", id="private link"
        ),
        pytest.param("bedrock-runtime.<region>.amazonaws.com", None, id="a scrubbed host"),
    ],
)
def test_the_region_stands_in_the_host(host: str, region: str | None) -> None:
    reading = hear(invoke(host=host), encoded({"usage": TOLD}))

    assert (reading.provider, reading.region, reading.certain) == ("bedrock", region, True)


def test_a_prompt_router_says_which_model_it_chose() -> None:
    chosen = "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-6"

    assert converse(usage=TOLD, trace={"promptRouter": {"invokedModelId": chosen}}).model == chosen


@pytest.mark.parametrize(
    ("stated", "tier"),
    [
        pytest.param({"serviceTier": {"type": "flex"}}, "flex", id="flex"),
        pytest.param({"serviceTier": {"type": "default"}}, "default", id="default"),
        pytest.param({"performanceConfig": {"latency": "standard"}}, None, id="usual latency"),
        pytest.param({"performanceConfig": {"latency": "optimized"}}, "optimized", id="optimized"),
    ],
)
def test_the_service_tier_is_kept(stated: dict[str, Any], tier: str | None) -> None:
    assert converse(usage=TOLD, **stated).service_tier == tier


def test_the_service_tier_of_invoke_model_stands_in_a_header() -> None:
    headers = HEADERS | {"x-amzn-bedrock-service-tier": "priority"}

    assert hear(invoke(), b"{}", headers=headers).service_tier == "priority"


@pytest.mark.parametrize(
    ("answer", "headers", "expected"),
    [
        pytest.param(
            {"type": "message", "usage": {"input_tokens": 3, "cache_read_input_tokens": 4}},
            HEADERS,
            Usage(input_tokens=7, cache_read_input_tokens=4, output_tokens=10),
            id="Anthropic, whose output only a header has",
        ),
        pytest.param(
            {"choices": [], "usage": {"prompt_tokens": 6, "completion_tokens": 10}},
            {},
            Usage(input_tokens=6, output_tokens=10),
            id="OpenAI",
        ),
        pytest.param(
            {"choices": [{"text": "Hi"}]},
            HEADERS,
            Usage(input_tokens=6, output_tokens=10),
            id="DeepSeek, which counts in headers alone",
        ),
        pytest.param(
            {"usage": {"inputTokens": 6, "outputTokens": 10, "cacheReadInputTokenCount": 2}},
            {},
            Usage(input_tokens=8, output_tokens=10, cache_read_input_tokens=2),
            id="Nova",
        ),
        pytest.param(
            {"usage": {"inputTokens": 6}},
            HEADERS | {"x-amzn-bedrock-cache-read-input-token-count": "2"},
            Usage(input_tokens=8, output_tokens=10, cache_read_input_tokens=2),
            id="Nova behind a guardrail",
        ),
        pytest.param(
            {"inputTextTokenCount": 6, "results": [{"tokenCount": 4}, {"tokenCount": 6}]},
            {},
            Usage(input_tokens=6, output_tokens=10),
            id="Titan",
        ),
        pytest.param(
            {"prompt_token_count": 6, "generation_token_count": 10},
            {},
            Usage(input_tokens=6, output_tokens=10),
            id="Llama",
        ),
        pytest.param(
            {"outputs": [{"text": "Hi"}]},
            HEADERS,
            Usage(input_tokens=6, output_tokens=10),
            id="a body without any count",
        ),
        pytest.param(
            {"embedding": [0.5], "inputTextTokenCount": 6},
            {},
            Usage(input_tokens=6, output_tokens=0),
            id="an embedding of Titan generates nothing",
        ),
        pytest.param(
            {"embeddings": [[0.5]]},
            {"x-amzn-bedrock-input-token-count": "6"},
            Usage(input_tokens=6, output_tokens=0),
            id="an embedding of Cohere is counted in a header",
        ),
    ],
)
def test_every_family_of_models_is_read(
    answer: dict[str, Any], headers: dict[str, str], expected: Usage
) -> None:
    reading = hear(invoke(), encoded(answer), headers=headers)

    assert reading.usage == expected
    assert reading.usage_state == "complete"


@pytest.mark.parametrize("nonsense", [True, -4, "4", 4.5, [], {}], ids=repr)
def test_a_result_of_titan_with_a_count_that_makes_no_sense_is_unreadable(nonsense: object) -> None:
    results = [{"tokenCount": 4}, {"tokenCount": nonsense}]

    reading = hear(invoke(), encoded({"inputTextTokenCount": 6, "results": results}))

    assert reading.usage_state == "unreadable"


@pytest.mark.parametrize(
    ("body", "state"),
    [
        pytest.param({"inputText": 'an "image": a cat'}, "complete", id="text alone"),
        pytest.param({"texts": ["a cat"], "images": []}, "complete", id="no pictures"),
        pytest.param({"inputText": "a cat", "inputImage": "iVBO"}, "partial", id="a picture"),
        pytest.param(
            {"singleEmbeddingParams": {"video": {"source": {}}}}, "partial", id="a film, within"
        ),
    ],
)
def test_pictures_and_films_are_billed_beside_the_tokens(body: dict[str, Any], state: str) -> None:
    request = ask(HOST, "/model/amazon.titan-embed-image-v1/invoke", body)

    reading = hear(request, encoded({"embedding": [0.5], "inputTextTokenCount": 3}))

    assert reading.usage == Usage(input_tokens=3, output_tokens=0)
    assert reading.usage_state == state


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"results": [{"index": 0, "relevance_score": 0.5}]}, id="a ranking"),
        pytest.param({"images": ["..."]}, id="an image"),
        pytest.param({}, id="nothing"),
    ],
)
def test_an_answer_without_counts_is_unreported_and_never_zero(answer: dict[str, Any]) -> None:
    scrubbed = {"x-amzn-bedrock-input-token-count": "**REDACTED**"}

    reading = hear(invoke(), encoded(answer), headers=scrubbed)

    assert (reading.usage_state, reading.usage.reported()) == ("none", {})


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        pytest.param(
            [
                {
                    "type": "message_start",
                    "message": {"model": "claude", "usage": {"input_tokens": 6}},
                },
                {"type": "content_block_delta", "delta": {"text": "Hi"}},
                {"type": "message_delta", "usage": {"output_tokens": 12}},
                {"type": "message_stop", **METRICS},
            ],
            Usage(input_tokens=6, output_tokens=12),
            id="Anthropic's own counts win over Bedrock's",
        ),
        pytest.param(
            [
                {"choices": [{"delta": {"content": "Hi"}}]},
                {"choices": [{"finish_reason": "stop"}]},
                {"choices": [], "usage": {"prompt_tokens": 6, "completion_tokens": 10}, **METRICS},
            ],
            Usage(input_tokens=6, output_tokens=10),
            id="OpenAI",
        ),
        pytest.param(
            [
                {"messageStart": {"role": "assistant"}},
                {"metadata": {"usage": {"inputTokens": 6, "outputTokens": 10}}, **METRICS},
            ],
            Usage(input_tokens=6, output_tokens=10),
            id="Nova",
        ),
        pytest.param(
            [
                {"outputText": "H", "inputTextTokenCount": 6, "totalOutputTextTokenCount": None},
                {"outputText": "i", "totalOutputTextTokenCount": 10, **METRICS},
            ],
            Usage(input_tokens=6, output_tokens=10),
            id="Titan",
        ),
        pytest.param(
            [{"text": "Hi"}, {"is_finished": True, **METRICS}],
            Usage(input_tokens=6, output_tokens=10),
            id="a model that counts nothing itself",
        ),
    ],
)
def test_every_stream_is_read(chunks: list[dict[str, Any]], expected: Usage) -> None:
    frames = b"".join(map(chunk, chunks))

    reading = hear(invoke("m", "invoke-with-response-stream"), frames)

    assert reading.usage == expected
    assert (reading.usage_state, reading.streaming) == ("complete", True)


def test_counts_on_which_bedrock_and_the_model_differ_are_told() -> None:
    answer = {"type": "message", "usage": {"input_tokens": 6, "output_tokens": 12}}

    reading = hear(invoke(), encoded(answer), headers=HEADERS)

    assert reading.flags == ("output_tokens: 12 by the model, 10 by Bedrock",)


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        pytest.param(CLAUDE, [CLAUDE], id="a profile is what is sold"),
        pytest.param(f"arn:aws:bedrock:::inference-profile%2F{CLAUDE}", None, id="so is its ARN"),
        pytest.param("arn:aws:bedrock:::application-inference-profile%2Fx1", [], id="an own id"),
        pytest.param("claude-haiku", [], id="an id that names the model itself"),
    ],
)
def test_a_model_is_sold_under_the_id_in_the_url(asked: str, parts: list[str] | None) -> None:
    usage = {"input_tokens": 1, "output_tokens": 2}
    answer = {"type": "message", "model": "claude-haiku", "usage": usage}

    reading = hear(invoke(asked), encoded(answer))

    sold = [asked.replace("%2F", "/")] if parts is None else parts
    assert reading.response_model == "claude-haiku"
    assert reading.parts == tuple(Part(model=each, usage=reading.usage) for each in sold)


@pytest.mark.parametrize(
    ("verb", "before", "state"),
    [
        pytest.param("converse-stream", event("messageStart", {}), "none", id="converse"),
        pytest.param(
            "invoke-with-response-stream",
            chunk({"prompt_token_count": 6, "generation_token_count": 1}),
            "partial",
            id="invoke",
        ),
    ],
)
def test_an_exception_leaves_what_was_counted_before_it(
    verb: str, before: bytes, state: str
) -> None:
    reading = hear(invoke("m", verb), before + failure("modelStreamErrorException", "Sorry"))

    assert reading.usage_state == state
    assert "modelStreamErrorException" in reading.flags[0]


def test_a_chunk_that_is_no_base64_makes_a_stream_unreadable() -> None:
    broken = event("chunk", {"bytes": "?"}) + INVOKED

    assert hear(invoke("m", "invoke-with-response-stream"), broken).usage_state == "unreadable"


@pytest.mark.parametrize(
    ("end", "state"), [("complete", "unreadable"), ("closed", "partial")], ids=str
)
def test_a_stream_that_ends_within_a_frame_is_damaged_unless_the_user_left(
    end: Any, state: str
) -> None:
    request = invoke("m", "invoke-with-response-stream")

    assert hear(request, INVOKED[:-3], end=end).usage_state == state


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/model/m/count-tokens", id="counting tokens"),
        pytest.param("/guardrail/g/version/1/apply", id="a guardrail"),
        pytest.param("/knowledgebases/k/retrieve", id="a search"),
    ],
)
def test_what_runs_no_model_is_no_call(path: str) -> None:
    assert recognise(ask(HOST, path, {"messages": []})) is None


def test_an_administered_agent_is_no_call() -> None:
    host = "bedrock-agent.eu-west-1.amazonaws.com"

    assert recognise(Request("POST", host, "/agents/A1/", b"")) is None


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_a_refused_call_is_a_call_without_counts(status: int) -> None:
    reading = hear(invoke("does-not-exist"), b'{"message":"invalid"}', status=status)

    assert (reading.model, reading.usage_state) == ("does-not-exist", "none")
