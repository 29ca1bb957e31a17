"""Counts that overlap, as providers report them, taken apart so that no unit is priced twice.

What a usage says is inclusive; here every token lands in exactly one bucket.  Tokens read from or
written to a cache are kept as reported.  Of the input that is left, as much as was reported goes to
audio, then to images; the rest is plain input, never less than none.  So counts that contradict
each other (`cached 161 > input 10`) are priced as reported with no plain input beside them.

How much of what was read from a cache was audio or images, some providers tell.  Where they do not,
it is what cannot have been text: all 800 cached tokens of an input that is speech alone, none of
those for which there is text enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.core.usage import Usage

__all__ = ["CACHED", "Counts", "split"]

_EXTRAS = {
    "web_search_requests": "web_search",
    "web_fetch_requests": "web_fetch",
    "search_units": "search_unit",
    "tool_calls": "tool_call",
    "pages": "page",
}
"""What is billed beside tokens: the meter of each count."""
_PLAIN = {"input_tokens", "output_tokens", "reasoning_output_tokens"}
"""What a usage tells that has nothing to take apart."""
CACHED = ("cache_read_audio", "cache_read_image")
"""The meters of what was read from a cache and is no text."""
Counts = dict[str, int]
"""Units by meter, only those above 0."""


def split(usage: Usage) -> tuple[Counts, int]:
    """Take *usage* apart into units by meter, and count all of its input.

    Output comes as `output` less what was audio or images; reasoning stays inside of it, since only
    a price row knows whether reasoning has a rate of its own.

    Returns:
        The units, and the whole input, cached or not: what a context threshold is held against.
    """
    told = vars(usage)
    if told.keys() <= _PLAIN:
        return _split_plain(told)
    counts: Counts = {}
    if not _EXTRAS.keys().isdisjoint(told):
        counts |= {meter: told[name] for name, meter in _EXTRAS.items() if told.get(name)}
    cached = _split_cache(usage, counts)
    total = max(usage.input_tokens or 0, cached)
    audio, image = usage.input_audio_tokens or 0, usage.input_image_tokens or 0
    if (audio or image) and "cache_read" in counts:
        audio, image = _split_read(counts, total, audio, image, told)
    _split_rest(counts, "input", total - cached, audio, image)
    output = usage.output_tokens or 0
    _split_rest(counts, "output", output, usage.output_audio_tokens, usage.output_image_tokens)
    return counts, total


def _split_plain(told: Mapping[str, int]) -> tuple[Counts, int]:
    """Do so where no word is about a cache, sound or images, in half of the time."""
    counts: Counts = {}
    given, made = told.get("input_tokens", 0), told.get("output_tokens", 0)
    if given:
        counts["input"] = given
    if made:
        counts["output"] = made
    return counts, given


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


def _split_read(
    counts: Counts, total: int, audio: int, image: int, told: Mapping[str, int]
) -> tuple[int, int]:
    """Set apart what was read from a cache and is audio or images; return what was not read."""
    read = counts["cache_read"]
    no_text = max(0, read + audio + image - total)
    spoken = min(told.get("cache_read_audio_input_tokens", 0 if image else no_text), read, audio)
    seen = told.get("cache_read_image_input_tokens", 0 if audio else no_text)
    seen = min(seen, read - spoken, image)
    parts = {"cache_read": read - spoken - seen, **dict(zip(CACHED, (spoken, seen), strict=True))}
    _put_for("cache_read", {meter: count for meter, count in parts.items() if count}, counts)
    return audio - spoken, image - seen


def _put_for(meter: str, parts: Counts, counts: Counts) -> None:
    """Put *parts* into the place of a *meter*: the first that lacks a price is the one told."""
    before = [*counts.items()]
    counts.clear()
    for name, count in before:
        counts.update(parts if name == meter else {name: count})


def _split_rest(counts: Counts, kind: str, rest: int, audio: int | None, image: int | None) -> None:
    if audio and rest:
        counts[f"{kind}_audio"] = spoken = min(rest, audio)
        rest -= spoken
    if image and rest:
        counts[f"{kind}_image"] = seen = min(rest, image)
        rest -= seen
    if rest:
        counts[kind] = rest
