"""Real recordings of public projects against what their providers' definitions say.

The recordings lie outside this project; SPECBUDGET_CONFORMANCE names the folder above them.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.cassettes.shapes import read_recording
from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers import read_whole
from pytest_specbudget.providers.deferred import BEGIN

if TYPE_CHECKING:
    from pytest_specbudget.cassettes.shapes import Interaction
    from pytest_specbudget.core.reading import Reading

FOLDER = Path(os.environ.get("SPECBUDGET_CONFORMANCE", ""), "recordings")
PROVIDERS = (
    *("openai", "azure", "anthropic", "google", "google-vertex"),
    *("cohere", "voyage", "openrouter", "writer", "aleph-alpha", "replicate", "perplexity"),
    *("together", "cloudflare", "databricks", "snowflake", "heroku", "groq", "deepseek"),
    *("cerebras", "crusoe", "zai", "ai21"),
)
OTHER_NAMES = {
    "cache_read_tokens": "cache_read_input_tokens",
    "cache_write_tokens": "cache_write_input_tokens",
    "cache_write_5m_tokens": "cache_write_5m_input_tokens",
    "cache_write_1h_tokens": "cache_write_1h_input_tokens",
    "reasoning_tokens": "reasoning_output_tokens",
}
NOT_EXPECTED = "tool_calls"
"""What the expectations have no name for; its own tests say when it is counted."""

pytestmark = pytest.mark.skipif(
    not os.environ.get("SPECBUDGET_CONFORMANCE"),
    reason="SPECBUDGET_CONFORMANCE does not name the folder of the recordings",
)


def rows() -> list[dict[str, Any]]:
    """Return the expectations about calls of these providers, as posted."""
    if not os.environ.get("SPECBUDGET_CONFORMANCE"):
        return []
    lines = (FOLDER / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    every = [json.loads(line) for line in lines]
    return [row for row in every if row["provider"] in PROVIDERS and row["method"] == "POST"]


def read(interaction: Interaction) -> Reading | None:
    """Read one interaction as the command `usage` does."""
    host, _, path = interaction.url.partition("//")[2].partition("/")
    request = Request(
        interaction.method,
        host.partition(":")[0],
        "/" + path.partition("?")[0].partition("#")[0],
        interaction.request_body,
    )
    return read_whole(request, interaction.status, interaction.headers, interaction.body)


def expected_usage(row: dict[str, Any]) -> dict[str, int]:
    """Return the counts of a row under our names, without what was reported as 0."""
    usage = row["usage"] or {}
    return {OTHER_NAMES.get(name, name): count for name, count in usage.items() if count}


def difference(row: dict[str, Any], reading: Reading | None) -> str | None:
    """Say in what a reading differs from what is expected."""
    called = reading is not None and reading.operation != BEGIN
    if reading is None or not called or not row["is_llm_call"]:
        return None if called is row["is_llm_call"] else "is_llm_call"
    told = reading.usage.reported().items()
    counts = {name: count for name, count in told if count and name != NOT_EXPECTED}
    found = {
        "certain": (reading.certain, True),
        "counted": (reading.counted and bool(reading.usage.reported()), row["count_in_totals"]),
        "usage": (counts, expected_usage(row)),
        "state": (reading.usage_state == "complete", row["usage_reported"]),
        "model": (reading.model, row["model"] or "(unnamed)"),
        "streaming": (reading.streaming, row["streaming"]),
        "request_model": (reading.request_model, row["request_model"]),
    }
    wrong = {name: pair for name, pair in found.items() if pair[0] != pair[1]}
    return str(wrong) if wrong else None


@pytest.mark.parametrize("kind", sorted({f"{row['provider']} {row['api']}" for row in rows()}))
def test_every_recorded_call_reads_as_its_provider_defines_it(kind: str) -> None:
    wrong = []
    seen: Counter[str] = Counter()
    for row in rows():
        if f"{row['provider']} {row['api']}" == kind and "ambiguous" not in row["features"]:
            interactions = read_recording(FOLDER / "corpus" / row["file"]) or []
            problem = difference(row, read(interactions[row["index"]]))
            wrong += [(row["file"], row["index"], problem)] if problem else []
            seen[kind] += 1

    assert seen[kind] > 0
    assert wrong == []


def test_an_answer_without_a_prompt_count_is_only_a_lower_bound() -> None:
    soft = [row for row in rows() if any("promptTokenCount missing" in n for n in row["notes"])]
    for row in soft:
        interactions = read_recording(FOLDER / "corpus" / row["file"]) or []
        reading = read(interactions[row["index"]])

        assert reading is not None
        assert reading.usage_state == "partial"
        assert reading.usage.output_tokens == row["usage"]["output_tokens"]
