"""Jobs that do not speak of themselves as OpenAI's batches do: Cohere's, and those of Vertex.

Cohere's jobs state the sum of what is billed, its batches as text.  A job of Vertex states no
counts and names the folder of its results, whose file is read as any other file of results.  What
a job says while it runs is not taken for all.

Source: `EmbedJob`, `ApiMeta` and `Batch` of cohere 7.3.1; `BatchJob` and `BatchJobOutputInfo` of
google-genai 3.4.0; https://docs.cohere.com/reference/cancel-embed-job (what was done before a job
was cancelled is billed; checked 2026-11-23).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import cohere
from pytest_specbudget.providers.counts import mapping, text
from pytest_specbudget.providers.deferred_answers import work_of
from pytest_specbudget.providers.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["CohereBatch", "EmbedJob", "VertexBatch"]

_TIER = "batch"
_OVER = ("complete", "cancelled", "failed")
_BATCH_OVER = tuple(f"BATCH_STATUS_{state}" for state in ("COMPLETED", "FAILED", "CANCELED"))
_RESULTS = "predictions.jsonl"


class EmbedJob(cohere.Embedding):
    """A job of Cohere that embeds a dataset."""

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document, once the job is over."""
        self.stated.model = text(document.get("model"))
        if document.get("status") in _OVER:
            super().read(document, whole=whole)

    def settle(self, stated: Statement) -> None:
        """Reckon up as an embedding does, under the name that was asked for."""
        super().settle(stated)
        stated.response_id = work_of(self.asked.request)


class CohereBatch(Fold):
    """A batch of Cohere, whose sum is written as text."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._told: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document, once the batch is over."""
        told = mapping(document.get("batch"))
        self.stated.model = text(told.get("model"))
        if told.get("status") in _BATCH_OVER:
            self._told = told
            self.stated.finished = whole

    def settle(self, stated: Statement) -> None:
        """State the sum."""
        stated.response_id = work_of(self.asked.request)
        stated.service_tier = _TIER
        given, made = (self._count(name) for name in ("input_tokens", "output_tokens"))
        stated.usage = Usage(input_tokens=given, output_tokens=made)

    def _count(self, name: str) -> int | None:
        written = self._told.get(name)
        number = isinstance(written, str) and written.isdecimal()
        return (
            None
            if written is None
            else self.counts.take((name,), int(written) if number else written, total=True)
        )


class VertexBatch(Fold):
    """A batch of Vertex, which names the folder of its results."""

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the folder."""
        name = work_of(self.asked.request)
        folder = text(mapping(document.get("outputInfo")).get("gcsOutputDirectory"))
        if folder is not None:
            path = folder.removeprefix("gs:/").rstrip("/").replace(" ", "%20")
            name = f"{name} {path}/{_RESULTS}"
        self.stated.response_id = name
        self.stated.finished = whole

    def settle(self, stated: Statement) -> None:
        """Have nothing to reckon up."""
