"""Paths that are everyday words, which others use for other things.

On a host that nobody knows a body must fit as a whole; one that fits in part is no model call.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from pytest_specbudget.providers import (
    aleph_alpha,
    audio,
    bedrock_agents,
    bedrock_invoke,
    cohere,
    huggingface,
    local_servers,
    mistral,
    openai,
    replicate,
    rerank,
    untold,
    voyage,
)
from pytest_specbudget.providers.route import Route
from pytest_specbudget.providers.routes import keys, paths

if TYPE_CHECKING:
    from pytest_specbudget.providers.fold import Asked, Fold

__all__ = ["EVERYDAY"]

_INVOKE = "invoke|invoke-with-response-stream"

_everyday = partial(Route, everyday=True)


def _chat(asked: Asked) -> Fold:
    """Choose who reads `/v1/chat`: Cohere takes a `message` there, Writer `messages`."""
    writer = asked.provider == "writer" or "messages" in asked.request.document
    return openai.Completion(asked) if writer else cohere.Chat(asked)


def _written(asked: Asked) -> Fold:
    """Choose who reads Cohere's older paths; Jina classifies at one of them."""
    return (openai.Embeddings if asked.provider == "jina" else cohere.Chat)(asked)


def _served(asked: Asked) -> Fold:
    """Choose who reads a Databricks endpoint, which embeds an `input`."""
    embeds = "input" in asked.request.document
    return openai.Embeddings(asked) if embeds else openai.Completion(asked)


EVERYDAY = (
    _everyday(
        paths.ending("/api/v1/chat"),
        (keys.MODEL, keys.INPUT),
        "chat",
        "lmstudio",
        local_servers.Chat,
    ),
    _everyday(
        paths.ending("/completion"),
        (keys.PROMPT, ("n_predict", "cache_prompt", "temperature", "stream")),
        "text_completion",
        "llama.cpp",
        local_servers.Completion,
    ),
    _everyday(
        paths.ending("/infill"),
        (("input_prefix",), ("input_suffix",)),
        "text_completion",
        "llama.cpp",
        local_servers.Completion,
    ),
    _everyday(
        paths.ending("/v1/chat"), (keys.MODEL, ("message", "messages")), "chat", "cohere", _chat
    ),
    _everyday(paths.ending("/v2/chat"), (keys.MODEL, keys.MESSAGES), "chat", "cohere", cohere.Chat),
    _everyday(
        paths.ending("/v1/(?:generate|summarize|classify)"),
        (keys.MODEL, ("prompt", "text", "inputs")),
        "text_completion",
        "cohere",
        _written,
    ),
    _everyday(
        paths.ending("/v[12]/embed"),
        (keys.MODEL, ("texts", "images", "inputs")),
        "embeddings",
        "cohere",
        cohere.Embedding,
    ),
    _everyday(
        paths.ending("/rerank"),
        (("query",), ("documents", "texts")),
        "rerank",
        "cohere",
        rerank.Ranking,
    ),
    _everyday(
        paths.ending("/(?:re)?ranking"),
        (("query",), ("passages",)),
        "rerank",
        "nvidia",
        rerank.Ranking,
    ),
    _everyday(  # questions about an input, answered by odds
        paths.ending("/decisions"),
        (keys.MODEL, keys.INPUT, ("questions",)),
        "chat",
        "openai",
        openai.Response,
    ),
    _everyday(
        paths.ending("/(?:multimodal|contextualized)embeddings"),
        (keys.MODEL, ("inputs", "input")),
        "embeddings",
        "voyage",
        voyage.Embeddings,
    ),
    _everyday(  # OpenAI's, until 2024
        paths.ending("/v1/edits"),
        (keys.MODEL, ("instruction",)),
        "text_completion",
        "openai",
        openai.Completion,
    ),
    _everyday(  # Volcano Engine
        paths.ending("/embeddings/multimodal"),
        (keys.MODEL, keys.INPUT),
        "embeddings",
        "volcengine",
        openai.Embeddings,
    ),
    _everyday(
        paths.ending("/images"),
        (keys.MODEL, keys.PROMPT),
        "image_generation",
        "openrouter",
        openai.Media,
    ),
    _everyday(
        paths.ending("/v[12]/videos(?:/(?:generations|edits|extensions)|/[^/]+/remix)?"),
        (keys.MODEL, keys.PROMPT),
        "generate_content",
        "openai",
        untold.Untold,
    ),
    _everyday(
        paths.ending("/ocr"), (keys.MODEL, ("document",)), "ocr", "mistral", mistral.Document
    ),
    _everyday(
        paths.ending("/layout_parsing"),
        (keys.MODEL, ("file",)),
        "ocr",
        "zai",
        openai.Completion,
    ),
    _everyday(
        paths.ending("/v1/listen"),
        (keys.MODEL, ("url",)),
        "transcription",
        "deepgram",
        audio.Transcript,
    ),
    _everyday(
        paths.ending("/v1/speak"), (keys.MODEL, ("text",)), "speech", "deepgram", audio.Speech
    ),
    _everyday(
        paths.ending("/v1/stt"),
        (keys.MODEL, ("file", "url")),
        "transcription",
        "xai",
        audio.Transcript,
    ),
    _everyday(
        paths.ending("/v1/speech-to-text"),
        (keys.MODEL_ID, ("file", "cloud_storage_url")),
        "transcription",
        "elevenlabs",
        audio.Transcript,
    ),
    _everyday(
        paths.ending("^/v1/text-to-speech/[^/]+(?:/stream)?(?:/with-timestamps)?"),
        (keys.MODEL_ID, ("text",)),
        "speech",
        "elevenlabs",
        audio.Speech,
    ),
    _everyday(paths.ending("/v1/tts"), (("text",), ("language",)), "speech", "xai", audio.Speech),
    _everyday(
        paths.ending("^(?!.*/uploads/).*(?<!/v1)/complete"),  # an upload is completed, too
        (keys.MODEL, keys.PROMPT, ("maximum_tokens",)),
        "text_completion",
        "aleph_alpha",
        aleph_alpha.Completion,
    ),
    _everyday(
        paths.ending("/(?:semantic_embed|batch_semantic_embed|evaluate)"),
        (keys.MODEL, ("prompt", "prompts"), ("representation", "completion_expected")),
        "embeddings",
        "aleph_alpha",
        aleph_alpha.Embedding,
    ),
    _everyday(
        paths.ending("(?:/models/(?P<model>[^/]+/[^/]+))?/predictions"),
        (("version", "model"), keys.INPUT),
        "generate_content",
        "replicate",
        replicate.Prediction,
    ),
    _everyday(
        paths.ending("/serving-endpoints/(?P<model>[^/]+)/invocations"),
        (("messages", "prompt", "input"),),
        "chat",
        "databricks",
        _served,
    ),
    _everyday(
        paths.ending("/endpoints/(?P<model>[^/]+)/invocations(?:-response-stream)?"),
        (("inputs", "messages", "prompt"),),
        "generate_content",
        "sagemaker",
        huggingface.Invocation,
    ),
    _everyday(
        paths.ending("(?<!/api)(?<!/v1)/generate(?:_stream)?"),
        (keys.INPUTS,),
        "generate_content",
        "huggingface",
        huggingface.Generation,
    ),
    _everyday(
        paths.ending(r"^(?:/hf-inference)?/models/(?P<model>[^/:]+/[^/:]+)(?:/pipeline/[\w-]+)?"),
        (keys.INPUTS,),
        "generate_content",
        "huggingface",
        huggingface.Generation,
    ),
    _everyday(  # an endpoint of one's own answers at its root
        re.compile("^/$"),
        (keys.INPUTS, ("parameters",)),
        "generate_content",
        "huggingface",
        huggingface.Generation,
    ),
    _everyday(
        paths.ending("^/embed(?:_all|_sparse)?"),
        (keys.INPUTS, ("truncate", "normalize")),
        "embeddings",
        "huggingface",
        huggingface.Generation,
    ),
    _everyday(
        paths.bedrock(_INVOKE, ".*embed.*"),
        (("inputText", "inputImage", "inputType", "texts", "images", "taskType"),),
        "embeddings",
        "bedrock",
        bedrock_invoke.Invocation,
    ),
    _everyday(
        paths.bedrock(_INVOKE, ".*rerank.*"),
        (("query",), ("documents",)),
        "rerank",
        "bedrock",
        bedrock_invoke.Invocation,
    ),
    _everyday(
        paths.bedrock(_INVOKE),
        (("messages", "prompt", "inputText", "message", "text_prompts", "taskType"),),
        "chat",
        "bedrock",
        bedrock_invoke.Invocation,
    ),
    _everyday(
        paths.ending("/async-invoke"),
        (("modelId",), ("modelInput",)),
        "generate_content",
        "bedrock",
        bedrock_agents.Untold,
    ),
    _everyday(
        paths.ending("^/agents/[^/]+(?:/agentAliases/[^/]+/sessions/[^/]+/text)?"),
        (("inputText", "sessionState", "inlineSessionState"),),
        "invoke_agent",
        "bedrock",
        bedrock_agents.Agent,
    ),
    _everyday(
        paths.ending("^/flows/.+/aliases/[^/]+"),
        (keys.INPUTS,),
        "invoke_agent",
        "bedrock",
        bedrock_agents.Flow,
    ),
    _everyday(
        paths.ending("/retrieveAndGenerate(?:Stream)?"),
        (keys.INPUT, ("retrieveAndGenerateConfiguration",)),
        "generate_content",
        "bedrock",
        bedrock_agents.Untold,
    ),
)
