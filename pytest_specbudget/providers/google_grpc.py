"""Google's model calls over gRPC, as the HTTP requests that they stand for.

Each of these methods has a path in Google's HTTP interface, with the same message as JSON.  So a
call is recognised, and its answer read, as if it had been sent there.  A message names its model,
or the endpoint that serves one, as a resource, which is what stands in the path.

Source: the `google.api.http` options of `generative_service.proto` (google-ai-generativelanguage
0.6.15) and of `prediction_service.proto` (google-cloud-aiplatform, `v1` and `v1beta1`), whose paths
stand in their REST transports (checked 2026-11-22).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers.counts import text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["as_http", "is_model_call"]

_METHOD = re.compile(
    r"/google\.(?:ai\.generativelanguage|cloud\.aiplatform)\.(?P<version>v\w+)"
    r"\.(?:GenerativeService|PredictionService)/(?P<name>\w+)"
)
_VERBS: Mapping[str, str] = {
    "BatchEmbedContents": "batchEmbedContents",
    "EmbedContent": "embedContent",
    "GenerateContent": "generateContent",
    "Predict": "predict",
    "PredictLongRunning": "predictLongRunning",
    "RawPredict": "rawPredict",
    "StreamGenerateContent": "streamGenerateContent",
    "StreamRawPredict": "streamRawPredict",
}
"""How the HTTP path of a method ends.  What takes tensors is not here, nor is counting tokens."""


def is_model_call(path: str) -> bool:
    """Tell whether the method *path* calls a model."""
    method = _METHOD.fullmatch(path)
    return method is not None and method["name"] in _VERBS


def as_http(request: Request) -> Request:
    """Return the HTTP request that *request* stands for.

    Args:
        request: A gRPC call for which `is_model_call`; its body is the message as JSON, with the
            names that fields have there, or None where it could not be seen.
    """
    method = _METHOD.fullmatch(request.path)
    if method is None:
        raise ValueError(f"{request.path} calls none of Google's models")
    named = text(request.document.get("model")) or text(request.document.get("endpoint"))
    path = f"/{method['version']}/{named or 'models/'}:{_VERBS[method['name']]}"
    return Request(request.method, request.host, path, request.body)
