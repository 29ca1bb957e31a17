"""Workers AI, called by the name of a model in the path.

A plain answer is wrapped in `result`; a stream ends with an event that has the usage.  An embedding
has `data`, and generates nothing.  Models that draw or speak answer with neither.

Source: https://developers.cloudflare.com/workers-ai/get-started/rest-api/ and the outputs of models
in @cloudflare/workers-types 4.20251118.0 (`usage` of text generation), checked 2026-11-22.  Which
event of a stream has the usage, and that embeddings have `data`, is not confirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.providers.counts import mapping
from pytest_specbudget.providers.openai import Completion

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Run"]


class Run(Completion):
    """One run of a model of any kind."""

    may_be_opaque = True

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        result = mapping(document.get("result")) or document
        self.input_only = self.input_only or "data" in result
        super().read(result, whole=whole)
