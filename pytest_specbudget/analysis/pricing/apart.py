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
    "page": "pages",
}


def taken_apart(usage: str, counts: Collection[str]) -> str:
    """Write a query for the records of *usage* with more columns.

    These are `n_METER`, the units of each meter that can have any; `length`, the whole input; and
    `reasoned`, the reasoning tokens as reported.

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
        **_rest("input", fresh, counts),
        **_rest("output", count("output_tokens"), counts),
    }
    return _with(units, f"({_with(whole, f'({_with(reported, usage)})')})")


def _rest(kind: str, rest: str, counts: Collection[str]) -> dict[str, str]:
    """Give as much of what is left to audio as was reported, then to images; the rest is plain."""
    units = {}
    for part in ("audio", "image"):
        name = f"{kind}_{part}_tokens"
        if name in counts:
            units[f"n_{kind}_{part}"] = taken = f"least({rest}, coalesce(u.{name}, 0))"
            rest = f"({rest} - {taken})"
    return {**units, f"n_{kind}": rest}


def _with(columns: Mapping[str, str], relation: str) -> str:
    told = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
    return f"select u.*, {told} from {relation} u"  # noqa: S608 - names of columns
