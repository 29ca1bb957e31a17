"""Which request is a model call, and who reads its answer, as data.

A route is a path and the shape of a request body.  The host decides whom a call is charged to, the
path alone how it is read, because gateways keep the path and change the host.  What only resembles
a model call (counting tokens, batches, files, moderation) has no route.

To add a provider, write its fold and add a line here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.providers import anthropic, gemini, openai

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_specbudget.providers.fold import Asked, Fold

__all__ = ["ROUTES", "Fit", "Route", "candidate", "fit"]

Fit = Literal["whole", "part", "none"]
"""How much of a route's shape a request body has."""

_LAST_WORDS = re.compile(
    r"[/:](?:completions|responses|compact|embeddings|messages|complete|interactions|runs"
    r"|transcriptions|translations|speech|generations|edits|variations"
    r"|(?:g|streamG)enerateContent|embedContent|batchEmbedContents|predict"
    r"|(?:r|streamR)awPredict)/?$"
)
_REACH = 26  # the longest last word with its separators; the rest of a long path is not searched


@dataclass(frozen=True, slots=True)
class Route:
    """One way to call a model.

    Attributes:
        path: Found in the path of such a request; a group `model` holds the model's name.
        shape: Keys of the request body; of each tuple, one must be there.
        operation: `gen_ai.operation.name`, where OpenTelemetry has one.
        provider: Who speaks this format, for hosts that nobody knows.
        fold: Makes the reader of one answer.
    """

    path: re.Pattern[str]
    shape: tuple[tuple[str, ...], ...]
    operation: str
    provider: str
    fold: Callable[[Asked], Fold]


def candidate(method: str, path: str) -> bool:
    """Tell in less than a microsecond whether a request could be a model call at all."""
    return method == "POST" and _LAST_WORDS.search(path, max(len(path) - _REACH, 0)) is not None


def fit(route: Route, keys: Mapping[str, object], *, model_in_path: bool) -> Fit:
    """Tell how much of the shape of *route* is among the *keys* of a request body."""
    given = keys.keys()
    there = [
        (model_in_path and "model" in some) or not given.isdisjoint(some) for some in route.shape
    ]
    if all(there):
        return "whole"
    return "part" if any(there) else "none"


def _openai(path: str) -> re.Pattern[str]:
    """Match *path* at the end, perhaps after the name of an Azure deployment."""
    return re.compile(rf"(?:/deployments/(?P<model>[^/]+))?{path}/?$")


def _google(verbs: str) -> re.Pattern[str]:
    """Match `MODEL:VERB` at the end."""
    return re.compile(rf"/(?P<model>[^/:]+):(?:{verbs})$")


_MODEL, _MESSAGES, _LIMIT = ("model",), ("messages",), ("max_tokens",)
_TURN = ("input", "prompt", "previous_response_id", "conversation")

ROUTES = (
    Route(_openai("/chat/completions"), (_MODEL, _MESSAGES), "chat", "openai", openai.Completion),
    Route(
        _openai("/responses(?:/compact)?"),
        (("model", "prompt"), _TURN),
        "chat",
        "openai",
        openai.Response,
    ),
    Route(
        _openai("(?<!/api)/embeddings"),  # Ollama's own stand under /api and speak otherwise
        (_MODEL, ("input",)),
        "embeddings",
        "openai",
        openai.Embeddings,
    ),
    Route(
        _openai("(?<!/chat)/completions"),
        (_MODEL, ("prompt",)),
        "text_completion",
        "openai",
        openai.Completion,
    ),
    Route(
        _openai("/audio/(?:transcriptions|translations)"),
        (_MODEL, ("file",)),
        "transcription",
        "openai",
        openai.Media,
    ),
    Route(_openai("/audio/speech"), (_MODEL, ("input",)), "speech", "openai", openai.Media),
    Route(
        _openai("/images/(?:generations|edits|variations)"),
        (_MODEL, ("prompt", "image")),
        "image_generation",
        "openai",
        openai.Media,
    ),
    Route(
        re.compile(r"/threads(?:/[^/]+)?/runs/?$"),
        (("assistant_id",),),
        "invoke_agent",
        "openai",
        openai.Run,
    ),
    Route(
        re.compile(r"^(?!.*/threads/).*/messages/?$"),  # an assistant's thread has messages too
        (_MODEL, _MESSAGES, _LIMIT),
        "chat",
        "anthropic",
        anthropic.Messages,
    ),
    Route(
        re.compile(r"/v1/complete/?$"),
        (_MODEL, ("prompt",), ("max_tokens_to_sample",)),
        "text_completion",
        "anthropic",
        anthropic.LegacyCompletion,
    ),
    Route(
        _google("rawPredict|streamRawPredict"),  # Claude on Vertex
        (_MESSAGES, _LIMIT),
        "chat",
        "anthropic",
        anthropic.Messages,
    ),
    Route(
        _google("generateContent|streamGenerateContent"),
        (("contents",),),
        "generate_content",
        "google",
        gemini.GenerateContent,
    ),
    Route(
        _google("embedContent|batchEmbedContents"),
        (("content", "requests"),),
        "embeddings",
        "google",
        gemini.Embedding,
    ),
    Route(_google("predict"), (("instances",),), "embeddings", "google", gemini.Prediction),
    Route(
        re.compile(r"/interactions/?$"),
        (("model", "agent"), ("input",)),
        "generate_content",
        "google",
        gemini.Interaction,
    ),
)
"""In order; the first whose path is found is taken."""
