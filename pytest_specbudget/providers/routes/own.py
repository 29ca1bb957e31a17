"""Paths that only their own provider's hosts mean so.

Elsewhere they mean something else: conversations that are no model's, a translation service.  The
shape of a body says nothing more there, so none is given.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_specbudget.providers import (
    aleph_alpha,
    audio,
    bedrock_agents,
    cohere,
    dashscope,
    deepinfra,
    grading,
    huggingface,
    mistral,
    openai,
    untold,
    vercel,
)
from pytest_specbudget.providers.route import Route
from pytest_specbudget.providers.routes.paths import ending, watsonx

if TYPE_CHECKING:
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
    "dubbing",
    "forced-alignment",
)
_AGENTS = "(?:sessions(?:/[^/]+/events)?|automations/[^/]+/invocations)"
_CALLS = "realtime/calls(?:/[^/]+/accept)?|live/sessions(?:/[^/]+/(?:accept|fork))?"
"""Sessions of OpenAI that begin with a request and go on over WebRTC or a telephone."""
_DEEPINFRA = re.compile(r"^/v1/inference/(?P<model>[^/]+/[^/]+)/?$")
_ONE_NAME = re.compile(r"^(?:/hf-inference)?/models/(?P<model>[^/:]+)/?$")
_PIPELINE = re.compile(r"^/pipeline/[\w-]+/(?P<model>.+?)/?$")
"""Models of Hugging Face that belong to nobody, and by which task they were asked at first."""
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
    _own("perplexity", "chat", ending("^/v1/(?:async/)?sonar"), openai.Completion),
    _own("zai", "invoke_agent", ending("/v1/agents"), openai.Completion),
    _own("zhipuai", "invoke_agent", ending("^/api/v1/agents"), openai.Completion),
    _own("openrouter", "chat", ending("/systemone"), openai.Response),  # as `/decisions`
    _own("vercel", "chat", ending(r"/v\d+/ai/(?:language|evaluation)-model"), vercel.Model),
    _own("vercel", "embeddings", ending(r"/v\d+/ai/embedding-model"), vercel.Model),
    _own("vercel", "rerank", ending(r"/v\d+/ai/reranking-model"), vercel.Model),
    _own("vercel", "generate_content", ending(r"/v\d+/ai/(?:image|video)-model"), vercel.Model),
    _own("huggingface", "generate_content", _ONE_NAME, huggingface.Generation),
    _own("huggingface", "generate_content", _PIPELINE, huggingface.Generation),
    _own("huggingface", "generate_content", ending("^/fal-ai/.+"), untold.Untold),  # its router
    _own("nomic", "embeddings", ending("^/v1/embedding/(?:text|image)"), openai.Embeddings),
    _own("deepinfra", "generate_content", _DEEPINFRA, deepinfra.Inference),
    _own("snowflake", "embeddings", ending("/cortex/inference:embed"), openai.Embeddings),
    _own("snowflake", "invoke_agent", ending("/(?:cortex/agent|agents/[^/]+):run"), untold.Untold),
    _own("ai21", "invoke_agent", ending("/maestro/runs"), untold.Untold),
    _own("writer", "generate_content", ending("^/v1/graphs/question"), untold.Untold),
    _own("minimax", "chat", ending("^/v1/text/chatcompletion_(?:v2|pro)"), openai.Completion),
    _own(
        "writer",
        "generate_content",
        ending("^/v1/(?:applications/[^/]+|translation|vision)"),
        untold.Untold,
    ),
    _own("openai", "invoke_agent", ending(f"^/v1/agents/{_AGENTS}"), untold.Untold),
    _own("openai", "realtime", ending(f"^/v1/(?:{_CALLS})"), untold.Untold),
    _own("openai", "chat", ending("^/v1/fine_tuning/alpha/graders/run"), grading.Grade),
    _own("anthropic", "invoke_agent", ending("^/v1/sessions/[^/]+/events"), untold.Untold),
    _own(
        "anthropic", "invoke_agent", ending("^/v1/(?:dreams|deployments/[^/]+/run)"), untold.Untold
    ),
    _own(
        "mistral",
        "classification",
        ending("^/v1/(?:chat/)?classifications"),
        openai.Embeddings,
    ),
    _own("together", "generate_content", ending("^/v1/queue/submit"), untold.Untold),
    _own("assemblyai", "transcription", ending("^/v2/transcript"), untold.Untold),
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
