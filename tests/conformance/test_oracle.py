"""Whether the oracle can be trusted: held to what providers add up, and to another reading."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conformance import exchanges as recordings
from conformance.oracle import COUNTS, truth
from conformance.recorded import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.recorded import Answer

SHARED = os.environ.get("SPECBUDGET_CONFORMANCE")
OTHER_NAMES = {
    "cache_read_input_tokens": "cache_read_tokens",
    "cache_write_input_tokens": "cache_write_tokens",
    "cache_write_1h_input_tokens": "cache_write_1h_tokens",
    "reasoning_output_tokens": "reasoning_tokens",
}


@pytest.mark.conformance
@pytest.mark.skipif(
    bool(recordings.missing()),
    reason="recordings are not in the cache; run python ci/fetch_recordings.py",
)
def test_input_and_output_add_up_to_the_total_that_the_provider_states() -> None:
    stated = [
        (one.place, one.truth.stated_total, one.truth.counts)
        for one in recordings.exchanges()
        if one.truth and one.truth.counts and one.truth.stated_total
    ]

    assert len(stated) > 3000
    assert [each for each in stated if each[1] != _total(each[2])] == []


def _total(counts: Mapping[str, int]) -> int:
    return counts.get("input_tokens", 0) + counts.get("output_tokens", 0)


@cache
def _answers(path: Path) -> list[Answer]:
    return read(path)


def _rows() -> Iterator[dict[str, Any]]:
    lines = Path(str(SHARED), "recordings/expected.jsonl").read_text("utf-8").splitlines()
    return (row for row in map(json.loads, lines) if "ambiguous" not in row["features"])


@pytest.mark.skipif(
    not SHARED, reason="SPECBUDGET_CONFORMANCE names no folder with other expectations"
)
def test_the_oracle_agrees_with_expectations_that_others_wrote() -> None:
    corpus = Path(str(SHARED), "recordings/corpus")
    pairs = [(row, truth(_answers(corpus / row["file"])[row["index"]])) for row in _rows()]

    wrong = [
        (row["file"], row["index"], row["usage"], found)
        for row, found in pairs
        if found and (not row["is_llm_call"] or dict(found.counts) != _expected(row))
    ]
    assert sum(found is not None for _, found in pairs) > 400
    assert wrong == []


def _expected(row: dict[str, Any]) -> dict[str, int]:
    usage = row["usage"] if row["usage_reported"] else None
    told = {name: (usage or {}).get(OTHER_NAMES.get(name, name)) for name in COUNTS}
    return {name: count for name, count in told.items() if count}
