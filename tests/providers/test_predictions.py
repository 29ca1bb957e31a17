"""What Vertex's `predict` makes: embeddings, pictures, texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.answers import ask, encoded, hear

from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import Request

VERTEX = "us-central1-aiplatform.googleapis.com"
GEMINI = "generativelanguage.googleapis.com"
PICTURE = {"bytesBase64Encoded": "aGk=", "mimeType": "image/png"}
STORED = {"gcsUri": "gs://b/1.png", "mimeType": "image/png"}
HELD_BACK = {"raiFilteredReason": "no faces"}


def predict(model: str, host: str = VERTEX) -> Request:
    """Ask *model* at Vertex, or at the Gemini API."""
    place = "/v1/projects/p/locations/us-central1/publishers/google/models"
    path = "/v1beta/models" if host == GEMINI else place
    return ask(host, f"{path}/{model}:predict", {"instances": [{"prompt": "a cat"}]})


def predicted(*predictions: Any, **more: Any) -> bytes:
    """Answer with *predictions*."""
    return encoded({"predictions": predictions, **more})


@pytest.mark.parametrize(
    ("model", "operation"),
    [
        ("imagen-4.0-generate-001", "image_generation"),
        ("imagen-3.0-capability-001", "image_generation"),
        ("imagegeneration@006", "image_generation"),
        ("virtual-try-on-001", "image_generation"),
        ("text-embedding-005", "embeddings"),
        ("multimodalembedding@001", "embeddings"),
        ("textembedding-gecko@003", "embeddings"),
        ("text-bison@002", "generate_content"),
        ("imagetext@001", "generate_content"),
        ("1234567890", "generate_content"),
    ],
)
def test_the_name_of_a_model_tells_what_it_makes(model: str, operation: str) -> None:
    reading = hear(predict(model), predicted())

    assert (reading.operation, reading.request_model) == (operation, model)
    assert reading.usage_state == "none"


@pytest.mark.parametrize("host", [VERTEX, GEMINI])
def test_pictures_count_by_the_piece_but_for_those_that_were_held_back(host: str) -> None:
    answer = predicted(PICTURE, STORED, HELD_BACK)

    reading = hear(predict("imagen-4.0-generate-001", host), answer)

    assert reading.usage == Usage(tool_calls=2)
    assert reading.usage_state == "complete"


def test_pictures_that_were_all_held_back_cost_nothing() -> None:
    assert hear(predict("imagen-4.0-generate-001"), predicted(HELD_BACK)).usage == Usage(
        tool_calls=0
    )


@pytest.mark.parametrize("prediction", [{"textEmbedding": [0.1]}, {"embeddings": "odd"}, "odd"])
def test_an_embedding_without_a_count_is_unknown(prediction: Any) -> None:
    reading = hear(predict("multimodalembedding@001"), predicted(prediction))

    assert reading.usage_state == "none"


def test_a_language_model_tells_its_tokens_beside_what_it_wrote() -> None:
    counts = {"inputTokenCount": {"totalTokens": 7}, "outputTokenCount": {"totalTokens": 40}}

    reading = hear(
        predict("text-bison@002"),
        predicted({"content": "a cat"}, metadata={"tokenMetadata": counts}),
    )

    assert reading.usage == Usage(input_tokens=7, output_tokens=40)
    assert reading.usage_state == "complete"
