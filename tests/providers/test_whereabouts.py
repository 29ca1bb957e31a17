"""Results of a batch that are read elsewhere cost what they cost in the region of the batch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.answers import ask, chat, encoded, hear

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.core.money import Money
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.pricing import price
from pytest_specbudget.providers.whereabouts import Whereabouts

if TYPE_CHECKING:
    from pytest_specbudget.core.reading import Reading

FOLDER = {"gcsOutputDirectory": "gs://bucket/out"}
RESULTS = "/bucket/out/predictions.jsonl"


def begun(region: str) -> Reading:
    """Begin the batch 7."""
    body = {"model": "publishers/google/models/gemini-3.5-flash", "inputConfig": {}}
    return hear(ask("aiplatform.googleapis.com", jobs(region), body), job())


def asked(region: str, **more: Any) -> Reading:
    """Ask about the batch 7."""
    return hear(Request("GET", "aiplatform.googleapis.com", f"{jobs(region)}/7", b""), job(**more))


def told() -> Reading:
    """Read the results."""
    usage = {"promptTokenCount": 1_000_000, "candidatesTokenCount": 0}
    answer = {"candidates": [], "usageMetadata": usage, "modelVersion": "gemini-3.5-flash"}
    request = Request("GET", "storage.googleapis.com", RESULTS, b"")
    return hear(request, encoded({"response": answer}) + b"\n")


def jobs(region: str) -> str:
    return f"/v1/projects/p/locations/{region}/batchPredictionJobs"


def job(**more: Any) -> bytes:
    return encoded({"name": f"{jobs('r')}/7", **more})


@pytest.mark.parametrize(
    ("region", "cost"), [("europe-west4", "0.825"), ("global", "0.75")], ids=["region", "global"]
)
def test_results_in_a_bucket_have_the_region_of_their_batch(region: str, cost: str) -> None:
    known = Whereabouts([begun(region), asked(region, outputInfo=FOLDER), None])

    located = known.located(told())

    quote = price(located, load_catalogue(), datetime(2026, 11, 20, tzinfo=UTC))
    assert (told().region, located.region) == (None, region)
    assert quote.list_cost == Money.parse(cost)


def test_results_of_a_batch_that_nobody_heard_of_have_no_region() -> None:
    known = Whereabouts([begun("europe-west4"), asked("europe-west4")])

    assert known.located(told()) == told()


def test_the_region_of_a_call_is_nobody_elses() -> None:
    call = hear(chat("eu.api.openai.com"), encoded({"id": "7", "model": "gpt-5"}))
    other = replace(told(), provider="openai", response_id="7")

    assert Whereabouts([call]).located(other).region is None


def test_what_tells_its_region_keeps_it() -> None:
    known = Whereabouts([asked("europe-west4", outputInfo=FOLDER)])
    told_there = replace(told(), region="us-central1")

    assert known.located(told_there) is told_there


def test_a_call_is_left_as_it_is() -> None:
    call = hear(chat(), encoded({"id": "7"}))

    assert Whereabouts([begun("europe-west4")]).located(call) is call
