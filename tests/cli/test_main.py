"""The command line as a whole: wrong words, closed outputs, and what nobody foresaw."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_specbudget.cli import explain, main

FULL = Path("/dev/full")


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what is told of arguments that make no sense; the status is 2."""
    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        pytest.param(("reprot",), "report", id="a command"),
        pytest.param(("cassettes", "lnt"), "lint", id="an action of cassettes"),
        pytest.param(("history", "shwo"), "show", id="an action of history"),
        pytest.param(("drift", "--engine", "duckbd"), "duckdb", id="one of several values"),
        pytest.param(("drift", "--max-drfit", "3"), "--max-drift", id="an option"),
        pytest.param(("history", "cost", "--prics=x"), "--prices", id="an option of an action"),
        pytest.param(("help",), "--help", id="help as a command"),
    ],
)
def test_a_slip_is_told_with_what_was_probably_meant(
    words: tuple[str, ...], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(capsys, *words).endswith(f'; did you mean "{meant}"?\n')


def test_nothing_is_suggested_that_was_not_meant(capsys: pytest.CaptureFixture[str]) -> None:
    told = refused(capsys, "whatif", "--model", "gpt-5")

    assert told.endswith("unrecognized arguments: --model gpt-5\n")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("baseline show gone.json", id="baseline"),
        pytest.param("cassettes list gone", id="cassettes"),
        pytest.param("classify gone.md", id="classify"),
        pytest.param("combine gone.jsonl -o all.jsonl", id="combine"),
        pytest.param("diff gone.json gone.json", id="diff"),
        pytest.param("doctor gone", id="doctor"),
        pytest.param("explain gone", id="explain"),
        pytest.param("gate gone.json", id="gate"),
        pytest.param("history add gone", id="history"),
        pytest.param("init gone", id="init"),
        pytest.param("price --prices gone.toml", id="price"),
        pytest.param("prices check --prices gone.toml", id="prices"),
        pytest.param("prices diff gone", id="an action of prices"),
        pytest.param("report gone.json", id="report"),
        pytest.param("route plan --table gone.toml", id="route"),
        pytest.param("usage gone", id="usage"),
        pytest.param("whatif --cassettes gone --map gpt-4o=gpt-5", id="whatif"),
    ],
)
def test_every_command_says_in_one_way_what_is_wrong(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    main(words.split())

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("specbudget: ")
    assert shown.err.count("\n") == 1


def test_what_is_left_over_is_told_by_the_command_that_it_was_given_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = refused(capsys, "history", "cost", "--zzz")

    assert told.startswith("usage: specbudget history cost ")
    assert told.endswith("specbudget history cost: error: unrecognized arguments: --zzz\n")


def command(*words: str, **others: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own."""
    here = [sys.executable, "-m", "pytest_specbudget", *words]
    return subprocess.run(here, check=False, stderr=subprocess.PIPE, **others)


@pytest.mark.skipif(not FULL.exists(), reason="there is no full device here")
@pytest.mark.parametrize("words", [("explain",), ("schema", "report")], ids=" ".join)
def test_an_output_that_takes_nothing_more_is_one_sentence(words: tuple[str, ...]) -> None:
    with FULL.open("wb") as full:
        done = command(*words, stdout=full)

    assert done.returncode == 1
    assert done.stderr.decode().lower() == (
        "specbudget: what is to be written: cannot be used: no space left on device\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes descriptors")
def test_a_closed_output_is_nobody_who_reads() -> None:
    shell = f'"{sys.executable}" -m pytest_specbudget explain >&-'
    done = subprocess.run(shell, check=False, shell=True, stderr=subprocess.PIPE)  # noqa: S602 - our own words

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="needs pipes of a shell")
@pytest.mark.parametrize("words", ["explain", "schema report", "explain budget-exceeded"])
def test_a_reader_who_has_seen_enough_is_no_error(words: str) -> None:
    line = f'"{sys.executable}" -m pytest_specbudget {words}'
    shell = f'{{ {line}; echo "ended with $?" >&2; }} | true'
    done = subprocess.run(shell, check=False, shell=True, stderr=subprocess.PIPE)  # noqa: S602 - our own words

    assert done.stderr.decode() == "ended with 0\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_console_that_knows_few_letters_gets_what_it_can_show(
    encoding: str, tmp_path: Path
) -> None:
    (tmp_path / "n\u00e4me \u2603.json").write_text("{}", "utf-8")
    variables = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "20", "PYTHONUTF8": "0"}
    named = ("report", "n\u00e4me \u2603.json")

    done = command(*named, env=variables, cwd=tmp_path, stdout=subprocess.PIPE)

    assert done.returncode == 1
    assert b"\\u2603.json" in done.stderr
    assert b"Traceback" not in done.stderr


def test_what_cannot_be_used_is_a_sentence_with_its_name_and_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_arguments: object) -> int:
        raise PermissionError(13, "Permission denied", "out.json")

    monkeypatch.setattr(explain, "run", fail)

    assert main(["explain"]) == 1
    assert capsys.readouterr().err == (
        "specbudget: out.json: cannot be used: permission is denied\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in use cannot be removed there")
def test_a_folder_that_is_gone_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    here.rmdir()

    assert main(["status"]) == 1
    assert capsys.readouterr().err == (
        "specbudget: the folder that this is run in is not there any more; go to another one\n"
    )


def test_each_problem_of_the_settings_is_told_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specbudget.toml").write_text('budgett = 1\nmonth_budget = "x"\n', "utf-8")

    assert main(["status"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert all(line.startswith("specbudget: ") for line in told)


def test_an_interruption_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(explain, "run", interrupt)

    assert main(["explain"]) == 130
    assert capsys.readouterr().err == "specbudget: interrupted\n"


def test_streams_that_were_closed_are_closed_again_after_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", None)

    assert main(["explain"]) == 0
    assert sys.stdout is None
