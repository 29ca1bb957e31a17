"""Replicate's predictions: counted when they end."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, hear

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers.deferred import RETRIEVE, Work, settled, tells

STABLE = {"id": "p1", "model": "stability-ai/sd", "version": "ac73"}


@pytest.mark.parametrize(
    ("answer", "counted", "state"),
    [
        pytest.param({"status": "starting"}, False, "none", id="begun"),
        pytest.param({"status": "processing", "metrics": {}}, False, "none", id="under way"),
        pytest.param(
            {"status": "succeeded", "metrics": {"predict_time": 0.7}},
            True,
            "none",
            id="billed by the second of a machine",
        ),
        pytest.param(
            {"status": "succeeded", "metrics": {"input_token_count": 9, "output_token_count": 4}},
            True,
            "complete",
            id="billed by the token",
        ),
    ],
)
def test_a_prediction_counts_once_it_has_ended(
    answer: dict[str, Any], *, counted: bool, state: str
) -> None:
    request = ask("api.replicate.com", "/v1/predictions", {"version": "ac73", "input": {}})

    reading = hear(request, encoded(STABLE | answer), status=201)

    assert (reading.counted, reading.usage_state) == (counted, state)
    assert (reading.model, reading.response_id) == ("stability-ai/sd", "p1")


def test_tokens_are_taken_from_the_metrics() -> None:
    path = "/v1/models/meta/llama-3-8b/predictions"
    metrics = {"input_token_count": 9, "output_token_count": 4}
    answer = {"id": "p1", "status": "succeeded", "metrics": metrics}

    reading = hear(ask("api.replicate.com", path, {"input": {}}), encoded(answer))

    assert reading.usage.reported() == {"input_tokens": 9, "output_tokens": 4}
    assert reading.model == "meta/llama-3-8b"


def test_a_poll_tells_the_tokens_of_the_work_that_it_asks_about() -> None:
    request = Request("GET", "api.replicate.com", "/v1/predictions/p1", b"")
    metrics = {"input_token_count": 9, "output_token_count": 4}

    begun = hear(
        ask("api.replicate.com", "/v1/predictions", {"version": "ac73", "input": {}}),
        encoded(STABLE | {"status": "starting"}),
    )
    waiting = hear(request, encoded(STABLE | {"status": "processing"}))
    told = hear(request, encoded(STABLE | {"status": "succeeded", "metrics": metrics}))

    assert [reading.operation for reading in (begun, told)] == ["generate_content", RETRIEVE]
    assert [tells(reading) for reading in (waiting, told)] == [False, True]
    assert settled([begun, told, told]) == [Work(teller=1, begun=(0,), repeats=(2,))]


def test_a_prediction_may_be_cancelled() -> None:
    request = ask("api.replicate.com", "/v1/predictions/p1/cancel", None)

    reading = hear(request, encoded(STABLE | {"status": "canceled"}))

    assert (reading.operation, reading.response_id, tells(reading)) == (RETRIEVE, "p1", False)
