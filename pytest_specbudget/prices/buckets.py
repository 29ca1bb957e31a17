"""Counts that overlap, as providers report them, taken apart so that no unit is priced twice.

What a usage says is inclusive; here every token lands in exactly one bucket.  Tokens read from or
written to a cache are kept as reported.  Of the input that is left, as much as was reported goes to
audio, then to images; the rest is plain input, never less than none.  So audio that was served
from a cache is priced once, as cache, and counts that contradict each other (`cached 161 > input
10`) are priced as reported with no plain input beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_specbudget.core.usage import Usage

__all__ = ["Counts", "split"]

_EXTRAS = frozenset({"web_search_requests", "web_fetch_requests", "search_units", "pages"})
Counts = dict[str, int]
"""Units by meter, only those above 0."""


def split(usage: Usage) -> tuple[Counts, int]:
    """Take *usage* apart into units by meter, and count all of its input.

    Output comes as `output` less what was audio or images; reasoning stays inside of it, since only
    a price row knows whether reasoning has a rate of its own.

    Returns:
        The units, and the whole input, cached or not: what a context threshold is held against.
    """
    counts: Counts = {}
    if not _EXTRAS.isdisjoint(vars(usage)):
        _split_extras(usage, counts)
    cached = _split_cache(usage, counts)
    total = max(usage.input_tokens or 0, cached)
    _split_rest(counts, "input", total - cached, usage.input_audio_tokens, usage.input_image_tokens)
    output = usage.output_tokens or 0
    _split_rest(counts, "output", output, usage.output_audio_tokens, usage.output_image_tokens)
    return counts, total


def _split_cache(usage: Usage, counts: Counts) -> int:
    read = usage.cache_read_input_tokens or 0
    hour = usage.cache_write_1h_input_tokens or 0
    parts = hour + (usage.cache_write_5m_input_tokens or 0)
    # What a total has beyond its parts is taken at the five-minute price, the provider's default.
    whole = usage.cache_write_input_tokens or 0
    written = max(whole, parts) if parts else whole
    if read:
        counts["cache_read"] = read
    if written - hour:
        counts["cache_write_5m"] = written - hour
    if hour:
        counts["cache_write_1h"] = hour
    return read + written


def _split_rest(counts: Counts, kind: str, rest: int, audio: int | None, image: int | None) -> None:
    if audio and rest:
        counts[f"{kind}_audio"] = spoken = min(rest, audio)
        rest -= spoken
    if image and rest:
        counts[f"{kind}_image"] = seen = min(rest, image)
        rest -= seen
    if rest:
        counts[kind] = rest


def _split_extras(usage: Usage, counts: Counts) -> None:
    if usage.web_search_requests:
        counts["web_search"] = usage.web_search_requests
    if usage.web_fetch_requests:
        counts["web_fetch"] = usage.web_fetch_requests
    if usage.search_units:
        counts["search_unit"] = usage.search_units
    if usage.pages:
        counts["page"] = usage.pages
