"""What a provider begins to keep, and bills for as long as it is kept: caches and containers.

* A cache of Google's (`cachedContents`) costs what its tokens cost as input, on Vertex at least,
  and then by the hour.  No model runs: its tokens are told by the answers that read them, and are
  in no sum here, nor is what the cache costs, which may be deleted early or be kept on.  It is told
  (`cache_storage`), so that nobody takes it for free.
* A container of OpenAI's costs by its size and, since 2026-06-02, by its minutes, of which its
  answer tells none: what it costs is unknown.

Source: "For both implicit and explicit caching, you're billed for the input tokens used to create
the cache at the standard input token price.  For explicit caching, there are also storage costs"
(https://cloud.google.com/vertex-ai/generative-ai/docs/context-cache/context-cache-overview as told
by https://discuss.ai.google.dev/t/gemini-explicit-context-cache-creation-billing/172194; for the
Gemini API people have seen storage alone: https://discuss.ai.google.dev/t/114069);
`CachedContentUsageMetadata` of google-genai 3.4.0; `ContainerCreateResponse` of openai 3.54.0; the
minutes: https://developers.openai.com/api/docs/changelog as told by
https://simoncarter.ai/posts/openai-container-sessions-now-billed-per-minute-short-sessions-get-cheaper-from-/,
all read 2026-11-23.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import tools
from pytest_specbudget.providers.batches import Begun
from pytest_specbudget.providers.counts import text
from pytest_specbudget.providers.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Statement

__all__ = ["Cache", "Container"]

_STORAGE = tools.told({"cache_storage": 1})


class Cache(Fold):
    """A cache of Google's: nothing is counted, and that it is billed is told."""

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the model; an answer that holds tokens is a cache that was made."""
        stated = self.stated
        stated.model = (text(document.get("model")) or "").rpartition("models/")[2] or None
        stated.counted = False
        if self.counts.total(document, ("usageMetadata", "totalTokenCount")) is not None:
            stated.usage = Usage(input_tokens=0, output_tokens=0)
            stated.unpriced_tools = _STORAGE
        stated.finished = whole

    def settle(self, stated: Statement) -> None:
        """Have nothing to reckon up."""


class Container(Begun):
    """A container of OpenAI's, named by its size."""

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the container."""
        super().read(document, whole=whole)
        size = text(document.get("memory_limit"))
        self.stated.model = f"container:{size}" if size else "container"
