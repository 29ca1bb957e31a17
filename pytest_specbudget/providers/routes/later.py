"""Work for later: what begins a batch, and what asks about work that an earlier call began.

Training a model is begun likewise; what that costs nobody tells, so it stays unknown.

Work is asked about by GET, or by the POST that cancels it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.providers import batches, deferred_answers, jobs, replicate
from pytest_specbudget.providers.deferred import BEGIN, RETRIEVE
from pytest_specbudget.providers.route import Route
from pytest_specbudget.providers.routes import paths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_specbudget.providers.fold import Asked, Fold

__all__ = ["BEGINNINGS", "RETRIEVALS"]


def _begins(path: str, provider: str, *shape: tuple[str, ...]) -> Route:
    """Make the route of a request that begins a batch at *path*."""
    return Route(paths.ending(path), shape, BEGIN, provider, batches.Begun, everyday=True)


def _begins_at(provider: str, path: str) -> Route:
    """Make the route of one that begins at its own provider's hosts alone, whatever its body."""
    return Route(paths.ending(path), (), BEGIN, provider, batches.Begun, own=True)


def _retrieves(
    path: str, provider: str, fold: Callable[[Asked], Fold], *, own: bool = False
) -> Route:
    """Make the route of a question about work, whose answer alone can tell what it is."""
    return Route(paths.ending(path), (), RETRIEVE, provider, fold, own=own)


_TRAINING: Mapping[str, str] = {
    "bedrock": "^/model-customization-jobs",
    "cohere": "^/v1/finetuning/finetuned-models",
    "fireworks": "/(?:(?:supervised|reinforcement)FineTuning|dpo)Jobs",
    "google": "/tuningJobs",
    "replicate": "/trainings",
    "together": "^/v1/fine-tunes",
}
"""What begins to train a model: billed by the token or the hour, which no answer tells."""

_FILED = "/fileSearchStores/[^/]+:(?:importFile|uploadToFileSearchStore)"
"""What files documents at Google, where they are embedded."""

BEGINNINGS = (
    _begins("/messages/batches", "anthropic", ("requests",)),
    _begins("/batches", "openai", ("input_file_id",), ("endpoint",)),
    _begins("/evals/[^/]+/runs", "openai", ("data_source",)),
    _begins("/fine_tuning/jobs", "openai", ("model",), ("training_file", "training_files")),
    _begins("/batch/jobs", "mistral", ("endpoint", "agent_id"), ("requests", "input_files")),
    _begins("/[^/:]+:(?:batchGenerateContent|asyncBatchEmbedContent)", "google", ("batch",)),
    _begins("/batchPredictionJobs", "google", ("model",), ("inputConfig",)),
    _begins("/embed-jobs", "cohere", ("model",), ("dataset_id",)),
    _begins_at("fireworks", "/batchInferenceJobs"),
    _begins_at("bedrock", "^/model-invocation-job"),
    _begins_at("bedrock", "^/(?:evaluation|advanced-prompt-optimization)-jobs"),
    _begins_at("together", "^/v1/evaluation"),
    _begins_at("google", _FILED),
    *(_begins_at(provider, path) for provider, path in _TRAINING.items()),
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
