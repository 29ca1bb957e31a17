"""Cohere's own answers: chat v1 and v2, generate, embed, summarize and classify.

Cohere states two counts: `tokens`, with its own scaffolding, and `billed_units`, which is what it
invoices (7 against 69 in one recorded answer).  Here input and output are the billed ones.  What
was cached or reasoned is counted in `tokens`, so it may exceed the billed total; it does not change
the price.  Version 1 streams JSON lines, version 2 server-sent events; no answer names its model.

Source: `Usage`, `UsageBilledUnits`, `UsageTokens` and `ApiMeta` of cohere 7.3.1;
https://docs.cohere.com/docs/how-does-cohere-pricing-work, checked 2026-11-21.
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


class Chat(Fold):
    """Chat, generate and what else writes text."""

    telling = events_with(
        USAGE, r'meta"\s*:\s*\{', r'is_finished"\s*:\s*true', r'message-(?:start|end)"'
    )
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
        last = document.get("is_finished") is True or document.get("type") == "message-end"
        self.stated.finished = self.stated.finished or whole or last

    def settle(self, stated: Statement) -> None:
        """Reckon up what is billed."""
        if not self._usage:
            return
        billed = _billed(self._usage, self.counts, input_only=self.input_only)
        if self.counts.part(self._usage, ("billed_units", "images")):
            self.counts.note("images are billed by the piece beside the tokens")
            stated.finished = False
        cached = self.counts.part(self._usage, ("cached_tokens",))
        stated.usage = billed + Usage(
            cache_read_input_tokens=cached,
            reasoning_output_tokens=self.counts.part(self._usage, ("tokens", "reasoning_tokens")),
        )
        if cached:  # no part of what is billed, so it must not be priced in place of it
            stated.parts = (Part(model=self.asked.model or "(unnamed)", usage=billed),)

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
    given = _plus(counts.total(units, ("input_tokens",)), images)
    made = counts.total(units, ("output_tokens",))
    return Usage(
        input_tokens=given,
        output_tokens=0 if input_only and given is not None else made,
        input_image_tokens=images,
        search_units=counts.part(units, ("search_units",)),
    )


def _plus(count: int | None, more: int | None) -> int | None:
    """Add two counts of which either may be left out; None if both are."""
    return more if count is None else count + (more or 0)
