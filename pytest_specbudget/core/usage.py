"""What one model call consumed, in OpenTelemetry's terms.

`input_tokens` and `output_tokens` are totals: whatever was cached, written to a cache, spoken or
reasoned is inside them.  None means "not reported", 0 means "reported as 0"; the difference is
kept all the way to the report, because an unknown is never a zero.

Source: OpenTelemetry GenAI semantic conventions, `gen_ai.usage.*`, with dots as underscores.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["USAGE_FIELDS", "Usage"]


@value
class Usage:
    """Counts as a provider reported them, made inclusive; None where nothing was reported.

    Attributes:
        input_tokens: All input: fresh, read from a cache, written to a cache, audio, images.
        output_tokens: All output: text, reasoning, audio, images.
        cache_read_input_tokens: The part of input served from a cache.
        cache_write_input_tokens: The part of input written to a cache.
        cache_write_5m_input_tokens: The part of cache writes kept for five minutes.
        cache_write_1h_input_tokens: The part of cache writes kept for an hour.
        reasoning_output_tokens: The part of output spent on reasoning.
        input_audio_tokens: The part of input that was audio.
        output_audio_tokens: The part of output that was audio.
        input_image_tokens: The part of input that was images.
        output_image_tokens: The part of output that was images.
        web_search_requests: Searches billed beside tokens.
        web_fetch_requests: Page fetches billed beside tokens.
        search_units: Rerank units billed beside tokens.
        audio_seconds: Audio billed by its length, in seconds.
        pages: Documents billed by the page.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_write_input_tokens: int | None = None
    cache_write_5m_input_tokens: int | None = None
    cache_write_1h_input_tokens: int | None = None
    reasoning_output_tokens: int | None = None
    input_audio_tokens: int | None = None
    output_audio_tokens: int | None = None
    input_image_tokens: int | None = None
    output_image_tokens: int | None = None
    web_search_requests: int | None = None
    web_fetch_requests: int | None = None
    search_units: int | None = None
    audio_seconds: int | None = None
    pages: int | None = None

    @classmethod
    def of(cls, counts: Mapping[str, int | None]) -> Usage:
        """Make a usage of the *counts* whose names it knows."""
        return cls(**{name: counts[name] for name in USAGE_FIELDS if name in counts})

    def reported(self) -> dict[str, int]:
        """Return the counts that were reported, by name."""
        return {name: count for name in USAGE_FIELDS if (count := getattr(self, name)) is not None}

    def __add__(self, other: Usage) -> Usage:
        """Add two usages up; what neither reported stays unreported."""
        sums = self.reported()
        for name, count in other.reported().items():
            sums[name] = sums.get(name, 0) + count
        return Usage(**sums)


USAGE_FIELDS = tuple(field.name for field in fields(Usage))
