"""Ollama's own API, plain and as JSON lines.

`prompt_eval_count` is all of the prompt, with what newer servers tell of the cache apart.  Older
ones leave it out where the prompt was still in the cache of keys and values: then what was put in
is unknown, and what came out is a lower bound.  A request that only loads or unloads a model runs
none.

Source: `GenerateResponse`, `ChatResponse` and `EmbedResponse` of ollama 0.6.3;
https://github.com/ollama/ollama/issues/2068 (counts left out);
https://github.com/stdapi-ai/stdapi.ai/issues/252 (`prompt_eval_cached_count`, as in Ollama's own
`api/types.go`), checked 2026-11-22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import text
from pytest_specbudget.providers.fold import Fold, events_with
from pytest_specbudget.providers.inputs import all_input

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
            self.over = self.stated.finished = True

    def settle(self, stated: Statement) -> None:
        """Take the counts of the last line."""
        if self._last.get("done_reason") in _RAN_NOTHING:
            stated.usage = Usage(input_tokens=0, output_tokens=0)
            return
        total = self.counts.total
        stated.usage = Usage(
            input_tokens=total(self._last, ("prompt_eval_count",)),
            output_tokens=total(self._last, ("eval_count",)),
            cache_read_input_tokens=self.counts.part(self._last, ("prompt_eval_cached_count",)),
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
        stated.usage = all_input(self._given)
