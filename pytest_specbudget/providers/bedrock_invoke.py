"""Amazon Bedrock's InvokeModel, plain and streamed: each family of models answers in its own way.

Anthropic's and OpenAI's shapes are read by their own folds.  Titan, Llama and Nova have counts of
their own; all others only what Bedrock adds: headers to a document, metrics to the last event of a
stream.  What the model itself counts wins where the two disagree.

An answer may name its model as the maker does; Bedrock sells it under the id in the URL, which is
what the one part of such a reading carries.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html (checked
2026-11-22); `PayloadPart` of bedrock-runtime in botocore 1.44.5; the metrics and the headers are
those of recorded answers.
"""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.anthropic import Messages
from pytest_specbudget.providers.bedrock import counted_in_headers, read_usage, tier_in_headers
from pytest_specbudget.providers.counts import mapping, mappings
from pytest_specbudget.providers.damage import DamageError
from pytest_specbudget.providers.fold import USAGE, Fold, events_with
from pytest_specbudget.providers.openai import Completion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Invocation"]

_METRICS = "amazon-bedrock-invocationMetrics"
_WRAPPED = re.compile(rb'"bytes"\s*:\s*"([^"]*)"')
_EMBEDDED = frozenset({"embedding", "embeddings", "embeddingsByType", "data"})
_MEDIA = re.compile(
    rb'"(?:inputImage|images?|image_url|video|audio|mediaSource)"\s*:\s*(?!null|""|\[\s*\])'
)
"""What a request for embeddings has that holds pictures, films or sound (that they are billed by
the piece at Titan and Nova is not confirmed)."""
_INSIDE = {
    "input_tokens": ("cache_read_input_tokens", "cache_write_input_tokens"),
    "output_tokens": (),
}
_OWN_NAMES = {
    "inputTextTokenCount": "inputTokens",  # Titan
    "totalOutputTextTokenCount": "outputTokens",
    "prompt_token_count": "inputTokens",  # Llama
    "generation_token_count": "outputTokens",
}


class Invocation(Fold):
    """`InvokeModel` and `InvokeModelWithResponseStream`."""

    telling = events_with(
        USAGE, r'\w*oken_?[cC]ount"\s*:\s*\d', r'finish_reason"\s*:\s*"', r'message_stop"'
    )

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._native: Fold | None = None
        self._own: dict[str, Any] = {}
        self._metrics: Mapping[str, Any] = {}
        self._embeds = False

    def event(self, data: bytes) -> None:
        """Take one event, which its frame carries in base64."""
        super().event(_unwrapped(data))

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        self._metrics = mapping(document.get(_METRICS)) or self._metrics
        self._embeds = self._embeds or not _EMBEDDED.isdisjoint(document)
        self._native = self._native or self._native_for(document)
        if self._native:
            self._native.read(document, whole=whole)
        else:
            self._own |= _own_counts(document)
        self.over = not whole and bool(self._metrics)
        self.stated.finished |= whole or self.over

    def end(self) -> None:
        """Tell the fold of the model's own shape."""
        if self._native:
            self._native.end()

    def settle(self, stated: Statement) -> None:
        """Reckon up what the model counted, and else what Bedrock did."""
        added = counted_in_headers(self) | dict(self._metrics) | self._own
        stated.usage = read_usage(added, self.counts)
        if self._native:
            self._prefer(self._native, stated)
        if self._embeds:
            self._state_no_output(stated)
        stated.service_tier = tier_in_headers(self) or stated.service_tier
        self._name_what_is_sold(stated)

    def _state_no_output(self, stated: Statement) -> None:
        """State what an embedding has made, which is nothing."""
        if stated.usage.output_tokens is None and stated.usage.reported():
            stated.usage += Usage(output_tokens=0)
        if _MEDIA.search(self.asked.request.body or b""):
            self.counts.note("pictures, films and sound are billed by the piece beside the tokens")
            stated.finished = False

    def _native_for(self, document: Mapping[str, Any]) -> Fold | None:
        """Make the fold that knows the shape of *document*; it states what this one does."""
        kind = _kind(document)
        if kind is None:
            return None
        native = kind(self.asked)
        native.counts, native.stated = self.counts, self.stated
        return native

    def _prefer(self, native: Fold, stated: Statement) -> None:
        """Put what *native* counted over what Bedrock added."""
        added = stated.usage
        stated.usage = Usage()
        native.settle(stated)
        for name in _INSIDE:
            ours, theirs = getattr(stated.usage, name), getattr(added, name)
            differ = None not in (ours, theirs) and ours != theirs
            self.counts.note(f"{name}: {ours} by the model, {theirs} by Bedrock", when=differ)
        stated.usage = _filled(stated.usage, added)

    def _name_what_is_sold(self, stated: Statement) -> None:
        sold, named = self.asked.model, stated.model
        if sold and named and sold != named and _says_which(sold) and not stated.parts:
            stated.parts = (Part(model=sold, usage=stated.usage),)


def _unwrapped(data: bytes) -> bytes:
    match = _WRAPPED.search(data)
    if match is None:
        return data
    try:
        return b64decode(match[1].replace(rb"\/", b"/"), validate=True)
    except ValueError as problem:
        raise DamageError(f"not base64: {problem}") from None


def _kind(document: Mapping[str, Any]) -> type[Fold] | None:
    usage = mapping(document.get("usage"))
    if "choices" in document or "prompt_tokens" in usage:
        return Completion
    if document.get("type") in ("message", "message_start") or "input_tokens" in usage:
        return Messages
    return None


def _own_counts(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the counts of Titan, Llama and Nova, under Converse's names."""
    told = dict(mapping(document.get("usage") or mapping(document.get("metadata")).get("usage")))
    for theirs, ours in _OWN_NAMES.items():
        if document.get(theirs) is not None:
            told[ours] = document[theirs]
    each = [result.get("tokenCount") for result in mappings(document.get("results"))]
    if any(count is not None for count in each):
        told["outputTokens"] = _sum(count for count in each if count is not None)
    return told


def _sum(counts: Iterable[Any]) -> Any:
    """Add *counts* up; nonsense among them is the result, so that it is told."""
    total = 0
    for count in counts:
        if type(count) is not int or count < 0:
            return count
        total += count
    return total


def _filled(native: Usage, added: Usage) -> Usage:
    """Take over from *added* the totals that *native* lacks, with what is inside them."""
    counts, more = native.reported(), added.reported()
    for total, inside in _INSIDE.items():
        if total not in counts:
            counts |= {name: more[name] for name in (total, *inside) if name in more}
    return Usage(**counts)


def _says_which(sold: str) -> bool:
    """Tell whether an id names a model: those of profiles and imported models have no dot."""
    return "." in sold.rpartition("/")[2]
