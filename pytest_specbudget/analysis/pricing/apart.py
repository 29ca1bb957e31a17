"""`prices.buckets.split` in SQL: inclusive counts taken apart, so that no unit is priced twice.

What `split` says of one usage stands here for a relation of records, step by step and in its order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["taken_apart"]

_EXTRAS = {
    "web_search": "web_search_requests",
    "web_fetch": "web_fetch_requests",
    "search_unit": "search_units",
    "tool_call": "tool_calls",
    "page": "pages",
}

_READ_APART = frozenset({"input_audio_tokens", "input_image_tokens"})
"""Without these, all that was read from a cache is text."""


def taken_apart(usage: str, counts: Collection[str]) -> str:
    """Write a query for the records of *usage* with more columns.

    These are `n_METER`, the units of each meter that can have any; `length`, the whole input; and
    `reasoned`, the reasoning tokens as reported.  What was read from a cache and is audio or images
    is counted apart, and with the rest of that, too.

    Args:
        usage: The relation with the records.
        counts: The counts that are above 0 in some record; the others are taken for 0.
    """

    def count(name: str) -> str:
        return f"coalesce(u.{name}, 0)" if name in counts else "0"

    reported = {
        "n_cache_read": count("cache_read_input_tokens"),
        "n_cache_write_1h": count("cache_write_1h_input_tokens"),
        "written": f"greatest({count('cache_write_input_tokens')}, "
        f"{count('cache_write_1h_input_tokens')} + {count('cache_write_5m_input_tokens')})",
        "reasoned": count("reasoning_output_tokens"),
        **{f"n_{meter}": count(name) for meter, name in _EXTRAS.items() if name in counts},
    }
    whole = {"length": f"greatest({count('input_tokens')}, u.n_cache_read + u.written)"}
    fresh = "(u.length - u.n_cache_read - u.written)"
    units = {
        "n_cache_write_5m": "u.written - u.n_cache_write_1h",
        **_rest("input", fresh, counts, taken="n_cache_read_"),
        **_rest("output", count("output_tokens"), counts),
    }
    long = _with(whole, f"({_with(reported, usage)})")
    if not _READ_APART.isdisjoint(counts):
        long = _with(_read_apart(counts), f"({long})")
    return _with(units, f"({long})")


def _read_apart(counts: Collection[str]) -> dict[str, str]:
    """Tell how much of what was read from a cache was audio, and images; the rest may be text."""
    audio, image = (
        f"coalesce(u.{name}, 0)" if name in counts else "0"
        for name in ("input_audio_tokens", "input_image_tokens")
    )
    no_text = f"greatest(0, u.n_cache_read + {audio} + {image} - u.length)"
    units: dict[str, str] = {}
    left = "u.n_cache_read"
    for part, whole, other in (("audio", audio, image), ("image", image, audio)):
        told = f"cache_read_{part}_input_tokens"
        guessed = f"case when {other} > 0 then 0 else {no_text} end"
        known = f"coalesce(u.{told}, {guessed})" if told in counts else f"({guessed})"
        units[f"n_cache_read_{part}"] = taken = f"least({known}, {left}, {whole})"
        left = f"({left} - {taken})"
    return units


def _rest(
    kind: str, rest: str, counts: Collection[str], *, taken: str | None = None
) -> dict[str, str]:
    """Give as much of what is left to audio as was reported, then to images; the rest is plain.

    What begins with *taken* tells how much of each was counted already.
    """
    units = {}
    for part in ("audio", "image"):
        name = f"{kind}_{part}_tokens"
        if name in counts:
            already = f" - u.{taken}{part}" if taken else ""
            units[f"n_{kind}_{part}"] = given = f"least({rest}, coalesce(u.{name}, 0){already})"
            rest = f"({rest} - {given})"
    return {**units, f"n_{kind}": rest}


def _with(columns: Mapping[str, str], relation: str) -> str:
    told = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
    return f"select u.*, {told} from {relation} u"  # noqa: S608 - names of columns
