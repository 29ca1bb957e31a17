"""DeepInfra's own format, which tells counts and cost in `inference_status`.

It speaks OpenAI's formats, too.

Source: https://deepinfra.com/docs (native API), as https://python.langchain.com has it; not read
for this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping, text
from pytest_specbudget.providers.dialects import Dialect
from pytest_specbudget.providers.fold import Fold, events_with
from pytest_specbudget.providers.openai_usage import read_cost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Inference"]

_GOES_ON = ("queued", "running")
_COST = Dialect(cost=("cost",))


class Inference(Fold):
    """Whatever a model answers: text, embeddings, pictures, sound."""

    telling = events_with(r'inference_status"\s*:\s*\{')
    may_be_opaque = True

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._told: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        self.stated.response_id = text(document.get("request_id")) or self.stated.response_id
        self._told = mapping(document.get("inference_status")) or self._told
        goes_on = self._told.get("status") in _GOES_ON
        self.stated.finished = whole or (bool(self._told) and not goes_on)

    def settle(self, stated: Statement) -> None:
        """State the counts, and the cost."""
        stated.usage = Usage(
            input_tokens=self.counts.total(self._told, ("tokens_input",)),
            output_tokens=self.counts.total(self._told, ("tokens_generated",)),
        )
        stated.provider_cost = read_cost(self._told, self.counts, _COST)
