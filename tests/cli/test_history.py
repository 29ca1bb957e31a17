from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from support.history import a_record, history, journal_file
from support.journals import call
from support.past import past

from pytest_specbudget.analysis.store.embedded import connect
from pytest_specbudget.analysis.store.history import History
from pytest_specbudget.cli import _history_shown, main

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
    assert capsys.readouterr().err.startswith(
        "2 sources with nothing new: 2 records known already\n"
    )


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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such name")
def test_a_name_that_is_no_text_is_told_and_the_rest_is_kept(tmp_path: Path) -> None:
    home = tmp_path / os.fsdecode(b"usage\xff")
    journal_file(home / "main.jsonl", call("0.10"))
    (home / "odd.jsonl").write_text('{"a": 1}\n')

    def command(*words: str) -> subprocess.CompletedProcess[bytes]:
        line = [sys.executable, "-m", "pytest_specbudget", "history", *words, "--history", "h"]
        return subprocess.run(line, check=False, capture_output=True, cwd=tmp_path)

    added, doubtful = command("add", str(home)), command("show")
    dismissed, shown = command("forget", "--reason", "it held nothing"), command("show")

    assert [one.returncode for one in (added, doubtful, dismissed, shown)] == [1, 1, 0, 0]
    assert b"odd.jsonl: cannot be read: its name is no UTF-8; rename it\n" in added.stderr
    assert shown.stdout.startswith(b"1 record of 1 day ")


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


LINE = {"id": "a", "at": "2026-11-02T10:00:00Z", "provider": "openai", "model": "gpt-5"}


def lines(path: Path, *told: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(one) + "\n" for one in told), "utf-8")
    return path


class TestWhatIsNotTaken:
    def test_keys_that_are_no_columns_are_named_with_what_was_meant(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        strange = {"prompt_tokens": 5, "cost_usd": 3.5, "input_token": 7, "extra": None}
        path = lines(tmp_path / "a.jsonl", LINE, LINE | {"id": "b"} | strange)

        assert run("add", path, "--history", tmp_path / "h") == 0

        assert (
            f"{path}: ignored: cost_usd (is list_cost, in attodollars meant?), extra, input_token "
            "(is input_tokens meant?), prompt_tokens (is input_tokens meant?); the columns are "
            "told by `specbudget schema history`\n"
        ) in capsys.readouterr().err

    def test_what_contradicts_itself_is_told_and_kept(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        odd = LINE | {"input_tokens": 10, "cache_read_input_tokens": 161, "day": "2026-11-09"}
        path = lines(tmp_path / "a.jsonl", odd, LINE | {"id": "b", "day": "2026-11-02"})

        assert run("add", path, "--history", tmp_path / "h") == 0

        told = capsys.readouterr().err
        assert (
            f"{path}: 1 record has a part above its whole (kept as told): a: "
            "cache_read_input_tokens 161 of input_tokens 10\n"
        ) in told
        assert f"{path}: 1 record has a `day` that is not that of `at` (ignored): a\n" in told

    @pytest.mark.parametrize("how", ["a torn line beside it", "in Parquet", "set aside"])
    def test_they_are_named_in_every_shape(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str
    ) -> None:
        path = lines(tmp_path / "a.jsonl", LINE | {"pony": 1})
        if how == "in Parquet":
            path = tmp_path / "a.parquet"
            query = "SELECT 'a' AS id, '2026-11-02' AS at, 'x' AS provider, 'y' AS model, 1 AS pony"
            connect().execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        elif how == "set aside":
            lines(path, {"reason": "", "from": "", "record": LINE | {"pony": 1}})
        else:
            path.write_text(path.read_text("utf-8") + "{\n", "utf-8")

        run("add", path, "--history", tmp_path / "h")

        told = capsys.readouterr().err
        assert f"{path}: 1 new record" in told
        assert f"{path}: ignored: pony; the columns" in told

    def test_files_of_a_folder_that_are_no_usage_are_named(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = tmp_path / "in"
        lines(folder / "a.jsonl", LINE)
        strange = ["b.csv", "c.jsonl.gz", "d.json", "empty.jsonl", "sub/e.txt", "sub/f.txt"]
        for name in (*strange, ".hidden/x.csv", ".y.csv", "quarantine/z.jsonl"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text("" if name.endswith("jsonl") else "{}", "utf-8")

        assert run("add", folder, "--history", tmp_path / "h") == 0

        named = "b.csv, c.jsonl.gz, d.json, empty.jsonl, sub/e.txt and 1 more (1 .txt)"
        assert f"{folder}: no usage, and left out: {named}\n" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("name", "content", "why"),
        [
            pytest.param("a.jsonl", b"", "is empty", id="empty"),
            pytest.param("a.csv", b"id,at\n1,2\n", "no line of it is a JSON object", id="a table"),
            pytest.param(
                "a.jsonl.gz", b"\x1f\x8b\x08\x00\xff\n", "none of them packed", id="packed"
            ),
        ],
    )
    def test_a_file_that_was_named_itself_and_is_none_fails_and_leaves_no_doubt(
        self,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        name: str,
        content: bytes,
        why: str,
    ) -> None:
        path = tmp_path / name
        path.write_bytes(content)

        assert run("add", path, "--history", tmp_path / "h") == 1

        told = capsys.readouterr().err
        assert (f"{path}: " in told, why in told, "in doubt" in told) == (True, True, False)
        assert run("show", "--history", tmp_path / "h") == 0

    def test_what_is_empty_is_said_to_be_empty(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run("add", lines(tmp_path / "a.jsonl", LINE | {"id": ""}), "--history", tmp_path / "h")

        assert "a.jsonl: a record: id is empty\n" in capsys.readouterr().err

    def test_a_history_that_cannot_be_written_is_named_with_the_way_out(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = lines(tmp_path / "a.jsonl", LINE)

        assert run("add", path, "--history", path / "h") == 1

        told = capsys.readouterr().err
        assert f"{path / 'h'}: the history cannot be written (it is no folder: " in told
        assert "name another folder with --history" in told

    @pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to root"
    )
    @pytest.mark.parametrize("name", ["a.jsonl", "a_telemetry.json", "a.parquet"])
    def test_a_file_that_may_not_be_read_is_named(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
    ) -> None:
        path = lines(tmp_path / name, LINE)
        path.chmod(0)

        assert run("add", path, "--history", tmp_path / "h") == 1

        assert f"{path}: cannot be read" in capsys.readouterr().err


class TestForget:
    def doubtful(self, tmp_path: Path) -> Path:
        absurd = lines(tmp_path / "big.jsonl", LINE, LINE | {"id": "b", "input_tokens": 10**15})
        torn = journal_file(tmp_path / "torn.jsonl", call(), torn="{")
        run("add", absurd, torn, "--history", tmp_path / "h")
        return tmp_path / "h"

    def test_until_then_the_history_is_damaged_and_says_how_to_end_it(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = self.doubtful(tmp_path)
        capsys.readouterr()

        assert run("show", "--history", folder) == 1

        printed = capsys.readouterr()
        assert "2 records of 2 days" in printed.out
        assert ", 1 set aside\n" in printed.out
        assert (
            f"1 record from {tmp_path / 'big.jsonl'} is set aside: b: input_tokens" in printed.err
        )
        assert f"{tmp_path / 'torn.jsonl'}:4: a torn or foreign line" in printed.err
        assert printed.err.count("`specbudget history forget`") == 2
        assert run("add", tmp_path / "big.jsonl", "--history", folder) == 1

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param(("drift", "--max-drift", "10"), id="drift"),
            pytest.param(("status",), id="the month"),
            pytest.param(("daily", "--month-budget", "100", "--evidence", "e"), id="the day"),
            pytest.param(("history", "cost"), id="what it costs"),
        ],
    )
    def test_whoever_reads_it_is_in_doubt_until_then(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        words: tuple[str, ...],
    ) -> None:
        (tmp_path / "project").mkdir()
        monkeypatch.chdir(tmp_path / "project")
        paid = past("gpt-4o-mini", at="2026-11-02T10:00:00Z", tokens=(1000, 100))
        run("add", journal_file(tmp_path / "a.jsonl", paid), "--history", ".specbudget/history")
        assert (main([*words]), "set aside" in capsys.readouterr().err) == (0, False)
        absurd = lines(tmp_path / "big.jsonl", LINE | {"id": "b", "input_tokens": 10**15})
        run("add", absurd, "--history", ".specbudget/history")

        assert main([*words]) == 1

        assert f"1 record from {absurd} is set aside" in capsys.readouterr().err
        run("forget", "--history", ".specbudget/history")
        assert main([*words]) == 0

    def test_then_it_is_whole_and_both_numbers_are_told(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = self.doubtful(tmp_path)

        assert run("forget", "--history", folder, "--reason", "a broken exporter") == 0

        assert "2 lines dismissed" in capsys.readouterr().err
        document = shown(folder, capsys)
        assert (document["quarantined"], document["closed"], document["damage"]) == (0, 1, [])
        assert run("show", "--history", folder) == 0
        assert ", 1 corrected or dismissed\n" in capsys.readouterr().out
        again = [tmp_path / "big.jsonl", tmp_path / "torn.jsonl"]
        assert run("add", *again, "--history", folder) == 0
        assert run("forget", "--history", folder) == 0
        assert "nothing is in doubt" in capsys.readouterr().err

    def test_only_what_is_named_is_forgotten(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = self.doubtful(tmp_path)

        assert run("forget", tmp_path / "torn.jsonl", "--history", folder) == 0
        assert run("forget", tmp_path / "torn.jsonl", "--history", folder) == 2

        assert f"in doubt is {tmp_path / 'big.jsonl'}\n" in capsys.readouterr().err

    def test_without_a_history_there_is_nothing_to_forget(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("forget", "--history", tmp_path / "h") == 2

        assert "there is no history" in capsys.readouterr().err


class TestWhichHistory:
    """What `add` keeps is what the project reads."""

    @pytest.mark.parametrize("how", ["in pyproject.toml", "in the environment"])
    def test_it_is_the_one_that_is_set(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        how: str,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        if how == "in pyproject.toml":
            table = '[tool.specbudget]\nhistory = "else/h"\n'
            (tmp_path / "pyproject.toml").write_text(table, "utf-8")
        else:
            monkeypatch.setenv("SPECBUDGET_HISTORY", "else/h")
        absurd = LINE | {"id": "b", "input_tokens": 10**15}

        assert run("add", lines(tmp_path / "a.jsonl", LINE, absurd)) == 1

        assert not (tmp_path / ".specbudget").exists()
        assert History(tmp_path / "else" / "h").size().records == 1
        assert run("forget") == 0
        assert run("show") == 0
        assert "1 record of 1 day" in capsys.readouterr().out
        assert run("show", "--history", tmp_path / "other") == 2

    def test_usage_of_another_shape_is_not_written_to(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("SPECBUDGET_HISTORY", "journals")
        path = journal_file(tmp_path / "journals" / "a.jsonl", call())

        assert run("add", path) == 2

        told = capsys.readouterr().err
        assert "set as the history by SPECBUDGET_HISTORY=journals; name a history with" in told
        assert [*(tmp_path / "journals").iterdir()] == [path]

    def test_settings_that_make_no_sense_are_told(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("SPECBUDGET_REPEATS", "many")

        assert run("show") == 2

        assert "SPECBUDGET_REPEATS=many" in capsys.readouterr().err

    @pytest.mark.parametrize("command", ["add", "show", "forget"])
    def test_help_says_so(self, capsys: pytest.CaptureFixture[str], command: str) -> None:
        with pytest.raises(SystemExit):
            run(command, "--help")

        assert "SPECBUDGET_HISTORY" in capsys.readouterr().out


def test_a_reader_that_has_seen_enough_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    history(tmp_path, a_record())
    reading, writing = os.pipe()
    os.close(reading)

    with os.fdopen(writing, "w", buffering=1, encoding="utf-8") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        assert run("show", "--history", tmp_path) == 0

    assert capsys.readouterr().err == ""


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
        assert lines[2:5] == [
            ["openai", "gpt-5", "1", "2.0000", "2.0000"],
            ["openai", "gpt-5-mini", "1", "0.1000", "0.1000"],
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
            "unknown_calls": [],
            "settled_calls": [],
            "unknown_calls_left_out": 0,
        }

    def test_more_than_the_soft_limit_is_told(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        history(tmp_path, a_record())
        monkeypatch.setattr(_history_shown, "SOFT_LIMIT", 100)

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
