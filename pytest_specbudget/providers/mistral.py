"""Mistral's conversations, and its reading of documents, which is billed by the page.

Everything else that Mistral answers is in OpenAI's format.  A conversation may call connectors:
what these put in is counted beside the prompt, and a call of theirs may have a price of its own.

Source: `OCRRequest`, `OCRResponse`, `OCRUsageInfo`, `ConversationUsageInfo`, `ResponseDoneEvent`
and `MessageOutputEntry` of mistralai 3.7.0; that `total_tokens` holds `connector_tokens` beside
prompt and completion: the examples of https://docs.mistral.ai/agents/connectors (95 + 209 + 95 is
399); the higher price of annotated pages: https://docs.mistral.ai/models/ocr-4-1.md, all read
2026-11-22.  That connectors' tokens are billed as input is not confirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping, mappings, text
from pytest_specbudget.providers.dialects import OPENAI
from pytest_specbudget.providers.fold import Fold, events_with
from pytest_specbudget.providers.openai import Completion
from pytest_specbudget.providers.openai_usage import read_usage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Conversation", "Document", "on_vertex"]

_LAST = "conversation.response.done"
_ANNOTATIONS = ("bbox_annotation_format", "document_annotation_format")


def on_vertex(asked: Asked) -> Fold:
    """Choose who reads an answer from Google's cloud, where all models have one path.

    Source: `mistralai.gcp` of mistralai 3.7.0.
    """
    return Document(asked) if "document" in asked.request.document else Completion(asked)


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
            self.counts.note("annotated pages cost more than pages")
            stated.finished = False


class Conversation(Fold):
    """An answer within a conversation that Mistral keeps; a stream ends with its usage."""

    telling = events_with(r'conversation\.response\.(?:started|done|error)"', r'message\.output"')
    done_ends = False

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._usage: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        stated = self.stated
        for entry in (document, *mappings(document.get("outputs"))):
            stated.model = text(entry.get("model")) or stated.model
        self._usage = mapping(document.get("usage")) or self._usage
        self.over = document.get("type") == _LAST
        stated.finished = whole or self.over

    def settle(self, stated: Statement) -> None:
        """Put what connectors fetched into the input; their calls are billed beside."""
        if not self._usage:
            return
        fetched = self.counts.part(self._usage, ("connector_tokens",))
        prompt = self.counts.total(self._usage, ("prompt_tokens",))
        told = dict(self._usage)
        if fetched and prompt is not None:
            told["prompt_tokens"] = prompt + fetched
        stated.usage = read_usage(told, self.counts, OPENAI)
        for name, calls in mapping(self._usage.get("connectors")).items():
            self._note_calls(stated, name, calls)

    def _note_calls(self, stated: Statement, name: str, calls: Any) -> None:
        if name == "web_search":
            stated.usage += Usage(web_search_requests=self.counts.take(("connectors", name), calls))
        elif calls:
            self.counts.note(f"calls of {name} may be billed beside the tokens")
            stated.finished = False
