"""Paths that only their own provider's hosts mean so.

Elsewhere they mean something else: conversations that are no model's, a translation service.  The
shape of a body says nothing more there, so none is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.providers import (
    aleph_alpha,
    audio,
    bedrock_agents,
    cohere,
    dashscope,
    mistral,
    openai,
    untold,
)
from pytest_specbudget.providers.route import Route
from pytest_specbudget.providers.routes.paths import ending, watsonx

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from pytest_specbudget.providers.fold import Asked, Fold

__all__ = ["OWN"]

_SOUNDS = (  # of ElevenLabs
    "sound-generation",
    "text-to-dialogue(?:/stream)?(?:/with-timestamps)?",
    "music(?:/detailed)?(?:/stream)?",
    "music/(?:stem-separation|video-to-music)",
    "(?:speech-to-speech|voice-changer)/[^/]+(?:/stream)?",
    "audio-isolation(?:/stream)?",
    "text-to-voice/(?:design|create-previews)",
)
_FLOWS = "flows/.+/aliases/[^/]+/executions"


def _own(
    provider: str, operation: str, path: re.Pattern[str], fold: Callable[[Asked], Fold]
) -> Route:
    return Route(path, (), operation, provider, fold, own=True)


OWN = (
    _own("cohere", "ocr", ending("/v2/parse"), cohere.Chat),
    _own("deepgram", "generate_content", ending("/v1/read"), audio.Analysis),
    _own("deepgram", "speech", ending("/v2/speak"), audio.Speech),
    _own("elevenlabs", "speech", ending(f"^/v1/(?:{'|'.join(_SOUNDS)})"), audio.Speech),
    _own("aleph_alpha", "embeddings", ending("^/(?:instructable_)?embed"), aleph_alpha.Embedding),
    _own("aleph_alpha", "generate_content", ending("^/translate"), aleph_alpha.Completion),
    _own("aleph_alpha", "generate_content", ending("^/explain"), untold.Untold),
    _own(
        "mistral",
        "chat",
        ending("^/v1/conversations(?:/[^/]+(?:/restart)?)?"),
        mistral.Conversation,
    ),
    _own("perplexity", "chat", ending("^/v1/agent"), openai.Response),
    _own("minimax", "chat", ending("^/v1/text/chatcompletion_(?:v2|pro)"), openai.Completion),
    _own(
        "writer",
        "generate_content",
        ending("^/v1/(?:applications/[^/]+|translation|vision)"),
        untold.Untold,
    ),
    _own("openai", "invoke_agent", ending("^/v1/agents/sessions(?:/[^/]+/events)?"), untold.Untold),
    _own("anthropic", "invoke_agent", ending("^/v1/sessions/[^/]+/events"), untold.Untold),
    _own(
        "anthropic", "invoke_agent", ending("^/v1/(?:dreams|deployments/[^/]+/run)"), untold.Untold
    ),
    _own("bedrock", "rerank", ending("^/rerank"), bedrock_agents.Untold),
    _own(
        "bedrock",
        "generate_content",
        ending(f"^/(?:generateQuery|optimize-prompt|agenticRetrieveStream|{_FLOWS})"),
        bedrock_agents.Untold,
    ),
    _own("ibm.watsonx.ai", "generate_content", watsonx("time_series/forecast"), untold.Untold),
    _own(
        "ibm.watsonx.ai",
        "ocr",
        ending("/ml/v1/text/(?:extractions|classifications)"),
        untold.Untold,
    ),
    _own(
        "dashscope",
        "embeddings",
        ending("^/api/v1/services/embeddings/[^/]+/[^/]+"),
        dashscope.Embedding,
    ),
    _own(
        "dashscope", "rerank", ending("^/api/v1/services/rerank/[^/]+/[^/]+"), dashscope.Embedding
    ),
    _own(  # what makes a voice of one's own is no call
        "dashscope",
        "generate_content",
        ending("^/api/v1/services/(?!.*/customization).+"),
        dashscope.Generation,
    ),
    _own("dashscope", "invoke_agent", ending("/apps/[^/]+/completion"), dashscope.Generation),
)
