"""Cohere's own answers: chat v1 and v2, generate, embed, parse, summarize and classify.

Cohere states two counts: `tokens`, with its own scaffolding, and `billed_units`, which is what it
invoices (7 against 69 in one recorded answer).  Here input and output are the billed ones.  What
was cached or reasoned is counted in `tokens`, so it may exceed the billed total; no page gives a
price of its own for it.  Version 1 streams JSON lines, version 2 server-sent events; no answer
names its model.

Source: `Usage`, `UsageBilledUnits`, `UsageTokens`, `ApiMetaBilledUnits` and `ParseResponse` of
cohere 7.3.1; https://docs.cohere.com/v2/docs/how-does-cohere-pricing-work (billed and other
tokens), checked 2026-11-22.  `reasoning_tokens` and `cached_tokens` beside `billed_units` are those
of a recorded answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping, text
from pytest_specbudget.providers.fold import USAGE, Fold, events_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.counts import Counts
    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Chat", "Embedding"]

_PIECES = ("images", "classifications")
"""What is billed by the piece, for which there is no count in tokens."""


class Chat(Fold):
    """Chat, generate and what else writes text."""

    telling = events_with(
        USAGE, r'meta"\s*:\s*\{', r'is_finished"\s*:\s*true', r'message-(?:start|end)"'
    )
    done_ends = False
    input_only = False

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._usage: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        self._note(document)
        self._note(mapping(document.get("response")))  # the last event of version 1
        end = mapping(document.get("delta"))  # the last event of version 2
        self._note(end)
        problem = text(end.get("error"))
        self.counts.note(f"error in a successful answer: {problem}", when=problem is not None)
        self.over = document.get("is_finished") is True or document.get("type") == "message-end"
        self.stated.finished = whole or self.over

    def settle(self, stated: Statement) -> None:
        """Reckon up what is billed."""
        if not self._usage:
            return
        billed = _billed(self._usage, self.counts, input_only=self.input_only)
        self._note_pieces(stated)
        cached = self.counts.part(self._usage, ("cached_tokens",))
        stated.usage = billed + Usage(
            cache_read_input_tokens=cached,
            reasoning_output_tokens=self.counts.part(self._usage, ("tokens", "reasoning_tokens")),
        )
        if cached:  # no part of what is billed, so it must not be priced in place of it
            stated.parts = (Part(model=self.asked.model or "(unnamed)", usage=billed),)

    def _note_pieces(self, stated: Statement) -> None:
        for piece in _PIECES:
            if self.counts.part(self._usage, ("billed_units", piece)):
                self.counts.note(f"{piece} are billed by the piece")
                stated.finished = False

    def _note(self, told: Mapping[str, Any]) -> None:
        stated = self.stated
        stated.response_id = text(told.get("id") or told.get("response_id")) or stated.response_id
        self._usage = mapping(told.get("usage")) or mapping(told.get("meta")) or self._usage


class Embedding(Chat):
    """Embeddings: everything is input."""

    input_only = True


def _billed(usage: Mapping[str, Any], counts: Counts, *, input_only: bool) -> Usage:
    """Read `billed_units`; where an answer has none, as behind some gateways, `tokens`."""
    units = mapping(usage.get("billed_units"))
    tokens = mapping(usage.get("tokens"))
    counts.note("billed_units are missing, tokens are counted", when=bool(tokens) and not units)
    units = units or tokens
    images = counts.part(units, ("image_tokens",))
    given = _all_given(units, images, counts)
    made = counts.total(units, ("output_tokens",))
    return Usage(
        input_tokens=given,
        output_tokens=0 if input_only and given is not None else made,
        input_image_tokens=images,
        search_units=counts.part(units, ("search_units",)),
        pages=counts.part(units, ("pages",)),
    )


def _all_given(units: Mapping[str, Any], images: int | None, counts: Counts) -> int | None:
    """Return all input: `input_tokens` is text, beside which images are counted.

    That they are apart is not confirmed by Cohere; gateways read it so, among them maximhq/bifrost
    (checked 2026-11-22).  Newer answers tell text as `text_tokens`, too; there `input_tokens` may
    be both together.
    """
    stated = counts.total(units, ("input_tokens",))
    words = counts.part(units, ("text_tokens",))
    if images is None and words is None:
        return stated
    beside_images = stated if words is None else words
    return max(stated or 0, (beside_images or 0) + (images or 0))
