"""Hugging Face and SageMaker: counts in headers, in details, or as OpenAI writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.answers import ask, encoded, hear, sse

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import Request

ENDPOINT = "abc.us-east-1.aws.endpoints.huggingface.cloud"
BODY = {"inputs": "hello", "parameters": {"details": True}}
DETAILS = {"finish_reason": "eos_token", "generated_tokens": 75, "input_length": 16}
TOKEN = {"token": {"text": "Hi"}, "generated_text": None, "details": None}
LAST = {"token": {"text": "."}, "generated_text": "Hi.", "details": DETAILS}
COUNTS = {"input_tokens": 16, "output_tokens": 75}


def tgi(path: str = "/generate", host: str = ENDPOINT) -> Request:
    """Ask a server for text."""
    return ask(host, path, BODY)


def invocation(body: dict[str, Any] | None = None) -> Request:
    """Invoke a SageMaker endpoint."""
    path = "/endpoints/my-llama/invocations"
    return ask("runtime.sagemaker.us-east-1.amazonaws.com", path, body or BODY)


@pytest.mark.parametrize(
    ("request_", "body", "headers", "usage"),
    [
        pytest.param(
            tgi("/"),
            encoded([{"generated_text": "Hi."}]),
            {"X-Prompt-Tokens": "16", "X-Generated-Tokens": "75"},
            COUNTS,
            id="headers, at the root of an endpoint",
        ),
        pytest.param(
            tgi(),
            encoded({"generated_text": "Hi.", "details": DETAILS}),
            {},
            COUNTS,
            id="details of a plain answer",
        ),
        pytest.param(
            tgi("/generate_stream"), sse(TOKEN, LAST), {}, COUNTS, id="details at the end"
        ),
        pytest.param(
            tgi(),
            encoded({"generated_text": "Hi.", "details": DETAILS}),
            {"x-prompt-tokens": "17"},
            {"input_tokens": 17, "output_tokens": 75},
            id="a header goes before details",
        ),
        pytest.param(
            tgi(),
            encoded(
                {
                    "generated_text": "Hi",
                    "details": {"generated_tokens": 2, "prefill": [{}, {}, {}]},
                }
            ),
            {},
            {"input_tokens": 3, "output_tokens": 2},
            id="the prompt's tokens are listed",
        ),
        pytest.param(tgi(), encoded({"generated_text": "Hi."}), {}, {}, id="nothing asked for"),
        pytest.param(
            tgi("/embed"),
            encoded([[0.1, 0.2]]),
            {"x-compute-tokens": "9"},
            {"input_tokens": 9, "output_tokens": 0},
            id="an embedding",
        ),
        pytest.param(
            ask("api-inference.huggingface.co", "/models/gpt2/xl", BODY),
            b"\x89PNG",
            {},
            {},
            id="a model that draws",
        ),
        pytest.param(
            invocation(), encoded([{"generated_text": "Hi."}]), {}, {}, id="a container that is mum"
        ),
        pytest.param(
            invocation({"messages": []}),
            encoded({"id": "c1", "usage": {"prompt_tokens": 16, "completion_tokens": 75}}),
            {},
            COUNTS,
            id="a container that speaks as OpenAI does",
        ),
    ],
)
def test_counts_are_taken_where_they_stand(
    request_: Request, body: bytes, headers: dict[str, str], usage: dict[str, int]
) -> None:
    reading = hear(request_, body, headers=headers)

    assert reading.usage.reported() == usage
    assert reading.usage_state == ("complete" if usage else "none")


@pytest.mark.parametrize("words", ["-1", "many", "1.5", "9" * 13])
def test_a_header_that_makes_no_sense_is_unreadable(words: str) -> None:
    reading = hear(tgi(), encoded({"generated_text": ""}), headers={"x-prompt-tokens": words})

    assert reading.usage_state == "unreadable"


def test_an_endpoint_goes_by_its_name() -> None:
    assert hear(invocation()).model == "my-llama"


def test_a_hosted_model_goes_by_the_name_in_its_path() -> None:
    path = "/hf-inference/models/BAAI/bge-small/pipeline/feature-extraction"

    assert hear(ask("router.huggingface.co", path, {"inputs": ""})).model == "BAAI/bge-small"
