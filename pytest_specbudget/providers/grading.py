"""A grade that OpenAI's fine-tuning gives an answer, and what the models used that judged.

Most graders are no models, and use none.

Source: `GraderRunResponse` of openai 3.54.0, which leaves open how a model's usage is written; it
is read as that of any answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping
from pytest_specbudget.providers.dialects import OPENAI
from pytest_specbudget.providers.fold import Fold
from pytest_specbudget.providers.openai_usage import read_usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Statement

__all__ = ["Grade"]


class Grade(Fold):
    """One grade."""

    _told: Mapping[str, Any] | None = None

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document."""
        told = document.get("model_grader_token_usage_per_model")
        self._told = told if isinstance(told, dict) else None
        self.stated.finished = whole

    def settle(self, stated: Statement) -> None:
        """Add up what the models used."""
        if self._told is None:
            return
        stated.parts = tuple(
            Part(model=model, usage=read_usage(mapping(usage), self.counts, OPENAI))
            for model, usage in self._told.items()
        )
        none = Usage(input_tokens=0, output_tokens=0)
        stated.usage = sum((part.usage for part in stated.parts), Usage()) if self._told else none
        stated.model = next(iter(self._told), None)
