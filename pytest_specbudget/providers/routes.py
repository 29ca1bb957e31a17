"""Which request is a model call, and who reads its answer, as data.

A route is a path and the shape of a request body.  The host decides whom a call is charged to, the
path alone how it is read, because gateways keep the path and change the host.  What only resembles
a model call (counting tokens, files, moderation) has no route.

Work that an earlier call began is asked about by routes of their own (`RETRIEVALS`): by GET, or by
the POST that cancels it.

Some providers call at paths that are everyday words (`/images`, `/v1/chat`).  There a stranger's
request must fit as a whole.  To add a provider, write its fold and add a line here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.providers import (
    aleph_alpha,
    anthropic,
    audio,
    batches,
    bedrock,
    bedrock_agents,
    bedrock_invoke,
    cloudflare,
    cohere,
    deferred_answers,
    gemini,
    huggingface,
    mistral,
    ollama,
    openai,
    replicate,
    rerank,
    voyage,
    watsonx,
)
from pytest_specbudget.providers.deferred import BEGIN, RETRIEVE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_specbudget.providers.fold import Asked, Fold

__all__ = ["RETRIEVALS", "ROUTES", "Fit", "Route", "candidate", "fit"]

Fit = Literal["whole", "part", "none"]
"""How much of a route's shape a request body has."""

_LAST_WORDS = frozenset(
    """
    completions responses compact embeddings messages complete interactions runs
    transcriptions translations speech generations edits variations images
    generateContent streamGenerateContent embedContent batchEmbedContents predict
    rawPredict streamRawPredict
    chat chat_stream generate generate_stream generation generation_stream summarize classify
    embed semantic_embed batch_semantic_embed multimodalembeddings contextualizedembeddings
    evaluate rerank ocr
    listen speak stt tts speech-to-text predictions invocations invocations-response-stream
    converse converse-stream invoke invoke-with-response-stream async-invoke
    retrieveAndGenerate retrieveAndGenerateStream
    submit_tool_outputs batches jobs batchGenerateContent asyncBatchEmbedContent cancel
    """.split()  # noqa: SIM905 - a table of words reads better than a list of quotes
) | {""}  # a text-generation-inference server answers at its root
"""What stands last in the path of a model call, after a slash or a colon."""

_MODEL_LAST = (
    "/client/v4/accounts/",
    "/models/",
    "/hf-inference/",
    "/agents/",
    "/flows/",
    "/v1/text-to-speech/",
    "/ml/v1-beta/",
)
"""How paths may start that end with the name of a model, a session or a voice: with anything."""

_BEFORE_AN_ID = frozenset(
    {"responses", "runs", "interactions", "batches", "jobs", "deferred-completion", "completions"}
)
"""What stands before the last word in the path of a question about work."""

_AFTER_AN_ID = frozenset({"results", "content"})
"""What may stand last there instead."""

_FILES = (":download", "predictions.jsonl")
"""How the path of a file of results ends at Google."""

_GATEWAY = 128  # no gateway's path is longer before the model's name
_REACH = max(map(len, _LAST_WORDS)) + 3  # with what parts them; a longer path is not searched


@dataclass(frozen=True, slots=True)
class Route:
    """One way to call a model.

    Attributes:
        path: Found in the path of such a request; a group `model` holds the model's name.
        shape: Keys of the request body; of each tuple, one must be there.
        operation: `gen_ai.operation.name`, where OpenTelemetry has one.
        provider: Who speaks this format, for hosts that nobody knows.
        fold: Makes the reader of one answer.
        everyday: Whether others use such a path for other things, so that on a host that nobody
            knows a body that fits in part is no model call at all.
    """

    path: re.Pattern[str]
    shape: tuple[tuple[str, ...], ...]
    operation: str
    provider: str
    fold: Callable[[Asked], Fold]
    everyday: bool = False


def candidate(method: str, path: str) -> bool:
    """Tell in less than a microsecond whether a request could be a model call at all."""
    if method != "POST":
        return method == "GET" and _may_tell(path)
    end = path[-_REACH:].rstrip("/\n")
    last = end[max(end.rfind("/"), end.rfind(":")) + 1 :]
    return last in _LAST_WORDS or path.startswith(_MODEL_LAST) or "/@cf/" in path[:_GATEWAY]


def _may_tell(path: str) -> bool:
    """Tell whether a GET could ask about work that an earlier call began."""
    end = path.rstrip("/")
    cut = end.rfind("/")
    before, last = end[end.rfind("/", 0, cut) + 1 : cut], end[cut + 1 :]
    return before in _BEFORE_AN_ID or last in _AFTER_AN_ID or last.endswith(_FILES)


def fit(route: Route, keys: Mapping[str, object], *, model_in_path: bool) -> Fit:
    """Tell how much of the shape of *route* is among the *keys* of a request body."""
    given = keys.keys()
    there = [
        (model_in_path and "model" in some) or not given.isdisjoint(some) for some in route.shape
    ]
    if all(there):
        return "whole"
    return "part" if any(there) and not route.everyday else "none"


def _openai(path: str) -> re.Pattern[str]:
    """Match *path* at the end, perhaps after the name of an Azure deployment."""
    return re.compile(rf"(?:/deployments/(?P<model>[^/]+))?{path}/?$")


def _google(verbs: str) -> re.Pattern[str]:
    """Match `MODEL:VERB` at the end."""
    return re.compile(rf"/(?P<model>[^/:]+):(?:{verbs})$")


def _end(path: str) -> re.Pattern[str]:
    """Match *path* at the end."""
    return re.compile(rf"{path}/?$")


def _watsonx(path: str) -> re.Pattern[str]:
    """Match *path* of watsonx.ai at the end, perhaps after the name of a deployment."""
    return _end(rf"/ml/v1/(?:deployments/(?P<model>[^/]+)/)?{path}")


def _bedrock(verbs: str, model: str = ".+") -> re.Pattern[str]:
    """Match `MODEL/VERB` at the end; a model may be an ARN, which has slashes of its own."""
    return _end(rf"/model/(?P<model>{model})/(?:{verbs})")


_everyday = partial(Route, everyday=True)


def _begins(path: str, provider: str, *shape: tuple[str, ...]) -> Route:
    """Make the route of a request that begins a batch at *path*."""
    return _everyday(_end(path), shape, BEGIN, provider, batches.Begun)


def _retrieves(path: str, provider: str, fold: Callable[[Asked], Fold]) -> Route:
    """Make the route of a question about work, whose answer alone can tell what it is."""
    return Route(_end(path), (), RETRIEVE, provider, fold)


def _chat(asked: Asked) -> Fold:
    """Choose who reads `/v1/chat`: Cohere takes a `message` there, Writer `messages`."""
    writer = asked.provider == "writer" or "messages" in asked.request.document
    return openai.Completion(asked) if writer else cohere.Chat(asked)


def _served(asked: Asked) -> Fold:
    """Choose who reads a Databricks endpoint, which embeds an `input`."""
    embeds = "input" in asked.request.document
    return openai.Embeddings(asked) if embeds else openai.Completion(asked)


_MODEL, _MESSAGES, _LIMIT = ("model",), ("messages",), ("max_tokens",)
_TURN = ("input", "prompt", "previous_response_id", "conversation")
_PROMPT, _INPUTS, _MODEL_ID = ("prompt",), ("inputs",), ("model_id", "model")
_INVOKE = "invoke|invoke-with-response-stream"

ROUTES = (
    Route(  # watsonx comes first, because some of its paths end as OpenAI's do
        _watsonx("text/(?:generation|generation_stream)"),
        (_MODEL_ID, ("input",)),
        "text_completion",
        "ibm.watsonx.ai",
        watsonx.Generation,
    ),
    Route(  # the same, before version 1
        _end("^/ml/v1-beta/generation/text"),
        (_MODEL_ID, ("input",)),
        "text_completion",
        "ibm.watsonx.ai",
        watsonx.Generation,
    ),
    Route(
        _watsonx("text/(?:chat|chat_stream)"),
        (_MODEL_ID, _MESSAGES),
        "chat",
        "ibm.watsonx.ai",
        openai.Completion,
    ),
    Route(
        _watsonx("text/embeddings"),
        (_MODEL_ID, _INPUTS),
        "embeddings",
        "ibm.watsonx.ai",
        watsonx.Embedding,
    ),
    Route(
        _watsonx("text/rerank"),
        (_MODEL_ID, _INPUTS),
        "rerank",
        "ibm.watsonx.ai",
        watsonx.Embedding,
    ),
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
        re.compile(r"/threads(?:/[^/]+)?/runs(?:/[^/]+/submit_tool_outputs)?/?$"),
        (("assistant_id", "tool_outputs"),),
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
    _begins("/messages/batches", "anthropic", ("requests",)),
    _begins("/batches", "openai", ("input_file_id",), ("endpoint",)),
    _begins("/batch/jobs", "mistral", ("endpoint", "agent_id"), ("requests", "input_files")),
    _begins("/[^/:]+:(?:batchGenerateContent|asyncBatchEmbedContent)", "google", ("batch",)),
    _everyday(_end("/v1/chat"), (_MODEL, ("message", "messages")), "chat", "cohere", _chat),
    _everyday(_end("/v2/chat"), (_MODEL, _MESSAGES), "chat", "cohere", cohere.Chat),
    _everyday(
        _end("/v1/(?:generate|summarize|classify)"),
        (_MODEL, ("prompt", "text", "inputs")),
        "text_completion",
        "cohere",
        cohere.Chat,
    ),
    _everyday(
        _end("/v[12]/embed"),
        (_MODEL, ("texts", "images", "inputs")),
        "embeddings",
        "cohere",
        cohere.Embedding,
    ),
    _everyday(
        _end("/rerank"), (("query",), ("documents", "texts")), "rerank", "cohere", rerank.Ranking
    ),
    _everyday(
        _end("/(?:multimodal|contextualized)embeddings"),
        (_MODEL, ("inputs", "input")),
        "embeddings",
        "voyage",
        voyage.Embeddings,
    ),
    _everyday(_end("/images"), (_MODEL, _PROMPT), "image_generation", "openrouter", openai.Media),
    _everyday(_end("/ocr"), (_MODEL, ("document",)), "ocr", "mistral", mistral.Document),
    _everyday(
        _end("/v1/listen"), (_MODEL, ("url",)), "transcription", "deepgram", audio.Transcript
    ),
    _everyday(_end("/v1/speak"), (_MODEL, ("text",)), "speech", "deepgram", audio.Speech),
    _everyday(_end("/v1/stt"), (_MODEL, ("file", "url")), "transcription", "xai", audio.Transcript),
    _everyday(
        _end("/v1/speech-to-text"),
        (_MODEL_ID, ("file", "cloud_storage_url")),
        "transcription",
        "elevenlabs",
        audio.Transcript,
    ),
    _everyday(
        _end("^/v1/text-to-speech/[^/]+(?:/stream)?(?:/with-timestamps)?"),
        (_MODEL_ID, ("text",)),
        "speech",
        "elevenlabs",
        audio.Speech,
    ),
    _everyday(_end("/v1/tts"), (("text",), ("language",)), "speech", "xai", audio.Speech),
    _everyday(
        _end("(?<!/v1)/complete"),
        (_MODEL, _PROMPT, ("maximum_tokens",)),
        "text_completion",
        "aleph_alpha",
        aleph_alpha.Completion,
    ),
    _everyday(
        _end("/(?:semantic_embed|batch_semantic_embed|evaluate)"),
        (_MODEL, ("prompt", "prompts"), ("representation", "completion_expected")),
        "embeddings",
        "aleph_alpha",
        aleph_alpha.Embedding,
    ),
    _everyday(
        _end("(?:/models/(?P<model>[^/]+/[^/]+))?/predictions"),
        (("version", "model"), ("input",)),
        "generate_content",
        "replicate",
        replicate.Prediction,
    ),
    _everyday(
        _end("/serving-endpoints/(?P<model>[^/]+)/invocations"),
        (("messages", "prompt", "input"),),
        "chat",
        "databricks",
        _served,
    ),
    _everyday(
        _end("/endpoints/(?P<model>[^/]+)/invocations(?:-response-stream)?"),
        (("inputs", "messages", "prompt"),),
        "generate_content",
        "sagemaker",
        huggingface.Invocation,
    ),
    Route(
        _end("/cortex/inference:complete"),
        (_MODEL, _MESSAGES),
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
    _everyday(
        _end("(?<!/api)(?<!/v1)/generate(?:_stream)?"),
        (_INPUTS,),
        "generate_content",
        "huggingface",
        huggingface.Generation,
    ),
    _everyday(
        _end(r"^(?:/hf-inference)?/models/(?P<model>[^/:]+/[^/:]+)(?:/pipeline/[\w-]+)?"),
        (_INPUTS,),
        "generate_content",
        "huggingface",
        huggingface.Generation,
    ),
    _everyday(  # an endpoint of one's own answers at its root
        re.compile("^/$"),
        (_INPUTS, ("parameters",)),
        "generate_content",
        "huggingface",
        huggingface.Generation,
    ),
    _everyday(
        _end("^/embed"),
        (_INPUTS, ("truncate", "normalize")),
        "embeddings",
        "huggingface",
        huggingface.Generation,
    ),
    Route(
        _bedrock("converse|converse-stream"),
        (_MODEL, _MESSAGES),
        "chat",
        "bedrock",
        bedrock.Converse,
    ),
    _everyday(
        _bedrock(_INVOKE, ".*embed.*"),
        (("inputText", "inputImage", "inputType", "texts", "images", "taskType"),),
        "embeddings",
        "bedrock",
        bedrock_invoke.Invocation,
    ),
    _everyday(
        _bedrock(_INVOKE, ".*rerank.*"),
        (("query",), ("documents",)),
        "rerank",
        "bedrock",
        bedrock_invoke.Invocation,
    ),
    _everyday(
        _bedrock(_INVOKE),
        (("messages", "prompt", "inputText", "message", "text_prompts", "taskType"),),
        "chat",
        "bedrock",
        bedrock_invoke.Invocation,
    ),
    _everyday(
        _end("/async-invoke"),
        (("modelId",), ("modelInput",)),
        "generate_content",
        "bedrock",
        bedrock_agents.Untold,
    ),
    _everyday(
        _end("^/agents/[^/]+(?:/agentAliases/[^/]+/sessions/[^/]+/text)?"),
        (("inputText", "sessionState", "inlineSessionState"),),
        "invoke_agent",
        "bedrock",
        bedrock_agents.Agent,
    ),
    _everyday(
        _end("^/flows/.+/aliases/[^/]+"), (_INPUTS,), "invoke_agent", "bedrock", bedrock_agents.Flow
    ),
    _everyday(
        _end("/retrieveAndGenerate(?:Stream)?"),
        (("input",), ("retrieveAndGenerateConfiguration",)),
        "generate_content",
        "bedrock",
        bedrock_agents.Untold,
    ),
    Route(_end("/api/chat"), (_MODEL, _MESSAGES), "chat", "ollama", ollama.Generation),
    Route(_end("/api/generate"), (_MODEL, _PROMPT), "text_completion", "ollama", ollama.Generation),
    Route(_end("/api/embed"), (_MODEL, ("input",)), "embeddings", "ollama", ollama.Embed),
    Route(_end("/api/embeddings"), (_MODEL, _PROMPT), "embeddings", "ollama", ollama.Embed),
)
"""In order; the first whose path is found is taken."""

RETRIEVALS = (
    _retrieves("/responses/[^/]+(?:/cancel)?", "openai", deferred_answers.Response),
    _retrieves("/threads/[^/]+/runs/[^/]+(?:/cancel)?", "openai", deferred_answers.Run),
    _retrieves("/interactions/[^/]+(?:/cancel)?", "google", deferred_answers.Interaction),
    _retrieves("/chat/deferred-completion/[^/]+", "xai", deferred_answers.Completion),
    _retrieves("/async/chat/completions/[^/]+", "perplexity", deferred_answers.AsyncCompletion),
    _retrieves("/messages/batches/[^/]+/results", "anthropic", batches.Results),
    _retrieves("/batches/[^/]+/results", "xai", batches.Results),
    _retrieves("/batch/jobs/[^/]+(?:/cancel)?", "mistral", batches.Batch),
    _retrieves("/v1beta/batches/[^/]+", "google", batches.Batch),
    _retrieves("/batches/[^/]+(?:/cancel)?", "openai", batches.Batch),
    _retrieves("/files/[^/]+/content", "openai", batches.File),
    _retrieves("(?:/files/[^/]+:download|predictions[.]jsonl)", "google", batches.File),
)
"""Where work is asked about; in order, the first whose path is found is taken."""
