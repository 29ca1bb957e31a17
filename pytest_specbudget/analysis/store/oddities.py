"""What a record says that contradicts itself, and is kept all the same: told, one sentence a place.

Counts are inclusive, so a part is never above its whole; providers do report that, and pricing has
a rule for it.  A `day` that is not that of `at` is of no effect, since the day follows from `at`.
"""

# ruff: noqa: S608 - what statements are made of is ours

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.wording import calls_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

__all__ = ["odd_sentences"]

_WHOLES = {
    "cache_read_input_tokens": "input_tokens",
    "cache_write_input_tokens": "input_tokens",
    "cache_write_5m_input_tokens": "cache_write_input_tokens",
    "cache_write_1h_input_tokens": "cache_write_input_tokens",
    "input_audio_tokens": "input_tokens",
    "input_image_tokens": "input_tokens",
    "reasoning_output_tokens": "output_tokens",
    "output_audio_tokens": "output_tokens",
    "output_image_tokens": "output_tokens",
}
"""Of what each count is a part."""


def odd_sentences(connection: DuckDBPyConnection, origins: Sequence[str]) -> list[str]:
    """Say what is odd about the rows of `sound` that can be, as they came in `incoming`.

    Args:
        connection: Where the two tables are.
        origins: Where rows came from, by their numbers.
    """
    return [
        f"{origins[origin]}: {_records(count)} {what}: {one}"
        for what, query in _ODD.items()
        for origin, count, one in connection.execute(query).fetchall()
    ]


def _records(count: int) -> str:
    return f"{calls_of(count, 'record')} {'have' if count > 1 else 'has'}"


def _example(part: str, whole: str) -> str:
    told = f"id || ': {part} ' || {part} || ' of {whole} ' || {whole}"
    return f"WHEN {part} > {whole} THEN {told}"


def _by_origin(odd: str) -> str:
    return f"SELECT origin, count(said), min(said) FROM ({odd}) GROUP BY origin ORDER BY origin"


_ABOVE = f"CASE {' '.join(_example(*pair) for pair in _WHOLES.items())} END"
_DATED = "try_cast(try_cast(incoming.day AS TIMESTAMP) AS DATE)"
_ODD = {
    "a part above its whole (kept as told)": _by_origin(
        f"SELECT origin, {_ABOVE} AS said FROM sound WHERE reason IS NULL AND said IS NOT NULL"
    ),
    "a `day` that is not that of `at` (ignored)": _by_origin(
        "SELECT sound.origin, sound.id AS said FROM incoming JOIN sound "
        "ON incoming.rowid = sound.place WHERE incoming.day IS NOT NULL AND sound.reason IS NULL "
        f"AND {_DATED} IS DISTINCT FROM sound.day"
    ),
}
"""What is odd, and the query for it: origins, how many records, and one of them."""
