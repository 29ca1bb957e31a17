"""Batches: results in five envelopes, a sum that is 0 until all is done, and how they begin."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, hear

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.deferred import BEGIN, RETRIEVE, tells
from pytest_specbudget.providers.splitting import LIMIT

GOOGLE = "generativelanguage.googleapis.com"


def get(path: str, host: str = "api.openai.com", query: str = "") -> Request:
    """Ask for *path*."""
    return Request("GET", host, path, b"", query)


def lines(*documents: Any) -> bytes:
    """Write JSON lines."""
    return b"".join(encoded(document) + b"\n" for document in documents)


def counts(given: int, made: int) -> dict[str, int]:
    """Write the usage of a chat completion."""
    return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}


def chat(given: int, made: int) -> dict[str, Any]:
    """Make a chat completion."""
    return {"object": "chat.completion", "model": "m-1", "usage": counts(given, made)}


def enveloped(body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    """Make a line as OpenAI and Mistral write it."""
    return {"custom_id": "0", "response": {"status_code": status, "body": body}, "error": None}


def message(given: int, made: int) -> dict[str, Any]:
    """Make a line as Anthropic writes it."""
    usage = {"input_tokens": given, "output_tokens": made, "service_tier": "batch"}
    result = {"type": "succeeded", "message": {"model": "m-1", "usage": usage}}
    return {"custom_id": "0", "result": result}


def generated(given: int, made: int) -> dict[str, Any]:
    """Make a result as Gemini writes it."""
    usage = {"promptTokenCount": given, "candidatesTokenCount": made, "serviceTier": "standard"}
    answer = {"candidates": [], "usageMetadata": usage, "modelVersion": "m-1"}
    return {"response": answer, "metadata": {"key": "0"}}


def completed(given: int, made: int) -> dict[str, Any]:
    """Make a result as xAI writes it."""
    return {"batch_result": {"response": {"chat_get_completion": chat(given, made)}}}


def printed_twice(*results: Any) -> dict[str, Any]:
    """Make a batch of Gemini that is done."""
    inlined = {"inlinedResponses": {"inlinedResponses": list(results)}}
    return {
        "name": "batches/b1",
        "metadata": {"output": inlined},
        "done": True,
        "response": inlined,
    }


FAILED = {"custom_id": "1", "result": {"type": "errored", "error": {"message": "overloaded"}}}
PARTS = (
    Part(model="m-1", usage=Usage(input_tokens=20, output_tokens=5)),
    Part(model="m-1", usage=Usage(input_tokens=19, output_tokens=4)),
)


@pytest.mark.parametrize(
    ("request_", "body", "provider", "name"),
    [
        pytest.param(
            get("/v1/messages/batches/b1/results", "api.anthropic.com"),
            lines(message(20, 5), FAILED, message(19, 4)),
            "anthropic",
            "b1",
            id="Anthropic, of which one failed",
        ),
        pytest.param(
            get("/v1/files/f1/content"),
            lines(enveloped(chat(20, 5)), enveloped({"error": {}}, 400), enveloped(chat(19, 4))),
            "openai",
            "f1",
            id="OpenAI, of which one failed",
        ),
        pytest.param(
            get("/openai/v1/files/f1/content", "api.groq.com"),
            lines(enveloped(chat(20, 5)), enveloped(chat(19, 4))),
            "groq",
            "f1",
            id="Groq",
        ),
        pytest.param(
            get("/v1/batches/b1/results", "api.x.ai", "limit=100"),
            encoded({"results": [completed(20, 5), completed(19, 4)], "pagination_token": None}),
            "xai",
            "b1",
            id="xAI",
        ),
        pytest.param(
            get("/v1/batches/b1/results", "api.x.ai", "limit=100&pagination_token=p2"),
            encoded({"results": [completed(20, 5), completed(19, 4)]}),
            "xai",
            "b1?pagination_token=p2",
            id="another page of xAI's",
        ),
        pytest.param(
            get("/v1/batch/jobs/b1", "api.mistral.ai", "inline=true"),
            encoded(
                {
                    "id": "b1",
                    "object": "batch",
                    "model": "m-latest",
                    "outputs": [enveloped(chat(20, 5)), enveloped(chat(19, 4))],
                    "output_file": "f1",
                    "status": "SUCCESS",
                }
            ),
            "mistral",
            "b1 f1",
            id="Mistral, in the batch itself",
        ),
        pytest.param(
            get("/v1/files/f1/content", "api.mistral.ai"),
            lines(enveloped(chat(20, 5)), enveloped(chat(19, 4))),
            "mistral",
            "f1",
            id="Mistral, in a file",
        ),
        pytest.param(
            get("/v1beta/batches/b1", GOOGLE),
            encoded(printed_twice(generated(20, 5), {"error": {"code": 3}}, generated(19, 4))),
            "google",
            "b1",
            id="Gemini, printed twice, of which one failed",
        ),
        pytest.param(
            get("/download/v1beta/files/batch-b1:download", GOOGLE, "alt=media"),
            lines(generated(20, 5), generated(19, 4)),
            "google",
            "batch-b1",
            id="Gemini, in a file",
        ),
        pytest.param(
            get("/bucket/prediction-model-1/predictions.jsonl", "storage.googleapis.com"),
            lines(generated(20, 5), generated(19, 4)),
            "google",
            "/bucket/prediction-model-1/predictions.jsonl",
            id="Vertex",
        ),
    ],
)
def test_each_result_is_a_part_at_the_price_of_batches(
    request_: Request, body: bytes, provider: str, name: str
) -> None:
    reading = hear(request_, body)

    assert (reading.provider, reading.operation) == (provider, RETRIEVE)
    assert (reading.parts, reading.usage) == (PARTS, PARTS[0].usage + PARTS[1].usage)
    assert (reading.response_model, reading.service_tier) == ("m-1", "batch")
    assert (reading.usage_state, reading.response_id, reading.flags) == ("complete", name, ())


def test_results_are_of_every_kind_of_call() -> None:
    response = {
        "object": "response",
        "model": "gpt-5",
        "usage": {"input_tokens": 18, "output_tokens": 9},
    }
    embeddings = {"object": "list", "model": "embed", "usage": {"prompt_tokens": 7}}
    body = lines(enveloped(response), enveloped(embeddings))

    reading = hear(get("/v1/files/f1/content"), body)

    assert reading.parts == (
        Part(model="gpt-5", usage=Usage(input_tokens=18, output_tokens=9)),
        Part(model="embed", usage=Usage(input_tokens=7, output_tokens=0)),
    )


def test_an_embedding_of_gemini_s_has_one_count_written_as_text() -> None:
    inlined = {"inlinedResponses": [{"response": {"embedding": {}, "tokenCount": "5"}}]}
    batch = {
        "metadata": {"model": "models/embed"},
        "response": {"inlinedEmbedContentResponses": inlined},
    }

    reading = hear(get("/v1beta/batches/b1", GOOGLE), encoded(batch))

    assert reading.parts == (Part(model="embed", usage=Usage(input_tokens=5, output_tokens=0)),)


def test_what_the_provider_says_it_cost_is_added_up() -> None:
    cost = {"cost_in_usd_ticks": 20_000_000}
    result = completed(20, 5)
    result["batch_result"]["response"]["chat_get_completion"]["usage"] |= cost

    reading = hear(
        get("/v1/batches/b1/results", "api.x.ai"), encoded({"results": [result, result]})
    )

    assert str(reading.provider_cost) == "0.004"


def test_tools_that_results_were_billed_for_are_added_up() -> None:
    response = {"object": "response", "model": "m-1", "usage": {"input_tokens": 1}}
    one = enveloped(response | {"output": [{"type": "code_interpreter_call"}] * 2})
    other = enveloped(response | {"output": [{"type": "code_interpreter_call"}]})

    reading = hear(get("/v1/files/f1/content"), lines(one, other))

    assert reading.unpriced_tools == ("code_interpreter 3",)


def test_one_result_without_counts_makes_the_rest_a_lower_bound() -> None:
    untold = enveloped({"object": "chat.completion", "model": "m-1"})

    reading = hear(get("/v1/files/f1/content"), lines(enveloped(chat(20, 5)), untold))

    assert reading.usage == PARTS[0].usage
    assert reading.usage_state == "partial"


def test_results_that_make_no_sense_are_unreadable() -> None:
    broken = lines(enveloped(chat(20, 5))) + b'{"response": {"usage": }\n' + lines(FAILED)

    assert hear(get("/v1/files/f1/content"), broken).usage_state == "unreadable"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(64), id="a picture"),
        pytest.param(b"name,age\nAnn,7\n", id="a table"),
        pytest.param(b"{" + b"x" * 400, id="text in braces"),
        pytest.param(lines({"messages": []}, {"messages": []}), id="what a model is trained on"),
        pytest.param(
            lines({"response": 1}) + b'{"response": oops}\n', id="lines that make no sense"
        ),
        pytest.param(
            lines({"custom_id": "0", "method": "POST", "url": "/v1/responses", "body": {}}),
            id="the requests of a batch",
        ),
        pytest.param(b"", id="nothing"),
    ],
)
def test_a_file_of_anything_else_tells_nothing(body: bytes) -> None:
    reading = hear(get("/v1/files/f1/content"), body)

    assert not tells(reading)
    assert reading.flags == ()


def test_a_file_of_any_length_disturbs_nobody() -> None:
    chunk = b"{" + bytes(1 << 20)

    reading = hear(get("/v1/files/f1/content"), *[chunk] * ((LIMIT >> 20) + 2))

    assert not tells(reading)


# The sum that OpenAI's batch states

SUM = {
    "input_tokens": 36,
    "input_tokens_details": {"cached_tokens": 4},
    "output_tokens": 224,
    "output_tokens_details": {"reasoning_tokens": 128},
    "total_tokens": 260,
}
NONE = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}


def batch(status: str, usage: dict[str, Any] | None, file: str | None = None) -> bytes:
    """Make a batch of OpenAI's."""
    named = {"id": "b1", "object": "batch", "model": "gpt-5-nano", "output_file_id": file}
    return encoded({**named, "status": status, "usage": usage})


def test_a_batch_that_is_done_states_the_sum_and_the_file() -> None:
    reading = hear(get("/v1/batches/b1"), batch("completed", SUM, "f1"))

    assert reading.usage == Usage(
        input_tokens=36,
        output_tokens=224,
        cache_read_input_tokens=4,
        reasoning_output_tokens=128,
    )
    assert (reading.usage_state, reading.response_id) == ("complete", "b1 f1")
    assert (reading.response_model, reading.service_tier) == ("gpt-5-nano", "batch")


@pytest.mark.parametrize(
    ("status", "usage", "file", "state", "worth"),
    [
        pytest.param("in_progress", NONE, None, "none", False, id="0 while it runs says nothing"),
        pytest.param("in_progress", SUM, None, "partial", True, id="a sum while it runs may grow"),
        pytest.param("failed", NONE, None, "complete", True, id="a batch that failed used nothing"),
        pytest.param("completed", None, "f1", "none", True, id="no sum, but the file is named"),
        pytest.param("validating", None, None, "none", False, id="neither"),
    ],
)
def test_a_sum_says_something_once_it_is_no_0_or_all_is_over(
    status: str,
    usage: dict[str, Any] | None,
    file: str | None,
    state: str,
    worth: bool,  # noqa: FBT001 - a column of a table
) -> None:
    reading = hear(get("/v1/batches/b1"), batch(status, usage, file))

    assert (reading.usage_state, tells(reading)) == (state, worth)


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        pytest.param(
            get("/v1/messages/batches/b1", "api.anthropic.com"),
            {"id": "b1", "type": "message_batch", "request_counts": {"succeeded": 1}},
            id="Anthropic",
        ),
        pytest.param(
            get("/v1/batches/b1", "api.x.ai"),
            {"batch_id": "b1", "state": {"num_pending": 0, "num_success": 2}},
            id="xAI",
        ),
        pytest.param(
            get("/v1beta/batches/b1", GOOGLE),
            {"name": "batches/b1", "metadata": {"state": "BATCH_STATE_RUNNING"}},
            id="Gemini",
        ),
        pytest.param(
            get("/batches/b1", "shop.example"),
            {"results": [{"response": {"status": "baked"}}], "usage": {"input_tokens": 3}},
            id="a baker",
        ),
    ],
)
def test_a_state_without_counts_tells_nothing(request_: Request, body: dict[str, Any]) -> None:
    assert not tells(hear(request_, encoded(body)))


# How batches begin


@pytest.mark.parametrize(
    ("request_", "body", "name", "model"),
    [
        pytest.param(
            ask("api.openai.com", "/v1/batches", {"input_file_id": "f0", "endpoint": "/v1/e"}),
            {"id": "b1", "object": "batch", "model": None, "usage": NONE},
            "b1",
            "(unnamed)",
            id="OpenAI",
        ),
        pytest.param(
            ask(
                "api.anthropic.com",
                "/v1/messages/batches",
                {"requests": [{"params": {"model": "claude-haiku-4-5"}}]},
            ),
            {"id": "b1", "type": "message_batch"},
            "b1",
            "claude-haiku-4-5",
            id="Anthropic",
        ),
        pytest.param(
            ask(GOOGLE, "/v1beta/models/gemini-3:batchGenerateContent", {"batch": {}}),
            {"name": "batches/b1", "metadata": {"model": "models/gemini-3"}},
            "b1",
            "gemini-3",
            id="Gemini",
        ),
        pytest.param(
            ask(
                "api.mistral.ai",
                "/v1/batch/jobs",
                {"endpoint": "/v1/chat/completions", "model": "m", "requests": []},
            ),
            {"id": "b1", "object": "batch", "model": "m", "outputs": None},
            "b1",
            "m",
            id="Mistral",
        ),
        pytest.param(
            ask("api.x.ai", "/v1/batches", {"name": "n"}),
            {"batch_id": "b1", "state": {"num_requests": 0}},
            "b1",
            "(unnamed)",
            id="xAI",
        ),
        pytest.param(
            ask("api.cohere.com", "/v1/embed-jobs", {"model": "embed-v4.0", "dataset_id": "d"}),
            {"job_id": "b1", "meta": {"api_version": {"version": "1"}}},
            "b1",
            "embed-v4.0",
            id="Cohere's embed jobs",
        ),
        pytest.param(
            ask("api.cohere.com", "/v2/batches", {"model": "command-a", "input_dataset_id": "d"}),
            {"batch": {"id": "b1", "model": "command-a", "status": "BATCH_STATUS_QUEUED"}},
            "b1",
            "command-a",
            id="Cohere",
        ),
        pytest.param(
            ask(
                "europe-west4-aiplatform.googleapis.com",
                "/v1/projects/p/locations/europe-west4/batchPredictionJobs",
                {"model": "publishers/google/models/gemini-2.5-flash", "inputConfig": {}},
            ),
            {
                "name": "projects/1/locations/europe-west4/batchPredictionJobs/b1",
                "model": "publishers/google/models/gemini-2.5-flash",
                "state": "JOB_STATE_PENDING",
            },
            "b1",
            "gemini-2.5-flash",
            id="Vertex",
        ),
        pytest.param(
            ask(
                "bedrock.eu-west-1.amazonaws.com",
                "/model-invocation-job",
                {"modelId": "amazon.nova-lite-v1:0", "inputDataConfig": {}},
            ),
            {"jobArn": "arn:aws:bedrock:eu-west-1:1:model-invocation-job/b1"},
            "b1",
            "amazon.nova-lite-v1:0",
            id="Bedrock",
        ),
        pytest.param(
            ask(
                "api.fireworks.ai",
                "/v1/accounts/a/batchInferenceJobs",
                {"model": "accounts/fireworks/models/kimi-k3", "inputDatasetId": "d"},
            ),
            {
                "name": "accounts/a/batchInferenceJobs/b1",
                "model": "accounts/fireworks/models/kimi-k3",
            },
            "b1",
            "accounts/fireworks/models/kimi-k3",
            id="Fireworks, whose ids are paths",
        ),
    ],
)
def test_a_batch_begins_with_a_name_and_no_counts(
    request_: Request, body: dict[str, Any], name: str, model: str
) -> None:
    reading = hear(request_, encoded(body))

    assert (reading.operation, reading.response_id, reading.model) == (BEGIN, name, model)
    assert (reading.usage_state, reading.counted, reading.certain) == ("none", False, True)
