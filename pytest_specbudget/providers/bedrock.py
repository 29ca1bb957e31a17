"""Amazon Bedrock's Converse, plain and streamed, made inclusive.

Bedrock counts input without what was read from and written to a cache; here those are added.  It
spells the same counts in three ways: in bodies, in the metrics of a stream and in headers.  No
model stands in an answer, unless a prompt router chose one; the URL has it.

Source: `ConverseResponse`, `ConverseStreamMetadataEvent`, `TokenUsage`, `CacheDetail` and
`InvokeModelResponse` of bedrock-runtime in botocore 1.44.5; the names that end in `Count` and the
headers are those of recorded answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping, mappings, text
from pytest_specbudget.providers.fold import USAGE, Fold, events_with
from pytest_specbudget.providers.tiers import service_tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.counts import Counts
    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Converse", "counted_in_headers", "read_usage", "tier_in_headers"]

_HEADERS = {
    "inputTokenCount": "x-amzn-bedrock-input-token-count",
    "outputTokenCount": "x-amzn-bedrock-output-token-count",
    "cacheReadInputTokenCount": "x-amzn-bedrock-cache-read-input-token-count",
    "cacheWriteInputTokenCount": "x-amzn-bedrock-cache-write-input-token-count",
}
_COUNT = re.compile(r"[0-9]{1,12}")  # recordings may have something else in place of it


class Converse(Fold):
    """`Converse` and `ConverseStream`."""

    telling = events_with(USAGE)

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._usage: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        stated, usage = self.stated, mapping(document.get("usage"))
        router = mapping(mapping(document.get("trace")).get("promptRouter"))
        stated.model = text(router.get("invokedModelId")) or stated.model
        stated.service_tier = _tier_in(document) or stated.service_tier
        self._usage = usage or self._usage
        stated.finished = stated.finished or whole or bool(usage)

    def settle(self, stated: Statement) -> None:
        """Reckon up the last usage."""
        stated.usage = read_usage(counted_in_headers(self) | dict(self._usage), self.counts)
        stated.service_tier = stated.service_tier or tier_in_headers(self)


def read_usage(usage: Mapping[str, Any], counts: Counts) -> Usage:
    """Make counts inclusive that Bedrock wrote in any of its ways."""
    total = counts.total
    fresh = total(usage, ("inputTokens",), ("inputTokenCount",))
    made = total(usage, ("outputTokens",), ("outputTokenCount",))
    read = total(usage, ("cacheReadInputTokens",), ("cacheReadInputTokenCount",))
    written = total(usage, ("cacheWriteInputTokens",), ("cacheWriteInputTokenCount",))
    given = None if fresh is None else fresh + (read or 0) + (written or 0)
    _check_total(usage, given, made, counts)
    known = {
        "input_tokens": given,
        "output_tokens": made,
        "cache_read_input_tokens": read,
        "cache_write_input_tokens": written,
        "cache_write_5m_input_tokens": _written_for(usage, "5m", counts),
        "cache_write_1h_input_tokens": _written_for(usage, "1h", counts),
    }
    return Usage.of(known)


def counted_in_headers(answer: Fold) -> dict[str, Any]:
    """Return the counts in the headers of an answer, under the names of a stream's metrics."""
    found = {name: answer.header(header) or "" for name, header in _HEADERS.items()}
    return {name: int(count) for name, count in found.items() if _COUNT.fullmatch(count)}


def tier_in_headers(answer: Fold) -> str | None:
    """Name the service tier in the headers of an answer."""
    return _tier(
        answer.header("x-amzn-bedrock-service-tier"),
        answer.header("x-amzn-bedrock-performanceconfig-latency"),
    )


def _tier_in(document: Mapping[str, Any]) -> str | None:
    return _tier(
        mapping(document.get("serviceTier")).get("type"),
        mapping(document.get("performanceConfig")).get("latency"),
    )


def _tier(tier: Any, latency: Any) -> str | None:
    """Name the tier; answers of lower latency have a price of their own."""
    return "optimized" if latency == "optimized" else service_tier(tier)


def _written_for(usage: Mapping[str, Any], lifetime: str, counts: Counts) -> int | None:
    found = [
        counts.part(entry, ("inputTokens",))
        for entry in mappings(usage.get("cacheDetails"))
        if entry.get("ttl") == lifetime
    ]
    return sum(filter(None, found)) if found else None


def _check_total(
    usage: Mapping[str, Any], given: int | None, made: int | None, counts: Counts
) -> None:
    total = counts.part(usage, ("totalTokens",))
    if total is not None and given is not None and made is not None:
        words = f"totalTokens {total} is not input {given} + output {made}"
        counts.note(words, when=total != given + made)
