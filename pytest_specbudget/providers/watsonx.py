"""watsonx.ai's own text generation, embeddings and reranking.

Every event of a stream repeats the counts so far, and a prompt may be counted in one of them alone:
the highest counts.  Its chat answers as OpenAI does.

Source: `TextGenResult` (which says that the case of a reason does not matter) and `RerankResponse`
of https://ibm.github.io/watsonx-ai-node-sdk, `Embeddings` of ibm-watsonx-ai 1.8.1, checked
2026-11-22.  That counts repeat in each event is not confirmed; the highest holds where they do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mappings, text
from pytest_specbudget.providers.fold import Fold, events_with
from pytest_specbudget.providers.inputs import all_input

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pytest_specbudget.providers.fold import Statement

__all__ = ["Embedding", "Generation"]

_GIVEN, _MADE = "input_token_count", "generated_token_count"
_GOES_ON = "not_finished"


class Generation(Fold):
    """Generated text."""

    telling = events_with(_GIVEN, _MADE, r'stop_reason"\s*:\s*"(?!(?i:not_finished))')
    _given: int | None = None
    _made: int | None = None

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        self.stated.model = text(document.get("model_id")) or self.stated.model
        results = mappings(document.get("results"))
        self._given = _highest(self._given, self._sum([document, *results], _GIVEN))
        self._made = _highest(self._made, self._sum(results, _MADE))
        ended = any(map(_ended, results))
        self.stated.finished = self.stated.finished or whole or ended

    def settle(self, stated: Statement) -> None:
        """Take the highest counts."""
        stated.usage = Usage(input_tokens=self._given, output_tokens=self._made)

    def _sum(self, told: list[Mapping[str, Any]], name: str) -> int | None:
        found = [self.counts.total(each, (name,)) for each in told]
        known = [count for count in found if count is not None]
        return sum(known) if known else None


class Embedding(Generation):
    """Embeddings and reranking."""

    def settle(self, stated: Statement) -> None:
        """Take the one count there is."""
        stated.usage = all_input(self._given)


def _ended(result: Mapping[str, Any]) -> bool:
    return (text(result.get("stop_reason")) or _GOES_ON).lower() != _GOES_ON


def _highest(one: int | None, other: int | None) -> int | None:
    return other if one is None else max(one, other or 0)
