"""watsonx.ai's own text generation, embeddings and reranking.

Every event of a stream repeats the counts so far, and a prompt may be counted in one of them alone:
the highest counts.  Its chat answers as OpenAI does.

Source: `TextGenResponse` and `TextGenResult` of https://cloud.ibm.com/apidocs/watsonx-ai, checked
2026-11-21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mappings, text
from pytest_specbudget.providers.fold import Fold, events_with

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pytest_specbudget.providers.fold import Statement

__all__ = ["Embedding", "Generation"]

_GIVEN, _MADE = "input_token_count", "generated_token_count"


class Generation(Fold):
    """Generated text."""

    telling = events_with(_GIVEN, _MADE, r'stop_reason"\s*:\s*"(?!not_finished)')
    input_only = False
    _given: int | None = None
    _made: int | None = None

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        self.stated.model = text(document.get("model_id")) or self.stated.model
        results = mappings(document.get("results"))
        self._given = _highest(self._given, self._sum([document, *results], _GIVEN))
        self._made = _highest(self._made, self._sum(results, _MADE))
        ended = any(each.get("stop_reason", "not_finished") != "not_finished" for each in results)
        self.stated.finished = self.stated.finished or whole or ended

    def settle(self, stated: Statement) -> None:
        """Take the highest counts."""
        nothing_made = self.input_only and self._given is not None
        stated.usage = Usage(
            input_tokens=self._given, output_tokens=0 if nothing_made else self._made
        )

    def _sum(self, told: list[Mapping[str, Any]], name: str) -> int | None:
        found = [self.counts.total(each, (name,)) for each in told]
        known = [count for count in found if count is not None]
        return sum(known) if known else None


class Embedding(Generation):
    """Embeddings and reranking: everything is input."""

    input_only = True


def _highest(one: int | None, other: int | None) -> int | None:
    return other if one is None else max(one, other or 0)
