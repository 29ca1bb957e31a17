"""xAI's answers over gRPC, as plain values with the names of its protocol buffers.

The counts are those of its HTTP interface under other names: reasoning is outside of
`completion_tokens`, and `total_tokens` holds it.  Deferred completions and videos are begun by one
call and asked for by others; only the last of these tells counts.

Source: `usage.proto`, `chat.proto`, `deferred.proto`, `image.proto`, `video.proto` of
xai-sdk 1.21.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.providers.counts import mapping, text
from pytest_specbudget.providers.deferred import RETRIEVE
from pytest_specbudget.providers.fold import Asked
from pytest_specbudget.providers.listener import Listener
from pytest_specbudget.providers.openai import Completion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.core.exchange import Request

__all__ = ["METHODS", "TELLING", "listener_to"]

TELLING = ("id", "model", "request_id", "response", "service_tier", "usage")
"""The fields of an answer that are read, also within `response`; of `usage`, all are."""

_TOOLS = {
    "SERVER_SIDE_TOOL_WEB_SEARCH": "web_search_calls",
    "SERVER_SIDE_TOOL_X_SEARCH": "x_search_calls",
    "SERVER_SIDE_TOOL_CODE_EXECUTION": "code_interpreter_calls",
    "SERVER_SIDE_TOOL_COLLECTIONS_SEARCH": "file_search_calls",
    "SERVER_SIDE_TOOL_ATTACHMENT_SEARCH": "attachment_search_calls",
    "SERVER_SIDE_TOOL_IMAGE_SEARCH": "image_search_calls",
    "SERVER_SIDE_TOOL_IMAGE_GENERATION": "image_generation_calls",
}
"""The tools that are billed by the call, as the HTTP interface counts them."""


class Sampling(Completion):
    """An answer that tells its counts: a completion, compacted context, an image."""

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an answer or a chunk of one; the last that has a usage counts."""
        self.note({**document, "usage": _as_openai(mapping(document.get("usage")))})
        if whole:
            self.stated.finished = True

    def note(self, document: Mapping[str, Any]) -> None:
        """Take what all answers have in common; tiers have a prefix here."""
        tier = text(document.get("service_tier")) or ""
        super().note({**document, "service_tier": tier.removeprefix("SERVICE_TIER_").lower()})


class Begun(Sampling):
    """An answer that only says by which id to ask for the work; the counts come with that."""

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the id."""
        self.stated.response_id = text(document.get("request_id"))
        self.stated.finished = whole
        self.stated.counted = False


class Retrieved(Sampling):
    """The answer to a question about work that was begun; without a `response`, it goes on."""

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the work's answer, under the id that it was asked for by."""
        super().read(mapping(document.get("response")), whole=whole)
        self.stated.response_id = text(self.asked.request.document.get("request_id"))


METHODS: Mapping[str, tuple[str, type[Sampling]]] = {
    "/xai_api.Chat/GetCompletion": ("chat", Sampling),
    "/xai_api.Chat/GetCompletionChunk": ("chat", Sampling),
    "/xai_api.Chat/CompactContext": ("chat", Sampling),
    "/xai_api.Chat/StartDeferredCompletion": ("chat", Begun),
    "/xai_api.Chat/GetDeferredCompletion": (RETRIEVE, Retrieved),
    "/xai_api.Sample/SampleText": ("text_completion", Sampling),
    "/xai_api.Sample/SampleTextStreaming": ("text_completion", Sampling),
    "/xai_api.Embedder/Embed": ("embeddings", Sampling),
    "/xai_api.Image/GenerateImage": ("image_generation", Sampling),
    "/xai_api.Video/GenerateVideo": ("generate_content", Begun),
    "/xai_api.Video/ExtendVideo": ("generate_content", Begun),
    "/xai_api.Video/GetDeferredVideo": (RETRIEVE, Retrieved),
}
"""By path: what is asked for, and who reads the answer.  Counting tokens and batches are not here.
"""


def listener_to(request: Request) -> Listener | None:
    """Return who listens to the answer, or None if *request* asks for nothing in `METHODS`.

    The body of *request* is the message as JSON, with the names of its fields.
    """
    operation, fold = METHODS.get(request.path, ("", None))
    if fold is None:
        return None
    model = text(request.document.get("model"))
    return Listener(fold(Asked(request=request, provider="xai", model=model)), operation=operation)


def _as_openai(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Write a `SamplingUsage` as xAI's HTTP interface does.

    Images and videos fill in no tokens, which are then 0 in a protocol buffer and mean nothing.
    """
    told = {"cost_in_usd_ticks": usage.get("cost_in_usd_ticks")}
    if not usage.get("prompt_tokens") and not usage.get("completion_tokens"):
        return told
    tools = usage.get("server_side_tools_used") or []
    return told | {
        "prompt_tokens": usage.get("prompt_tokens"),
        "completion_tokens": usage.get("completion_tokens"),
        "total_tokens": usage.get("total_tokens") or None,
        "prompt_tokens_details": {
            "cached_tokens": usage.get("cached_prompt_text_tokens"),
            "image_tokens": usage.get("prompt_image_tokens"),
        },
        "completion_tokens_details": {"reasoning_tokens": usage.get("reasoning_tokens")},
        "server_side_tool_usage_details": {
            name: tools.count(tool) for tool, name in _TOOLS.items()
        },
    }
