"""The action `cassettes stats`: by model, with repeats and the largest files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.recorded import chat, write

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "cassettes/a.yaml", chat(cached=500), chat(made=300), chat("x", status=503))
    write(tmp_path / "cassettes/b.yaml", chat("y", model="made-up"))


def test_the_document_has_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["cassettes", "stats", "--json"])

    told = json.loads(capsys.readouterr().out)
    known, unknown = told["models"]
    assert status == 0
    assert known == {
        "name": "openai/gpt-4o",
        "calls": 3,
        "usage": {"input_tokens": 2000, "output_tokens": 400, "cache_read_input_tokens": 500},
        "output_tokens_median": 100,
        "output_tokens_p90": 300,
        "cached_share": 0.25,
        "streamed_share": 0.0,
        "failures": {"503": 1},
        "list_cost_usd": "0.008375",
        "calls_unpriced": 0,
        "calls_unreported": 0,
    }
    assert (unknown["list_cost_usd"], unknown["calls_unpriced"]) == (None, 1)
    assert told["repeats"][0]["times"] == 2
    assert told["repeats"][0]["repeats_list_cost_usd"] == "0.0055"
    assert [each["file"] for each in told["largest"]] == ["cassettes/a.yaml", "cassettes/b.yaml"]


def test_the_text_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    main(["cassettes", "stats"])

    out = capsys.readouterr().out
    assert "503 x1" in out
    assert "1 call without a known cost" in out
    assert "requests recorded more than once: 1 (1 call too many), such as" in out
    assert "2 files, the largest:" in out
