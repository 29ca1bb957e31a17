"""What Vercel's AI Gateway answers to its own SDK; all else that it answers is a provider's format.

Counts are inclusive.  They come as numbers, or as objects with the parts beside the total.  What
the call costs stands in the gateway's own metadata; with a key of the caller's own that is nothing,
and what the provider would ask stands beside it.  The model asked for is in a header of the
request, the one that answered in the metadata.

Source: `LanguageModelV3Usage` and the fixtures of https://github.com/vercel/ai, and answers in
public repositories, read 2026-11-22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping, text
from pytest_specbudget.providers.fold import USAGE, Fold, events_with
from pytest_specbudget.providers.gateways import money_in
from pytest_specbudget.providers.inputs import all_input

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Model"]


class Model(Fold):
    """Text, a decision, embeddings or pictures, plain and streamed."""

    telling = events_with(USAGE, 'response-metadata"', r'gateway"\s*:\s*\{')
    done_ends = False

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._usage: Mapping[str, Any] = {}
        self._gateway: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take a part of a stream, or a document."""
        stated = self.stated
        told = mapping(document.get("providerMetadata")).get("gateway")
        self._gateway = mapping(told) or self._gateway
        self._usage = mapping(document.get("usage")) or self._usage
        told = text(document.get("modelId")) or text(document.get("model"))
        stated.model = told or stated.model
        self.over = document.get("type") == "finish"
        stated.finished = whole or self.over

    def settle(self, stated: Statement) -> None:
        """Reckon up the usage, and take the cost from the metadata."""
        routing = mapping(self._gateway.get("routing"))
        stated.model = text(routing.get("canonicalSlug")) or stated.model
        stated.response_id = text(self._gateway.get("generationId")) or stated.response_id
        costs = (money_in(self._gateway.get(name)) for name in ("cost", "marketCost"))
        stated.provider_cost = next(filter(None, costs), None)
        embedded = self.counts.total(self._usage, ("tokens",))
        stated.usage = self._reckoned() if embedded is None else all_input(embedded)

    def _reckoned(self) -> Usage:
        usage, total, part = self._usage, self.counts.total, self.counts.part
        given = ("inputTokens", "total"), *_alone(usage, "inputTokens")
        made = ("outputTokens", "total"), *_alone(usage, "outputTokens")
        return Usage(
            input_tokens=total(usage, *given),
            output_tokens=total(usage, *made),
            cache_read_input_tokens=part(
                usage, ("inputTokens", "cacheRead"), ("cachedInputTokens",)
            ),
            cache_write_input_tokens=part(usage, ("inputTokens", "cacheWrite")),
            reasoning_output_tokens=part(
                usage, ("outputTokens", "reasoning"), ("reasoningTokens",)
            ),
        )


def _alone(usage: Mapping[str, Any], name: str) -> tuple[tuple[str], ...]:
    """Return where a count stands that is a number, and no object with parts."""
    return () if isinstance(usage.get(name), dict) else ((name,),)
