"""Workers AI, called by the name of a model in the path.

A plain answer is wrapped in `result`; a stream ends with an event that has the usage.  Models that
draw or speak answer with neither.

Source: https://developers.cloudflare.com/workers-ai/get-started/rest-api/ and the models' own
schemas below https://developers.cloudflare.com/workers-ai/models/, checked 2026-11-21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.providers.counts import mapping
from pytest_specbudget.providers.openai import Completion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked

__all__ = ["Run"]


class Run(Completion):
    """One run of a model of any kind."""

    may_be_opaque = True

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self.input_only = "text" in asked.request.document  # an embedding

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        super().read(mapping(document.get("result")) or document, whole=whole)
