"""Work for later: what begins a batch, and what asks about work that an earlier call began.

Training a model is begun likewise; what that costs nobody tells, so it stays unknown.  Paths and
bodies are those of each provider and are the same behind a gateway.

Work is asked about by GET, or by the POST that cancels it.

Source: what a training asks for: https://docs.together.ai/reference/post-fine-tunes,
https://docs.cohere.com/reference/createfinetunedmodel,
https://docs.fireworks.ai/api-reference/create-supervised-fine-tuning-job (and those of
reinforcement, preference and batch jobs), https://replicate.com/docs/reference/http
(trainings.create); `tunings` of google-genai 3.4.0; `CreateModelCustomizationJob`,
`CreateModelInvocationJob` and `CreateEvaluationJob` of botocore 1.44.5 (checked 2026-11-23).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.providers import batches, deferred_answers, jobs, keeping, replicate
from pytest_specbudget.providers.deferred import BEGIN, RETRIEVE
from pytest_specbudget.providers.route import Route
from pytest_specbudget.providers.routes import paths

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.providers.fold import Asked, Fold

__all__ = ["BEGINNINGS", "RETRIEVALS"]


def _begins(path: str, provider: str, *shape: tuple[str, ...]) -> Route:
    """Make the route of a request that begins a batch at *path*."""
    return Route(paths.ending(path), shape, BEGIN, provider, batches.Begun, everyday=True)


def _begins_at(provider: str, path: str, fold: Callable[[Asked], Fold] = batches.Begun) -> Route:
    """Make the route of one that begins at its own provider's hosts alone, whatever its body."""
    return Route(paths.ending(path), (), BEGIN, provider, fold, own=True)


def _retrieves(
    path: str, provider: str, fold: Callable[[Asked], Fold], *, own: bool = False
) -> Route:
    """Make the route of a question about work, whose answer alone can tell what it is."""
    return Route(paths.ending(path), (), RETRIEVE, provider, fold, own=own)


_KEPT = (
    Route(
        paths.ending("/cachedContents"),
        (("model",), ("contents", "systemInstruction", "system_instruction", "tools")),
        BEGIN,
        "google",
        keeping.Cache,
    ),
    _begins_at("openai", "^/v1/containers", keeping.Container),
    _begins_at("azure.ai.openai", "^/openai(?:/v1)?/containers", keeping.Container),
)
"""What begins to be kept, and is billed for as long as it is."""

_TRAININGS = (
    _begins("/fine_tuning/jobs", "openai", ("model",), ("training_file", "training_files")),
    _begins("/v1/fine-tunes", "together", ("training_file",), ("model",)),
    _begins("/finetuning/finetuned-models", "cohere", ("name",), ("settings",)),
    _begins("/(?:(?:supervised|reinforcement)FineTuning|dpo)Jobs", "fireworks", ("dataset",)),
    _begins("/tuningJobs", "google", ("baseModel", "preTunedModel")),
    _begins(
        "/model-customization-jobs", "bedrock", ("baseModelIdentifier",), ("trainingDataConfig",)
    ),
    _begins("/versions/[^/]+/trainings", "replicate", ("destination",), ("input",)),
)
"""What begins to train a model: billed by the token or the hour, which no answer tells."""

_FILINGS = (
    _begins("/fileSearchStores/[^/]+:(?:importFile|uploadToFileSearchStore)", "google"),
    _begins("/ragCorpora/[^/]+/ragFiles:(?:import|upload)", "google"),
)
"""What files documents at Google, where they are embedded; a file is a body of any shape."""

BEGINNINGS = (
    _begins("/messages/batches", "anthropic", ("requests",)),
    _begins("/batches", "openai", ("input_file_id",), ("endpoint",)),
    _begins("/evals/[^/]+/runs", "openai", ("data_source",)),
    _begins("/batch/jobs", "mistral", ("endpoint", "agent_id"), ("requests", "input_files")),
    _begins("/[^/:]+:(?:batchGenerateContent|asyncBatchEmbedContent)", "google", ("batch",)),
    _begins("/batchPredictionJobs", "google", ("model",), ("inputConfig",)),
    _begins("/embed-jobs", "cohere", ("model",), ("dataset_id",)),
    _begins("/batchInferenceJobs", "fireworks", ("model",), ("inputDatasetId",)),
    _begins("/model-invocation-job", "bedrock", ("modelId",), ("inputDataConfig",)),
    _begins("/evaluation-jobs", "bedrock", ("evaluationConfig",), ("inferenceConfig",)),
    _begins(
        "/advanced-prompt-optimization-jobs", "bedrock", ("inputConfig",), ("modelConfigurations",)
    ),
    _begins_at("together", "^/v1/evaluation"),
    *_FILINGS,
    *_TRAININGS,
    *_KEPT,
)
"""What begins a batch, which models will answer later, and other work whose cost comes later."""

RETRIEVALS = (
    _retrieves("/(?:responses|v1/agent)/[^/]+(?:/cancel)?", "openai", deferred_answers.Response),
    _retrieves("/threads/[^/]+/runs/[^/]+(?:/cancel)?", "openai", deferred_answers.Run),
    _retrieves("/evals/[^/]+/runs/[^/]+(?:/cancel)?", "openai", deferred_answers.Evaluation),
    _retrieves("/interactions/[^/]+(?:/cancel)?", "google", deferred_answers.Interaction),
    _retrieves("/chat/deferred-completion/[^/]+", "xai", deferred_answers.Completion),
    _retrieves(
        "/async/(?:chat/completions|sonar)/[^/]+", "perplexity", deferred_answers.AsyncCompletion
    ),
    _retrieves("/messages/batches/[^/]+/results", "anthropic", batches.Results),
    _retrieves("/batches/[^/]+/results", "xai", batches.Results),
    _retrieves("/batch/jobs/[^/]+(?:/cancel)?", "mistral", batches.Batch),
    _retrieves("/v1beta/batches/[^/]+", "google", batches.Batch),
    _retrieves("/v2/batches/[^/]+", "cohere", jobs.CohereBatch, own=True),
    _retrieves("/batches/[^/]+(?:/cancel)?", "openai", batches.Batch),
    _retrieves("/batchPredictionJobs/[^/]+", "google", jobs.VertexBatch),
    _retrieves("/embed-jobs/[^/]+", "cohere", jobs.EmbedJob),
    _retrieves("/files/[^/]+/content", "openai", batches.File),
    _retrieves("/predictions/[^/]+(?:/cancel)?", "replicate", replicate.Prediction),
    _retrieves("(?:/files/[^/]+:download|predictions[.]jsonl)", "google", batches.File),
)
"""Where work is asked about; in order, the first whose path is found is taken."""
