"""Reranking, which all providers answer alike: scores, and a count of tokens or of searches.

Voyage, Jina, Together, Aleph Alpha and OpenRouter count tokens, all of them input.  Cohere bills
search units, and so do those who pass its answers on.  A text-embeddings-inference server counts
in a header; Bedrock says nothing.

Source: `ApiMetaBilledUnits` of cohere 7.3.1, `RerankingObject` of voyageai 0.5.0, `RerankUsage` of
aleph-alpha-client 11.5.1, `RerankResponse` of bedrock-agent-runtime in botocore 1.44.5; Jina and
OpenRouter as in recorded answers; Together and SiliconFlow are not confirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping
from pytest_specbudget.providers.huggingface import embedded_in_header
from pytest_specbudget.providers.inputs import all_input
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
        if not stated.usage.input_tokens:  # Aleph Alpha states a total beside zeros
            stated.usage += all_input(self.counts.part(self.usage, ("total_tokens",)))
        stated.usage += Usage(search_units=self._searches())
        embedded = embedded_in_header(self)
        if embedded is not None:
            stated.usage = all_input(embedded)
            stated.finished = True  # an array of scores has no last event

    def _searches(self) -> int | None:
        units = self.counts.part(self._meta, ("billed_units", "search_units"))
        return self.counts.part(self.usage, ("search_units",)) if units is None else units
