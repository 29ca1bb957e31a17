"""Work for later: what begins a batch, and what asks about work that an earlier call began.

It is asked about by GET, or by the POST that cancels it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.providers import batches, deferred_answers, replicate
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


def _retrieves(path: str, provider: str, fold: Callable[[Asked], Fold]) -> Route:
    """Make the route of a question about work, whose answer alone can tell what it is."""
    return Route(paths.ending(path), (), RETRIEVE, provider, fold)


BEGINNINGS = (
    _begins("/messages/batches", "anthropic", ("requests",)),
    _begins("/batches", "openai", ("input_file_id",), ("endpoint",)),
    _begins("/evals/[^/]+/runs", "openai", ("data_source",)),
    _begins("/batch/jobs", "mistral", ("endpoint", "agent_id"), ("requests", "input_files")),
    _begins("/[^/:]+:(?:batchGenerateContent|asyncBatchEmbedContent)", "google", ("batch",)),
)
"""What begins a batch, which models will answer later."""

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
    _retrieves("/batches/[^/]+(?:/cancel)?", "openai", batches.Batch),
    _retrieves("/files/[^/]+/content", "openai", batches.File),
    _retrieves("/predictions/[^/]+(?:/cancel)?", "replicate", replicate.Prediction),
    _retrieves("(?:/files/[^/]+:download|predictions[.]jsonl)", "google", batches.File),
)
"""Where work is asked about; in order, the first whose path is found is taken."""
