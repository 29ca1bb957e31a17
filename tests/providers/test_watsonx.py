"""watsonx.ai counts anew in every event; the highest count is the whole."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, hear, sse

HOST = "us-south.ml.cloud.ibm.com"
BODY = {"model_id": "ibm/granite", "input": "hello"}


def event(given: int | None, made: int, stop: str = "not_finished") -> dict[str, Any]:
    """Write one event, or one plain answer."""
    counts = {"generated_token_count": made, "stop_reason": stop}
    if given is not None:
        counts["input_token_count"] = given
    return {"model_id": "ibm/granite", "results": [counts]}


def generation(path: str = "/ml/v1/text/generation") -> Any:
    """Ask for text."""
    return ask(HOST, path, BODY)


@pytest.mark.parametrize(
    ("body", "usage", "state"),
    [
        pytest.param(encoded(event(12, 7, "eos_token")), (12, 7), "complete", id="plain"),
        pytest.param(
            sse(event(12, 1), event(12, 4), event(12, 7, "eos_token")),
            (12, 7),
            "complete",
            id="counts that grow",
        ),
        pytest.param(
            sse(event(12, 1), event(0, 4), event(None, 7, "max_tokens")),
            (12, 7),
            "complete",
            id="a prompt counted in the first event alone",
        ),
        pytest.param(sse(event(12, 1), event(12, 4)), (12, 4), "partial", id="a cut stream"),
        pytest.param(
            sse(event(12, 1, "NOT_FINISHED"), event(12, 4, "NOT_FINISHED")),
            (12, 4),
            "partial",
            id="a cut stream in capitals",
        ),
    ],
)
def test_the_highest_counts_are_the_whole(body: bytes, usage: tuple[int, int], state: str) -> None:
    reading = hear(generation("/ml/v1/text/generation_stream"), body)

    assert (reading.usage.input_tokens, reading.usage.output_tokens) == usage
    assert (reading.usage_state, reading.model) == (state, "ibm/granite")


def test_the_older_path_answers_alike() -> None:
    reading = hear(generation("/ml/v1-beta/generation/text"), encoded(event(12, 7, "eos_token")))

    assert reading.usage.reported() == {"input_tokens": 12, "output_tokens": 7}


@pytest.mark.parametrize("what", ["embeddings", "rerank"])
def test_embeddings_and_rankings_are_input_alone(what: str) -> None:
    request = ask(HOST, f"/ml/v1/text/{what}", {"model_id": "ibm/slate", "inputs": []})

    reading = hear(request, encoded({"model_id": "ibm/slate", "input_token_count": 9}))

    assert reading.usage.reported() == {"input_tokens": 9, "output_tokens": 0}
    assert (reading.usage_state, reading.operation) == ("complete", what)


def test_its_chat_answers_as_openai_does() -> None:
    request = ask(HOST, "/ml/v1/text/chat", {"model_id": "ibm/granite", "messages": []})
    usage = {"prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19}

    reading = hear(request, encoded({"model": "ibm/granite", "usage": usage}))

    assert reading.usage.reported() == {"input_tokens": 12, "output_tokens": 7}
    assert (reading.provider, reading.operation) == ("ibm.watsonx.ai", "chat")


def test_a_deployment_goes_by_its_name() -> None:
    path = "/ml/v1/deployments/my_prompt/text/generation"

    assert hear(ask(HOST, path, {"input": ""})).model == "my_prompt"
