"""Aleph Alpha's completions, translations, evaluations and embeddings.

Its chat, its newer embeddings and its ranking answer as OpenAI does.  An explanation tells nothing.

Source: `CompletionResponse`, `CompletionSummary`, `TranslationResponse`, `EvaluationResponse`,
`EmbeddingResponse`, `SemanticEmbeddingResponse`, `BatchSemanticEmbeddingResponse`,
`InstructableEmbeddingResponse` and `ExplanationResponse` of aleph-alpha-client 11.5.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.fold import Fold, events_with
from pytest_specbudget.providers.inputs import all_input

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Completion", "Embedding"]


class Completion(Fold):
    """A completion or a translation; a stream tells its counts in its last event."""

    telling = events_with("num_tokens_", "completion_summary")

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._told: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        if whole or "num_tokens_prompt_total" in document:
            self._told = document
            self.stated.finished = True

    def settle(self, stated: Statement) -> None:
        """Take the two counts."""
        made = self.counts.total(self._told, ("num_tokens_generated",))
        stated.usage = Usage(input_tokens=self._given(), output_tokens=made)

    def _given(self) -> int | None:
        return self.counts.total(self._told, ("num_tokens_prompt_total",))


class Embedding(Completion):
    """Embeddings and evaluations."""

    def settle(self, stated: Statement) -> None:
        """Take the one count there is."""
        stated.usage = all_input(self._given())
