"""Ollama's own API, plain and as JSON lines.

`prompt_eval_count` is left out where the prompt was still in the cache of keys and values: then
what was put in is unknown, and what came out is a lower bound.  A request that only loads or
unloads a model runs none.

Source: https://github.com/ollama/ollama/blob/main/docs/api.md (checked 2026-11-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import text
from pytest_specbudget.providers.fold import Fold, events_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Embed", "Generation"]

_RAN_NOTHING = ("load", "unload")


class Generation(Fold):
    """`/api/chat` and `/api/generate`."""

    telling = events_with(r'done"\s*:\s*true')

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._last: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:  # noqa: ARG002 - one line of a stream is a document, too
        """Take a line or a document."""
        self.stated.model = text(document.get("model")) or self.stated.model
        if document.get("done") is True:
            self._last = document
            self.stated.finished = True

    def settle(self, stated: Statement) -> None:
        """Take the counts of the last line."""
        if self._last.get("done_reason") in _RAN_NOTHING:
            stated.usage = Usage(input_tokens=0, output_tokens=0)
            return
        total = self.counts.total
        stated.usage = Usage(
            input_tokens=total(self._last, ("prompt_eval_count",)),
            output_tokens=total(self._last, ("eval_count",)),
        )


class Embed(Fold):
    """`/api/embed`, where everything is input, and `/api/embeddings`, which says nothing."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._given: int | None = None

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document."""
        self.stated.model = text(document.get("model")) or self.stated.model
        self._given = self.counts.total(document, ("prompt_eval_count",))
        self.stated.finished = whole

    def settle(self, stated: Statement) -> None:
        """Take the one count there is."""
        if self._given is not None:
            stated.usage = Usage(input_tokens=self._given, output_tokens=0)
