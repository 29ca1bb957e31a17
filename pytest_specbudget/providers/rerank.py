"""Reranking, which all providers answer alike: scores, and a count of tokens or of searches.

Voyage, Jina, Together and OpenRouter count tokens, all of them input.  Cohere bills search units,
and so do those who pass its answers on.

Source: https://docs.cohere.com/reference/rerank, https://docs.voyageai.com/reference/reranker-api,
https://docs.together.ai/reference/rerank, https://openrouter.ai/docs, each checked 2026-11-21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping
from pytest_specbudget.providers.openai import Embeddings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Ranking"]


class Ranking(Embeddings):
    """Documents in the order of their relevance to a query."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._meta: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document."""
        super().read(document, whole=whole)
        self._meta = mapping(document.get("meta"))
        if not self.usage and "search_units" not in mapping(self._meta.get("billed_units")):
            self.usage = mapping(self._meta.get("tokens"))  # SiliconFlow

    def settle(self, stated: Statement) -> None:
        """Reckon up tokens and search units."""
        super().settle(stated)
        units = self.counts.part(self._meta, ("billed_units", "search_units"))
        if units is None:
            units = self.counts.part(self.usage, ("search_units",))
        if units is not None:
            stated.usage += Usage(search_units=units)
