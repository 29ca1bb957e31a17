from __future__ import annotations

import json

import pytest

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers import recognise
from pytest_specbudget.providers.google_grpc import as_http, is_model_call

GEMINI = "/google.ai.generativelanguage.v1beta.GenerativeService/"
VERTEX = "/google.cloud.aiplatform.v1.PredictionService/"
NAMED = "projects/p/locations/us-central1/publishers/google/models/gemini-2.5-flash"


def called(method: str, **message: str) -> Request:
    return as_http(Request("POST", "127.0.0.1", method, json.dumps(message).encode()))


@pytest.mark.parametrize(
    ("method", "message", "path"),
    [
        pytest.param(
            GEMINI + "GenerateContent",
            {"model": "models/gemini-2.5-flash"},
            "/v1beta/models/gemini-2.5-flash:generateContent",
            id="Gemini",
        ),
        pytest.param(
            GEMINI + "StreamGenerateContent",
            {"model": "models/gemini-2.5-flash"},
            "/v1beta/models/gemini-2.5-flash:streamGenerateContent",
            id="Gemini, streamed",
        ),
        pytest.param(
            VERTEX + "GenerateContent",
            {"model": NAMED},
            f"/v1/{NAMED}:generateContent",
            id="Vertex",
        ),
        pytest.param(
            VERTEX.replace("v1", "v1beta1") + "Predict",
            {"endpoint": NAMED},
            f"/v1beta1/{NAMED}:predict",
            id="an endpoint that predicts",
        ),
    ],
)
def test_a_call_stands_for_the_request_that_google_documents(
    method: str, message: dict[str, str], path: str
) -> None:
    assert is_model_call(method)
    assert called(method, **message).path == path


@pytest.mark.parametrize(
    "method",
    [
        GEMINI + "CountTokens",
        GEMINI + "BidiGenerateContent",
        VERTEX + "StreamRawPredictions",
        "/google.longrunning.Operations/GetOperation",
        "/xai_api.Chat/GetCompletion",
        "/grpc.health.v1.Health/Check",
    ],
)
def test_other_methods_call_no_model(method: str) -> None:
    assert not is_model_call(method)


@pytest.mark.parametrize("method", ["GenerateContent", "StreamGenerateContent", "EmbedContent"])
def test_what_it_stands_for_is_recognised_with_its_model(method: str) -> None:
    message = {"model": "models/gemini-2.5-flash", "contents": "[]", "content": "{}"}

    listener = recognise(called(GEMINI + method, **message))

    assert listener is not None
    assert (listener.provider, listener.request_model) == ("google", "gemini-2.5-flash")
