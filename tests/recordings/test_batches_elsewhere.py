"""In a recording the results of a batch have the region that its job was asked for in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from support.answers import encoded

from pytest_specbudget.recordings.library import recordings

if TYPE_CHECKING:
    from pathlib import Path

JOB = "https://aiplatform.googleapis.com/v1/projects/p/locations/eu/batchPredictionJobs/7"
FILE = "https://storage.googleapis.com/bucket/out/predictions.jsonl"


def got(uri: str, answer: Any) -> dict[str, Any]:
    """Make an interaction that gets *answer*."""
    response = {"status": {"code": 200}, "body": {"string": encoded(answer).decode() + "\n"}}
    return {"request": {"method": "GET", "uri": uri}, "response": response}


def test_results_that_were_read_from_a_bucket_have_the_region_of_their_job(tmp_path: Path) -> None:
    folder = {"outputInfo": {"gcsOutputDirectory": "gs://bucket/out"}}
    usage = {"promptTokenCount": 20, "candidatesTokenCount": 5}
    answer = {"response": {"candidates": [], "usageMetadata": usage, "modelVersion": "m"}}
    path = tmp_path / "batch.json"
    told = {"version": 1, "interactions": [got(JOB, folder), got(FILE, answer)]}
    path.write_text(json.dumps(told), encoding="utf-8")

    (found,) = recordings(path, print)

    assert [reading and reading.region for reading in found.readings] == ["eu", "eu"]
