"""Formats that gateways pass on: a path that means this everywhere.

On a host that nobody knows a body may also fit in part; such a call merely resembles one.
"""

from __future__ import annotations

import re

from pytest_specbudget.providers import (
    anthropic,
    bedrock,
    cloudflare,
    dashscope,
    gemini,
    gemini_interactions,
    mistral,
    ollama,
    openai,
    predictions,
    untold,
    watsonx,
)
from pytest_specbudget.providers.route import Route
from pytest_specbudget.providers.routes import keys, paths

__all__ = ["FORMATS"]

_TURN = ("input", "prompt", "previous_response_id", "conversation")

FORMATS = (
    Route(  # watsonx comes first, because some of its paths end as OpenAI's do
        paths.watsonx("text/(?:generation|generation_stream)"),
        (keys.MODEL_ID, keys.INPUT),
        "text_completion",
        "ibm.watsonx.ai",
        watsonx.Generation,
    ),
    Route(  # the same, before version 1
        paths.ending("^/ml/v1-beta/generation/text(?:_stream)?"),
        (keys.MODEL_ID, keys.INPUT),
        "text_completion",
        "ibm.watsonx.ai",
        watsonx.Generation,
    ),
    Route(
        paths.watsonx("text/(?:chat|chat_stream)"),
        (keys.MODEL_ID, keys.MESSAGES),
        "chat",
        "ibm.watsonx.ai",
        openai.Completion,
    ),
    Route(
        paths.watsonx("text/embeddings"),
        (keys.MODEL_ID, keys.INPUTS),
        "embeddings",
        "ibm.watsonx.ai",
        watsonx.Embedding,
    ),
    Route(
        paths.watsonx("text/rerank"),
        (keys.MODEL_ID, keys.INPUTS),
        "rerank",
        "ibm.watsonx.ai",
        watsonx.Embedding,
    ),
    Route(
        paths.openai("/chat/completions"),
        (keys.MODEL, keys.MESSAGES),
        "chat",
        "openai",
        openai.Completion,
    ),
    Route(
        paths.openai("/responses(?:/compact)?"),
        (("model", "prompt"), _TURN),
        "chat",
        "openai",
        openai.Response,
    ),
    Route(
        paths.openai("(?<!/api)/embeddings"),  # Ollama's own stand under /api and speak otherwise
        (keys.MODEL, keys.INPUT),
        "embeddings",
        "openai",
        openai.Embeddings,
    ),
    Route(  # a prompt that Portkey keeps, of either kind; most are chats
        paths.ending("/v1/prompts/[^/]+/completions"),
        (("variables",),),
        "chat",
        "openai",
        openai.Completion,
    ),
    Route(
        paths.openai("(?<!/chat)/completions"),
        (keys.MODEL, keys.PROMPT),
        "text_completion",
        "openai",
        openai.Completion,
    ),
    Route(
        paths.openai("/audio/(?:transcriptions|translations)"),
        (keys.MODEL, ("file",)),
        "transcription",
        "openai",
        openai.Transcription,
    ),
    Route(
        paths.openai("/audio/speech"), (keys.MODEL, keys.INPUT), "speech", "openai", openai.Media
    ),
    Route(
        paths.openai("/images/(?:generations|edits|variations)"),
        (keys.MODEL, ("prompt", "image")),
        "image_generation",
        "openai",
        openai.Media,
    ),
    Route(
        paths.ending("/threads(?:/[^/]+)?/runs(?:/[^/]+/submit_tool_outputs)?"),
        (("assistant_id", "tool_outputs"),),
        "invoke_agent",
        "openai",
        openai.Run,
    ),
    Route(
        paths.ending("^(?!.*/threads/).*/messages"),  # an assistant's thread has messages too
        (keys.MODEL, keys.MESSAGES, keys.LIMIT),
        "chat",
        "anthropic",
        anthropic.Messages,
    ),
    Route(
        paths.ending("/v1/complete"),
        (keys.MODEL, keys.PROMPT, ("max_tokens_to_sample",)),
        "text_completion",
        "anthropic",
        anthropic.LegacyCompletion,
    ),
    Route(
        paths.ending("/api/v1/services/aigc/[^/]+/generation"),
        (keys.MODEL, keys.INPUT),
        "generate_content",
        "dashscope",
        dashscope.Generation,
    ),
    Route(paths.vertex("mistralai"), (keys.MESSAGES,), "chat", "mistral", mistral.on_vertex),
    Route(  # whoever else is neither Google nor Anthropic
        paths.vertex("(?!anthropic/)[^/]+"), (keys.MESSAGES,), "chat", "google", openai.Completion
    ),
    Route(  # Claude on Vertex, where counting tokens is the call of a model by that name
        re.compile(r"/(?P<model>(?!count-tokens:)[^/:]+):(?:rawPredict|streamRawPredict)$"),
        (keys.MESSAGES, keys.LIMIT),
        "chat",
        "anthropic",
        anthropic.Messages,
    ),
    Route(
        paths.google("generateContent|streamGenerateContent"),
        (("contents",),),
        "generate_content",
        "google",
        gemini.GenerateContent,
    ),
    Route(
        paths.google("embedContent|batchEmbedContents"),
        (("content", "requests"),),
        "embeddings",
        "google",
        gemini.Embedding,
    ),
    Route(
        paths.google("predict", predictions.EMBEDDING),
        (("instances",),),
        "embeddings",
        "google",
        predictions.Embeddings,
    ),
    Route(
        paths.google("predict", predictions.IMAGE),
        (("instances",),),
        "image_generation",
        "google",
        predictions.Images,
    ),
    Route(
        paths.google("predict"), (("instances",),), "generate_content", "google", predictions.Text
    ),
    Route(
        paths.google("predictLongRunning"),
        (("instances",),),
        "generate_content",
        "google",
        untold.Untold,
    ),
    Route(
        paths.ending("/interactions"),
        (("model", "agent"), keys.INPUT),
        "generate_content",
        "google",
        gemini_interactions.Interaction,
    ),
    Route(
        paths.ending("/cortex/inference:complete"),
        (keys.MODEL, keys.MESSAGES),
        "chat",
        "snowflake",
        openai.Completion,
    ),
    Route(
        re.compile(
            r"^(?:/client/v4/accounts/[^/]+/ai/run/"
            r"|/v1/[^/]{1,40}/[^/]{1,64}/workers-ai/(?=@cf/))(?P<model>.+)$"  # its AI gateway
        ),
        (("messages", "prompt", "text", "input", "audio", "image"),),
        "generate_content",
        "cloudflare",
        cloudflare.Run,
    ),
    Route(
        paths.bedrock("converse|converse-stream"),
        (keys.MODEL, keys.MESSAGES),
        "chat",
        "bedrock",
        bedrock.Converse,
    ),
    Route(
        paths.ending("/api/chat"), (keys.MODEL, keys.MESSAGES), "chat", "ollama", ollama.Generation
    ),
    Route(
        paths.ending("/api/generate"),
        (keys.MODEL, keys.PROMPT),
        "text_completion",
        "ollama",
        ollama.Generation,
    ),
    Route(
        paths.ending("/api/embed"), (keys.MODEL, keys.INPUT), "embeddings", "ollama", ollama.Embed
    ),
    Route(
        paths.ending("/api/embeddings"),
        (keys.MODEL, keys.PROMPT),
        "embeddings",
        "ollama",
        ollama.Embed,
    ),
)
