"""A history that nobody made: as many records as are asked for, the same ones every time.

Twenty-four models of nine providers over 464 days, 200 SPECs of six stages.  One prompt in a
hundred is longer than 150,000 tokens, one call in a hundred failed, one in twenty went through a
batch where the model has such a price, a third read from a cache where that has one.  Every call
has a price.  What is recorded as its cost is made up.

The files lie as those of a history do, a day in each, so that it is read as one.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.store.embedded import SQL_TYPES, connect, quoted

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["DAYS", "GROUPS", "MODELS", "write"]

DAYS, SPECS, STAGES = 464, 200, 6
MODELS = (
    ("anthropic", "claude-3-5-haiku-20241022"),
    ("anthropic", "claude-opus-4-1-20250805"),
    ("anthropic", "claude-sonnet-4-20250514"),
    ("anthropic", "claude-sonnet-4-5-20250929"),
    ("bedrock", "anthropic.claude-haiku-4-5-20251001-v1:0"),
    ("cohere", "command-r-plus-08-2024"),
    ("deepseek", "deepseek-chat"),
    ("deepseek", "deepseek-reasoner"),
    ("google", "gemini-2.0-flash"),
    ("google", "gemini-2.5-flash"),
    ("google", "gemini-2.5-pro"),
    ("groq", "llama-3.3-70b-versatile"),
    ("mistral", "mistral-large-2411"),
    ("mistral", "mistral-small-2501"),
    ("openai", "gpt-4.1"),
    ("openai", "gpt-4.1-mini"),
    ("openai", "gpt-4o-2024-08-06"),
    ("openai", "gpt-4o-mini-2024-07-18"),
    ("openai", "gpt-5-2025-08-07"),
    ("openai", "gpt-5-mini"),
    ("openai", "o3-2025-04-16"),
    ("openai", "o4-mini"),
    ("xai", "grok-3"),
    ("xai", "grok-4-0709"),
)
GROUPS = SPECS * STAGES * len(MODELS)

_FIRST_DAY = "2025-08-13"
_LONG = 150_000

_TOLD = {
    "id": "'run-' || (i // 5000) || '/main/' || i",
    "part": "0",
    "day": "t",
    "at": "t",
    "clock": "t",
    "run": "'run-' || (i // 5000)",
    "provider": "provider",
    "model": "model",
    "request_model": "model",
    "operation": "'chat'",
    "service_tier": "CASE WHEN batches AND {draw:2:20} = 0 THEN 'batch' END",
    "spec": "'SPEC-' || {draw:3:200}",
    "stage": "'stage-' || {draw:4:6}",
    "test": "'tests/test_' || {draw:3:200} || '.py::test_' || {draw:4:6}",
    "source": "'live'",
    "outcome": "CASE WHEN {draw:5:100} = 0 THEN 'failed' ELSE 'answered' END",
    "usage_state": "CASE WHEN {draw:5:100} = 0 THEN 'none' ELSE 'complete' END",
    "free": "false",
    "input_tokens": "length",
    "output_tokens": "{draw:6:4000}",
    "cache_read_input_tokens": "CASE WHEN reads AND {draw:7:3} = 0 THEN length // 2 END",
    "cache_write_5m_input_tokens": "CASE WHEN writes AND {draw:8:10} = 0 THEN length // 5 END",
    "reasoning_output_tokens": "CASE WHEN {draw:9:4} = 0 THEN {draw:6:4000} // 2 END",
    "list_cost": "length * 3000000000000",
    "billed_cost": "length * 3000000000000",
    "price_id": "provider || '/' || model || '/default'",
}
"""What columns tell; `{draw:K:N}` is the K-th number that is drawn for a record, less than N."""


def write(folder: Path, records: int, catalogue: Catalogue, days: int = DAYS) -> None:
    """Write a history of *records* over *days* to *folder*, which is not there yet."""
    told = ", ".join(
        f'CAST({_TOLD.get(one.name, "NULL")} AS {SQL_TYPES[one.kind]}) AS "{one.name}"'
        for one in COLUMNS
    )
    step = days * 86_400 * 10**6 // records
    models = ", ".join(_model(place, catalogue) for place in range(len(MODELS)))
    length = (
        f"CASE WHEN {{draw:10:100}} = 0 THEN {_LONG} + {{draw:11:150000}} "
        "ELSE {draw:11:12000} END"
    )
    drawn = f"""
        SELECT {told} FROM (
            SELECT i, TIMESTAMP '{_FIRST_DAY}' + to_microseconds(i * {step}) AS t,
                {{draw:1:{len(MODELS)}}} AS m, {length} AS length
            FROM range({records}) AS r(i)
        ) JOIN (VALUES {models}) AS models(m, provider, model, reads, writes, batches) USING (m)"""  # noqa: S608 - nothing from outside
    how = "FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day), WRITE_PARTITION_COLUMNS true"
    with connect() as connection:
        connection.execute("SET threads = 1")  # so that a day is one file
        connection.execute(
            f"COPY ({_drawn(drawn)}) TO '{folder}' ({how}, FILENAME_PATTERN 'part-{{i}}')"
        )


def _drawn(sql: str) -> str:
    number = r"CAST(hash(i * 16 + \1) % \2 AS BIGINT)"
    return re.sub(r"\{draw:(\d+):(\d+)\}", number, sql)


def _model(place: int, catalogue: Catalogue) -> str:
    """Write a model, with what it has prices for."""
    provider, model = MODELS[place]
    found = catalogue.find(provider, model)
    if found is None:
        sys.exit(f"{model} of {provider} has no price any more, so nothing was measured")
    rates = set.intersection(*(set(row.rates) for row in found[1].rows_for("default", "")))
    batches = bool(found[1].rows_for("batch", ""))
    has = ("cache_read" in rates, "cache_write_5m" in rates, batches)
    return f"({place}, {quoted(provider)}, {quoted(model)}, {', '.join(map(str, has))})"
