"""Jobs of Cohere and Vertex: what they tell once they are over, and what their results are."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, hear

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import recognise
from pytest_specbudget.providers.deferred import RETRIEVE, Work, settled, tells

COHERE = "api.cohere.com"
VERTEX = "europe-west4-aiplatform.googleapis.com"
JOBS = "/v1/projects/p/locations/europe-west4/batchPredictionJobs"


def get(host: str, path: str) -> Request:
    return Request("GET", host, path, b"")


def job(status: str, **billed: float) -> bytes:
    """Make an embed job of Cohere's."""
    meta = {"api_version": {"version": "1"}, "billed_units": billed}
    return encoded({"job_id": "j1", "status": status, "model": "embed-v4.0", "meta": meta})


def batch(status: str, **counts: str) -> bytes:
    """Make a batch of Cohere's."""
    told = {"id": "b1", "model": "command-a", "status": f"BATCH_STATUS_{status}", **counts}
    return encoded({"batch": told})


def vertex(**more: Any) -> bytes:
    """Make a batch of Vertex."""
    return encoded({"name": f"{JOBS}/7", "model": "publishers/google/models/m", **more})


@pytest.mark.parametrize("status", ["complete", "cancelled", "failed"])
def test_an_embed_job_that_is_over_tells_what_is_billed(status: str) -> None:
    reading = hear(get(COHERE, "/v1/embed-jobs/j1"), job(status, input_tokens=120.0))

    assert (reading.provider, reading.operation) == ("cohere", RETRIEVE)
    assert reading.usage == Usage(input_tokens=120, output_tokens=0)
    assert (reading.model, reading.response_id) == ("embed-v4.0", "j1")
    assert reading.usage_state == "complete"


def test_an_embed_job_that_runs_tells_nothing_yet() -> None:
    assert not tells(hear(get(COHERE, "/v1/embed-jobs/j1"), job("processing", input_tokens=3)))


def test_an_embed_job_is_told_by_its_later_answer() -> None:
    begins = ask(COHERE, "/v1/embed-jobs", {"model": "embed-v4.0", "dataset_id": "d1"})
    begun = hear(begins, encoded({"job_id": "j1"}))
    over = hear(get(COHERE, "/v1/embed-jobs/j1"), job("complete", input_tokens=120.0))

    assert settled([begun, over]) == [Work(teller=1, begun=(0,), repeats=())]


@pytest.mark.parametrize("path", ["/v1/embed-jobs", "/v1/embed-jobs/j1/cancel"])
def test_what_else_is_asked_about_embed_jobs_is_nothing(path: str) -> None:
    method = "POST" if path.endswith("/cancel") else "GET"

    assert recognise(Request(method, COHERE, path, b"")) is None


@pytest.mark.parametrize("status", ["COMPLETED", "FAILED", "CANCELED"])
def test_a_batch_of_cohere_that_is_over_states_its_sum_as_text(status: str) -> None:
    body = batch(status, input_tokens="36", output_tokens="224")

    reading = hear(get(COHERE, "/v2/batches/b1"), body)

    assert reading.usage == Usage(input_tokens=36, output_tokens=224)
    assert (reading.model, reading.service_tier) == ("command-a", "batch")
    assert (reading.response_id, reading.usage_state) == ("b1", "complete")


@pytest.mark.parametrize(
    ("body", "state"),
    [
        pytest.param(batch("IN_PROGRESS", input_tokens="3"), "none", id="it runs"),
        pytest.param(batch("COMPLETED"), "none", id="it is over and states none"),
        pytest.param(batch("COMPLETED", input_tokens="many"), "unreadable", id="nonsense"),
    ],
)
def test_a_batch_of_cohere_without_a_sum_tells_nothing(body: bytes, state: str) -> None:
    reading = hear(get(COHERE, "/v2/batches/b1"), body)

    assert (reading.usage_state, tells(reading)) == (state, False)


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("storage.googleapis.com", "/bucket/out/prediction-7/predictions.jsonl"),
        ("bucket.storage.googleapis.com", "/out/prediction-7/predictions.jsonl"),
        (
            "storage.googleapis.com",
            "/download/storage/v1/b/bucket/o/out%2Fprediction-7%2Fpredictions.jsonl",
        ),
        (
            "storage.googleapis.com",
            "/storage/v1/b/bucket/o/out%2Fprediction-7%2Fpredictions.jsonl",
        ),
    ],
)
def test_a_batch_of_vertex_is_told_by_the_file_in_the_folder_that_it_names(
    host: str, path: str
) -> None:
    begins = ask(VERTEX, JOBS, {"model": "publishers/google/models/m", "inputConfig": {}})
    folder = {"gcsOutputDirectory": "gs://bucket/out/prediction-7"}
    usage = {"promptTokenCount": 20, "candidatesTokenCount": 5}
    result = {"response": {"candidates": [], "usageMetadata": usage, "modelVersion": "m"}}

    begun = hear(begins, vertex())
    asked = hear(get(VERTEX, f"{JOBS}/7"), vertex(outputInfo=folder))
    told = hear(get(host, path), encoded(result) + b"\n")

    assert told.usage == Usage(input_tokens=20, output_tokens=5)
    assert settled([begun, asked, told]) == [Work(teller=2, begun=(0,), repeats=(1,))]


def test_a_batch_of_vertex_that_runs_names_no_folder_and_tells_nothing() -> None:
    reading = hear(get(VERTEX, f"{JOBS}/7"), vertex(state="JOB_STATE_RUNNING"))

    assert not tells(reading)
    assert reading.flags == ()


def test_a_folder_with_a_space_in_its_name_is_one_name() -> None:
    folder = {"gcsOutputDirectory": "gs://bucket/my out/"}

    reading = hear(get(VERTEX, f"{JOBS}/7"), vertex(outputInfo=folder))

    assert reading.response_id == "7 /bucket/my%20out/predictions.jsonl"
