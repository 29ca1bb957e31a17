"""Aleph Alpha's completions, evaluations and semantic embeddings.

Source: `CompletionResponse` ("num_tokens_prompt_total", "num_tokens_generated") and
`CompletionSummary` of aleph-alpha-client 11.5, checked 2026-11-21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.fold import Fold, events_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Completion", "Embedding"]


class Completion(Fold):
    """A completion; a stream tells its counts in its last event."""

    telling = events_with("num_tokens_", "completion_summary")
    input_only = False

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
        given = self.counts.total(self._told, ("num_tokens_prompt_total",))
        made = self.counts.total(self._told, ("num_tokens_generated",))
        if self.input_only and given is not None:
            made = 0
        stated.usage = Usage(input_tokens=given, output_tokens=made)


class Embedding(Completion):
    """Embeddings and evaluations: everything is input."""

    input_only = True
