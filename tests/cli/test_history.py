from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.history import a_record, history, journal_file
from support.journals import call

from pytest_specbudget.cli import history as command
from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: object) -> int:
    return main(["history", *map(str, words)])


def shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    run("show", "--history", folder, "--json")
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_every_run_below_a_folder_is_added(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / ".specbudget"
    for run_ in ("20261101", "20261102"):
        journal_file(home / "journal" / run_ / "main.jsonl", call("0.10"), run=run_)

    status = run("add", home, "--history", home / "history")

    assert status == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "2 records of 1 day (2026-11-21 to 2026-11-21)" in printed.err
    assert run("add", home, "--history", home / "history") == 0  # itself is no source
    assert "0 new records, 1 known already" in capsys.readouterr().err


def test_what_counts_once_in_a_report_counts_once_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for worker in ("gw0", "gw1"):
        copy = call("0.10", worker=worker, test="<fixture session:llm>", asks="same")
        journal_file(tmp_path / "run" / f"{worker}.jsonl", copy)

    run("add", tmp_path / "run", "--history", tmp_path / "h")

    (model,) = shown(tmp_path / "h", capsys)["models"]
    assert (model["calls"], model["list_cost"], model["billed_cost"]) == (1, "0.1", "0.2")


def test_what_is_damaged_or_absurd_is_named_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = {"id": "a", "at": "2026-11-02T10:00:00Z", "provider": "openai", "model": "gpt-5"}
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.parquet").write_bytes(b"PAR1 torn")
    (tmp_path / "in" / "b.jsonl").write_text(
        "\n".join(map(json.dumps, (line, line | {"id": "b", "input_tokens": 10**15}))), "utf-8"
    )

    status = run("add", tmp_path / "in", "--history", tmp_path / "h")

    assert status == 1
    told = capsys.readouterr().err
    assert "a.parquet: cannot be read" in told
    assert "b: input_tokens is 1000000000000000, no whole number" in told
    assert "1 new record, 1 set aside" in told
    assert "1 record of 1 day" in told


def test_many_sentences_are_cut_short(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.dumps({"id": str(number)}) for number in range(25)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")

    assert run("add", tmp_path / "a.jsonl", "--history", tmp_path / "h") == 1

    told = capsys.readouterr().err
    assert told.count("provider is missing") == 20
    assert "and 5 more" in told


@pytest.mark.parametrize(
    ("words", "why"),
    [
        pytest.param(("add", "nowhere"), "no such file or folder", id="what is not there"),
        pytest.param(("add", "."), "holds no usage", id="an empty folder"),
        pytest.param(("show",), "there is no history", id="no history"),
    ],
)
def test_what_makes_no_sense_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(*words) == 2

    assert why in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


class TestShow:
    def test_it_lists_the_models_the_dearest_first(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        unknown = a_record(None, model="new", provider="acme", at="2026-11-04T00:00:00Z")
        history(tmp_path, a_record("0.10"), a_record("2.00", model="gpt-5"), unknown)

        assert run("show", "--history", tmp_path) == 0

        lines = [line.split() for line in capsys.readouterr().out.splitlines()]
        assert lines[0][:8] == [
            "3",
            "records",
            "of",
            "2",
            "days",
            "(2026-11-02",
            "to",
            "2026-11-04)",
        ]
        assert lines[2:] == [
            ["openai", "gpt-5", "1", "$2.0000", "$2.0000"],
            ["openai", "gpt-5-mini", "1", "$0.1000", "$0.1000"],
            ["acme", "new", "1", "-", "-"],
        ]

    def test_json_has_exact_amounts(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        history(tmp_path, a_record("0.000000000000000001"))

        document = shown(tmp_path, capsys)

        assert document.pop("bytes") > 0
        assert document == {
            "records": 1,
            "days": 1,
            "first": "2026-11-02",
            "last": "2026-11-02",
            "soft_limit_bytes": 25_000_000,
            "quarantined": 0,
            "closed": 0,
            "models": [
                {
                    "provider": "openai",
                    "model": "gpt-5-mini",
                    "records": 1,
                    "calls": 1,
                    "list_cost": "0.000000000000000001",
                    "billed_cost": "0.000000000000000001",
                }
            ],
            "damage": [],
        }

    def test_more_than_the_soft_limit_is_told(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        history(tmp_path, a_record())
        monkeypatch.setattr(command, "SOFT_LIMIT", 100)

        assert run("show", "--history", tmp_path) == 0

        assert "keep it out of the repository" in capsys.readouterr().err

    def test_a_damaged_file_fails(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        history(tmp_path, a_record(), a_record(at="2026-11-04T00:00:00Z"))
        (file,) = tmp_path.glob("day=2026-11-04/*")
        file.write_bytes(file.read_bytes()[:-9])

        assert run("show", "--history", tmp_path) == 1

        printed = capsys.readouterr()
        assert "1 record of 1 day" in printed.out
        assert f"{file}: cannot be read" in printed.err
