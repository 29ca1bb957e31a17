"""Mistral's reading of documents, billed by the page.

Everything else that Mistral answers is in OpenAI's format.

Source: `OCRResponse` and `OCRUsageInfo` of mistralai 3.7.0; https://mistral.ai/pricing, checked
2026-11-21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import text
from pytest_specbudget.providers.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pytest_specbudget.providers.fold import Statement

__all__ = ["Document"]

_ANNOTATIONS = ("bbox_annotation_format", "document_annotation_format")


class Document(Fold):
    """The text of a document."""

    _pages: int | None = None

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document."""
        self.stated.model = text(document.get("model")) or self.stated.model
        self._pages = self.counts.total(document, ("usage_info", "pages_processed"))
        self.stated.finished = whole

    def settle(self, stated: Statement) -> None:
        """Count the pages; annotated ones cost more than plain ones do."""
        if self._pages is not None:
            stated.usage = Usage(pages=self._pages)
        asked = self.asked.request.document
        if any(asked.get(name) for name in _ANNOTATIONS):
            self.counts.note("annotations are billed beside the pages")
            stated.finished = False
