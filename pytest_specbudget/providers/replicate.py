"""Replicate's predictions: work that mostly goes on after the answer.

A prediction that has not ended counts with the poll that sees its end.  One that was waited for
(`Prefer: wait`) tells its tokens at once, if its model is billed by them; most are billed by the
second of a machine, which no answer prices.

Source: `Prediction` of replicate 1.0.7 and https://replicate.com/docs/topics/predictions (`status`,
`metrics`); that official language models tell `input_token_count` and `output_token_count` there:
https://github.com/replicate/cog (documentation of metrics), checked 2026-11-22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping, text
from pytest_specbudget.providers.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Prediction"]

_LATER = ("starting", "processing")


class Prediction(Fold):
    """One prediction."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._metrics: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document."""
        stated = self.stated
        stated.model = text(document.get("model")) or text(document.get("version"))
        stated.response_id = text(document.get("id"))
        stated.counted = document.get("status") not in _LATER
        stated.finished = whole
        self._metrics = mapping(document.get("metrics"))

    def settle(self, stated: Statement) -> None:
        """Take the tokens."""
        stated.usage = Usage(
            input_tokens=self.counts.total(self._metrics, ("input_token_count",)),
            output_tokens=self.counts.total(self._metrics, ("output_token_count",)),
        )
