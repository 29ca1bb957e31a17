"""The first sieve: could this request be a model call at all?

Every request that a test sends passes here, most of them no model calls, so this looks at the ends
of a path and at no regular expression.  It may let too much through, never too little: what may
pass beside the words below is somebody else's route, and only where there is one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_specbudget.providers.route import Route

__all__ = ["candidate", "let_through"]

_LAST_WORDS = frozenset(
    """
    completions responses compact embeddings messages complete completion interactions runs
    conversations restart
    transcriptions translations speech generations edits variations images
    videos extensions remix
    generateContent streamGenerateContent embedContent batchEmbedContents predict
    predictLongRunning rawPredict streamRawPredict
    chat chat_stream generate generate_stream generation generation_stream summarize classify
    translate explain
    chatcompletion_v2 chatcompletion_pro agent agents decisions layout_parsing translation vision
    sessions events dreams run sonar systemone question calls accept fork infill
    multimodal
    language-model evaluation-model embedding-model reranking-model image-model video-model
    embed embed_all embed_sparse instructable_embed semantic_embed batch_semantic_embed
    multimodalembeddings contextualizedembeddings
    evaluate rerank reranking ranking ocr parse read extractions classifications forecast
    listen speak stt tts speech-to-text sound-generation text-to-dialogue music audio-isolation
    predictions invocations invocations-response-stream
    converse converse-stream invoke invoke-with-response-stream async-invoke
    retrieveAndGenerate retrieveAndGenerateStream agenticRetrieveStream generateQuery
    optimize-prompt
    submit_tool_outputs batches jobs batchGenerateContent asyncBatchEmbedContent cancel
    batchPredictionJobs embed-jobs batchInferenceJobs model-invocation-job evaluation-jobs
    advanced-prompt-optimization-jobs evaluation
    model-customization-jobs finetuned-models supervisedFineTuningJobs reinforcementFineTuningJobs
    dpoJobs tuningJobs trainings fine-tunes
    importFile uploadToFileSearchStore import upload cachedContents containers
    transcript submit dubbing
    forced-alignment
    """.split()  # noqa: SIM905 - a table of words reads better than a list of quotes
) | {""}  # a text-generation-inference server answers at its root
"""What stands last in the path of a model call, after a slash or a colon."""

_MODEL_LAST = (
    "/client/v4/accounts/",
    "/models/",
    "/hf-inference/",
    "/pipeline/",
    "/fal-ai/",
    "/v1/inference/",
    "/v1/embedding/",
    "/agents/",
    "/flows/",
    "/ml/v1-beta/",
    "/api/v1/services/",
    "/v1/conversations/",
    "/v1/applications/",
    "/v1/text-to-speech/",
    "/v1/speech-to-speech/",
    "/v1/voice-changer/",
    "/v1/text-to-dialogue/",
    "/v1/text-to-voice/",
    "/v1/audio-isolation/",
    "/v1/music/",
)
"""How paths may start that end with the name of a model, a session or a voice: with anything."""

_BEFORE_AN_ID = frozenset(
    """
    responses agent runs interactions batches jobs deferred-completion completions predictions
    sonar batchPredictionJobs embed-jobs
    """.split()  # noqa: SIM905 - as above
)
"""What stands before the last word in the path of a question about work."""

_AFTER_AN_ID = frozenset({"results", "content"})
"""What may stand last there instead."""

_FILES = (":download", "predictions.jsonl")
"""How the path of a file of results ends at Google."""

_GATEWAY = 128  # no gateway's path is longer before the model's name
_REACH = max(map(len, _LAST_WORDS)) + 3  # with what parts them; a longer path is not searched

_added: list[Route] = []
"""Routes of other plugins.  Meters serve the whole process, and so does their sieve; a route that
stays too long here lets a request through that nobody recognises."""


def candidate(method: str, path: str) -> bool:
    """Tell in less than a microsecond whether a request could be a model call at all."""
    return _is_ours(method, path) or (bool(_added) and method == "POST" and _is_of_others(path))


@lru_cache(maxsize=1024)  # a suite asks the same paths again and again
def _is_ours(method: str, path: str) -> bool:
    if method != "POST":
        return method == "GET" and _may_tell(path)
    end = path[-_REACH:].rstrip("/\n")
    last = end[max(end.rfind("/"), end.rfind(":")) + 1 :]
    return last in _LAST_WORDS or path.startswith(_MODEL_LAST) or "/@cf/" in path[:_GATEWAY]


def let_through(routes: Iterable[Route]) -> Callable[[], None]:
    """Let what *routes* find be candidates, too; returns what undoes it."""
    mine = [*routes]
    _added.extend(mine)

    def undo() -> None:
        while mine:
            _added.remove(mine.pop())

    return undo


def _is_of_others(path: str) -> bool:
    return any(route.path.search(path) for route in _added)


def _may_tell(path: str) -> bool:
    """Tell whether a GET could ask about work that an earlier call began."""
    end = path.rstrip("/")
    cut = end.rfind("/")
    before, last = end[end.rfind("/", 0, cut) + 1 : cut], end[cut + 1 :]
    return before in _BEFORE_AN_ID or last in _AFTER_AN_ID or last.endswith(_FILES)
