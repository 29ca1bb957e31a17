"""Vertex's `predict`, by which models of all kinds are asked: their names tell what they make.

An embedding states its own count of tokens, and so do the language models that were asked so until
2025.  Pictures are billed by the piece: those that came, and none that was held back.  They count
as `tool_calls`, which is how work is counted that a provider sells by the piece.  A prediction of
any other kind, such as a caption or a model of one's own, states nothing.

Source: `GenerateImagesResponse`, `EditImageResponse` and `RecontextImageResponse` of google-genai
3.4.0 and its `_GeneratedImage_from_vertex` (`bytesBase64Encoded`, `gcsUri`, `raiFilteredReason`);
https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api (`predictions`),
read in public repositories 2026-11-23; `metadata.tokenMetadata` of language models:
https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text, not read for this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping, mappings
from pytest_specbudget.providers.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["EMBEDDING", "IMAGE", "Embeddings", "Images", "Text"]

EMBEDDING = "[^/:]*(?:embedding|gecko)[^/:]*"
"""How models are called that embed: `text-embedding-005`, `textembedding-gecko`."""
IMAGE = "(?:imagen|imagegeneration|virtual-try-on)[^/:]*"
"""How models are called that draw; `imagetext` describes."""
_DRAWN = ("bytesBase64Encoded", "gcsUri")


class _Prediction(Fold):
    """Takes the predictions of one answer."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._predictions: list[Mapping[str, Any]] = []
        self._metadata: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document."""
        self._predictions = mappings(document.get("predictions"))
        self._metadata = mapping(document.get("metadata"))
        self.stated.finished = whole


class Embeddings(_Prediction):
    """Embeddings, of which each states its own count."""

    def settle(self, stated: Statement) -> None:
        """Add up what each embedding took; one that does not say leaves the sum unknown."""
        told = [mapping(each.get("embeddings")) for each in self._predictions]
        each = [self.counts.total(one, ("statistics", "token_count")) for one in told]
        if each and None not in each:
            stated.usage = Usage(input_tokens=sum(filter(None, each)), output_tokens=0)


class Images(_Prediction):
    """Pictures, billed by the piece."""

    def settle(self, stated: Statement) -> None:
        """Count those that came; an answer that speaks of none at all stays unknown."""
        if self._predictions:
            drawn = sum(not each.keys().isdisjoint(_DRAWN) for each in self._predictions)
            stated.usage = Usage(tool_calls=drawn)


class Text(_Prediction):
    """What a language model wrote, or a model of another kind said."""

    def settle(self, stated: Statement) -> None:
        """Take the tokens beside the predictions, where there are any."""
        told = mapping(self._metadata.get("tokenMetadata"))
        stated.usage = Usage(
            input_tokens=self.counts.total(told, ("inputTokenCount", "totalTokens")),
            output_tokens=self.counts.total(told, ("outputTokenCount", "totalTokens")),
        )
