"""`drift --engine`: which engine, where its usage lies, and what makes no sense of that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.history import journal_file
from support.past import past

from pytest_specbudget.cli import main

pytest.importorskip("duckdb")

JOURNAL = Path(".specbudget/journal/r/h-7-main.jsonl")
DAY = ("--price-at", "2026-11-22")
JOURNALS = ("--history", ".specbudget/journal")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ENGINE_URL", raising=False)


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    main(["drift", *DAY, *arguments, "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_an_engine_says_of_journals_what_the_loop_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    calls = [past("o3", at=f"2025-06-{day:02}T10:00:00Z", tokens=(day, 7)) for day in range(1, 10)]
    journal_file(JOURNAL, *calls, past(list_cost=None), past(usage_state="none", list_cost=None))

    told = asked(capsys, "--engine", "duckdb")

    assert told == asked(capsys)
    assert (told["total"]["calls"], told["calls_assumed"], told["calls_untold"]) == (10, 1, 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("--table", "x"), "--table is about an engine", id="a table of no engine"),
        pytest.param(("--url", "x://"), "--url is about an engine", id="a URL of no engine"),
        pytest.param(("--engine", "trino"), "trino is a server: say where", id="no address"),
        pytest.param(
            ("--engine", "trino", *JOURNALS), "trino is a server and reads no files", id="files"
        ),
        pytest.param(
            ("--engine", "duckdb", "--table", "x", *JOURNALS), "name two places", id="two places"
        ),
        pytest.param(
            ("--engine", "duckdb", "--table", "x"), "starts empty", id="a table of nothing"
        ),
        pytest.param(
            ("--engine", "spark", "--table", "a; drop table b"),
            '"a; drop table b" is no name of a table',
            id="more than a name",
        ),
        pytest.param(
            ("--engine", "duckdb", "--history", "none"), '"none" does not exist', id="no path"
        ),
        pytest.param(("--engine", "duckdb"), "no history is kept in", id="nothing here"),
    ],
)
def test_what_makes_no_sense_is_said(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if JOURNALS[0] in arguments:
        journal_file(JOURNAL, past())

    assert main(["drift", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_the_address_of_a_server_may_stand_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENGINE_URL", "nothing://me:hunter2@there/db")

    status = main(["drift", "--engine", "trino", "--table", "past.calls"])

    told = capsys.readouterr().err
    assert status == 1  # without Ibis, too: what is asked for cannot be had here
    assert "hunter2" not in told
    assert "past.calls on trino: no connection" in told or "this engine needs" in told
