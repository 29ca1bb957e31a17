"""The action `cassettes rerecord`: which, for how much, by which test, and only when agreed to."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from support.recorded import chat, write

from pytest_specbudget.cassettes.names import cassette_path
from pytest_specbudget.cli import main
from pytest_specbudget.cli.cassettes._running import Ended

if TYPE_CHECKING:
    from pathlib import Path

OLD = "Tue, 03 Nov 2015 10:00:00 GMT"
# Stands in for a test that records: this module makes its cassette anew.
MODULE = """
import pathlib

def test_old():
    path = pathlib.Path(__file__).parent / "cassettes/test_mod/test_old.yaml"
    beside = path.with_suffix(".new")
    beside.write_text(path.read_text())
    beside.replace(path)

def test_young():
    assert False
"""


@pytest.fixture(autouse=True)
def _suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:cacheprovider")
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", "utf-8")
    (tmp_path / "test_mod.py").write_text(MODULE, "utf-8")
    write(tmp_path / "cassettes/test_mod/test_old.yaml", chat(date=OLD))
    write(tmp_path / "cassettes/test_mod/test_young.yaml", chat(model="gpt-4o-mini"))


def chosen(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    """Return the JSON lines of a dry run."""
    assert main(["cassettes", "rerecord", "--dry-run", "--json", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def journal(folder: Path, cassette: Path, test: str, **more: Any) -> None:
    """Write the journal of a run in which *test* used *cassette*."""
    charge = {
        "kind": "charge",
        "id": "r/main/1/1",
        "at": "2026-11-21T10:00:00Z",
        "host": "api.openai.com",
        "source": "replay",
        "outcome": "answered",
        "reading": {"provider": "openai", "operation": "chat", "usage_state": "complete"},
        "attribution": {"test": test},
        "cassette": str(cassette),
        **more,
    }
    header = {"kind": "header", "schema": 1, "run": "r", "worker": "main", "pid": 1}
    file = folder / ".specbudget/journal/20261121T100000Z-r/h-1-main.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("".join(f"{json.dumps(line)}\n" for line in (header, charge)), "utf-8")


def test_a_dry_run_says_what_how_much_and_by_which_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = main(["cassettes", "rerecord", "--dry-run"])

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert lines == [
        "cassettes/test_mod/test_old.yaml   1 call, about $0.0035, recorded 2015-11-03",
        "    sends    openai/gpt-4o",
        "    command  pytest test_mod.py::test_old --spec-record=all",
        "cassettes/test_mod/test_young.yaml   1 call, about $0.00021, recorded 2026-11-02",
        "    sends    openai/gpt-4o-mini",
        "    command  pytest test_mod.py::test_young --spec-record=all",
        "2 recordings, 2 calls: about $0.00371 at today's list prices; new answers may be longer",
    ]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        pytest.param(["--older-than", "3000"], ["test_old"], id="by age"),
        pytest.param(["--model", "gpt-4o"], ["test_old"], id="by model"),
        pytest.param(["--model", "openai/*"], ["test_old", "test_young"], id="by provider"),
        pytest.param(["--model", "*mini", "--older-than", "3000"], [], id="each option narrows"),
    ],
)
def test_recordings_are_chosen(
    arguments: list[str], names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = chosen(capsys, *arguments)

    assert [one["file"].rpartition("/")[2].removesuffix(".yaml") for one in found] == names


def test_a_difference_that_was_accepted_as_not_counting_is_no_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cassette = tmp_path / "cassettes/test_mod/test_old.yaml"
    excused = {"places": ["$.store"], "foreign": False, "listed": False, "excused": True}
    journal(tmp_path, cassette, "test_mod.py::test_old", verdict="hit", staleness=excused)

    assert chosen(capsys, "--changed") == []


def test_the_journal_knows_better_whose_a_recording_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cassette = tmp_path / "cassettes/test_mod/test_old.yaml"
    journal(tmp_path, cassette, "test_other.py::test_moved[a b]")

    (one,) = chosen(capsys, str(cassette))

    assert one["tests"] == ["test_other.py::test_moved[a b]"]


def test_what_answered_another_request_is_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cassette = tmp_path / "cassettes/test_mod/test_old.yaml"
    staleness = {"places": ["$.model"], "foreign": False, "listed": False}
    journal(tmp_path, cassette, "test_mod.py::test_old", verdict="stale", staleness=staleness)

    (one,) = chosen(capsys, "--changed")

    assert one["file"].endswith("test_old.yaml")


def test_what_changed_cannot_be_told_without_a_journal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = main(["cassettes", "rerecord", "--dry-run", "--changed"])

    assert status == 2
    assert "run pytest" in capsys.readouterr().err


def partial_run(folder: Path, test: str) -> None:
    """Leave the journal of a newer run, of *test* alone, which its recording answered."""
    kept = folder / ".specbudget/journal"
    whole = kept / "20261121T100000Z-r/h-1-main.jsonl"
    first, second = map(json.loads, whole.read_text("utf-8").splitlines())
    cassette = second["cassette"].replace("test_old", test.rpartition("::")[2])
    second |= {"attribution": {"test": test}, "verdict": "hit", "cassette": cassette}
    second.pop("staleness")
    lines = [
        first,
        second,
        {"kind": "event", "event": "partial", "values": {"reasons": ["tests chosen by name"]}},
        {"kind": "footer", "count": 1, "list_cost": "0"},
    ]
    whole.write_text(f"{whole.read_text('utf-8')}{json.dumps(lines[-1])}\n", "utf-8")
    file = kept / "20261122T100000Z-s/h-1-main.jsonl"
    file.parent.mkdir()
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")


@pytest.mark.parametrize(
    ("test", "changed"),
    [
        pytest.param("test_mod.py::test_young", ["test_old"], id="what it left out still counts"),
        pytest.param("test_mod.py::test_old", [], id="what it ran counts as it found it"),
    ],
)
def test_after_a_partial_run_older_ones_tell_what_changed_for_other_tests(
    test: str, changed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cassette = tmp_path / "cassettes/test_mod/test_old.yaml"
    staleness = {"places": ["$.model"], "foreign": False, "listed": False}
    journal(tmp_path, cassette, "test_mod.py::test_old", verdict="stale", staleness=staleness)
    partial_run(tmp_path, test)

    status = main(["cassettes", "rerecord", "--changed", "--dry-run", "--json"])

    told = capsys.readouterr()
    files = [json.loads(line)["file"] for line in told.out.splitlines()]
    assert status == 0
    assert [file.rpartition("/")[2].removesuffix(".yaml") for file in files] == changed
    assert "the newest run was partial (tests chosen by name); of other tests" in told.err
    assert "back to 20261121T100000Z-r of the whole suite" in told.err


def test_a_cap_is_refused_where_nothing_is_metered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SPECBUDGET_DISABLE", "1")

    status = main(["cassettes", "rerecord", "--max-cost", "9"])

    assert status == 2
    assert "--max-cost holds nothing while SPECBUDGET_DISABLE" in capsys.readouterr().err


def test_nothing_is_run_before_it_is_agreed_to(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["cassettes", "rerecord"])

    assert status == 2
    assert "--max-cost USD or --yes" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("model", "cap", "said"),
    [
        pytest.param("gpt-4o", "0.003499", "above --max-cost $0.003499", id="too dear"),
        pytest.param("made-up", "9", "1 call of unknown cost", id="of unknown cost"),
    ],
)
def test_a_cap_that_does_not_hold_the_estimate_runs_nothing(
    tmp_path: Path, model: str, cap: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "cassettes/test_mod/test_old.yaml", chat(model=model))
    before = path.stat().st_ino

    status = main(["cassettes", "rerecord", str(path), "--max-cost", cap])

    assert status == 1
    assert said in capsys.readouterr().err
    assert path.stat().st_ino == before


def test_a_cap_that_equals_the_estimate_runs_the_test(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cassettes/test_mod/test_old.yaml"
    before = path.stat().st_ino, path.stat().st_mtime_ns

    status = main(["cassettes", "rerecord", str(path), "--max-cost", "0.0035"])

    captured = capfd.readouterr()
    assert status == 0, captured.err
    assert (path.stat().st_ino, path.stat().st_mtime_ns) != before
    assert "pytest test_mod.py::test_old --spec-record=all" in captured.out
    first, *others = captured.err.splitlines()
    assert first == "test_mod.py::test_old: 1 passed, sent 0 calls, $0.0000"
    assert len(others) == 1  # what pytest printed is not repeated


def test_a_test_that_fails_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cassettes/test_mod/test_young.yaml"

    status = main(["cassettes", "rerecord", str(path), "--yes"])

    err = capfd.readouterr().err
    assert status == 1
    assert err.startswith("test_mod.py::test_young: 1 failed, sent 0 calls, $0.0000\n")
    assert "specbudget: pytest test_mod.py::test_young --spec-record=all\n" in err
    assert ">       assert False" in err
    assert "test_young.yaml: is as it was" in err


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals of POSIX")
def test_whoever_interrupts_it_is_told_what_was_sent(tmp_path: Path) -> None:
    interrupting = "import os, signal, time\n\ndef test_old():\n"
    interrupting += "    os.kill(os.getppid(), signal.SIGINT)\n    time.sleep(5)\n"
    (tmp_path / "test_mod.py").write_text(interrupting, "utf-8")
    words = ["cassettes", "rerecord", "cassettes/test_mod/test_old.yaml", "--yes"]
    program = (
        "import signal, sys\nfrom pytest_specbudget.cli import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a job of a shell ignores it\n"
        f"sys.exit(main({words}))"
    )

    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)

    *_, sent, said = done.stderr.decode().splitlines()
    assert (done.returncode, said) == (130, "specbudget: interrupted")
    assert sent.startswith("specbudget: sent 0 calls, $0.0000")


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        pytest.param(0, ".\n1 passed in 0.05s\n", "1 passed", id="quiet"),
        pytest.param(
            0,
            "==== 2 passed, 1 skipped in 61.20s (0:01:01) ====\n",
            "2 passed, 1 skipped",
            id="loud",
        ),
        pytest.param(1, "1 failed, 2 passed in 1.00s\n", "1 failed, 2 passed", id="a failure"),
        pytest.param(1, "1 error in 1.00s\n", "1 error", id="an error of a fixture"),
        pytest.param(1, "1 passed in 1.00s\n", "failed (1 passed)", id="the gate failed alone"),
        pytest.param(0, "", "passed", id="a run that prints nothing"),
        pytest.param(5, "no tests ran in 0.01s\n", "no test was found", id="no test"),
        pytest.param(4, "ERROR: file or directory not found\n", "pytest was called", id="usage"),
        pytest.param(-9, "", "it ended with status -9", id="killed"),
    ],
)
def test_how_a_run_ended_is_said_in_few_words(status: int, text: str, outcome: str) -> None:
    assert Ended(status, text).outcome.startswith(outcome)


def test_what_a_command_records_along_is_in_the_estimate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_mod.py").write_text("def test_ask(word): ...\n", "utf-8")
    folder = tmp_path / "cassettes"
    one = write(cassette_path(folder, "test_mod", "test_ask[A]"), chat(date=OLD))
    write(cassette_path(folder, "test_mod", "test_ask[B]"), chat())

    found = chosen(capsys, str(one))

    assert [(each["tests"], each["along"]) for each in found] == [
        (["test_mod.py::test_ask"], False),
        (["test_mod.py::test_ask"], True),
    ]


def test_what_a_whole_folder_records_along_is_in_the_estimate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = write(tmp_path / "cassettes/conftest/fixture-session-corpus.yaml", chat())

    found = chosen(capsys, str(one))

    assert [(each["file"].rpartition("/")[2], each["along"]) for each in found] == [
        ("fixture-session-corpus.yaml", False),
        ("test_old.yaml", True),
        ("test_young.yaml", True),
    ]


def test_what_a_test_shares_with_others_is_not_recorded_along(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/test_mod/fixture-session-corpus.yaml", chat())

    found = chosen(capsys, "cassettes/test_mod/test_old.yaml")

    assert [each["file"].rpartition("/")[2] for each in found] == ["test_old.yaml"]


def test_a_model_is_known_by_the_name_that_was_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/test_mod/test_old.yaml", chat(answering="gpt-4o-2024-08-06"))

    (one,) = chosen(capsys, "--model", "gpt-4o")

    assert one["models"] == ["openai/gpt-4o-2024-08-06"]


@pytest.mark.parametrize(
    ("source", "option"),
    [
        pytest.param("def test_old(): ...", "--spec-record=all", id="ours"),
        pytest.param(
            "import pytest\n@pytest.mark.vcr\ndef test_old(): ...",
            "--record-mode=rewrite",
            id="vcr",
        ),
        pytest.param(
            "import pytest\n@pytest.mark.vcr('a.yaml')\nasync def test_old(): ...",
            "--record-mode=rewrite",
            id="vcr with a name",
        ),
        pytest.param(
            "from pytest import mark\npytestmark = [mark.vcr]\ndef test_old(): ...",
            "--record-mode=rewrite",
            id="vcr for the module",
        ),
        pytest.param(
            "import pytest\n@pytest.mark.vcr\ndef test_young(): ...\ndef test_old(): ...",
            "--spec-record=all",
            id="vcr for another test",
        ),
        pytest.param(
            "import vcr\n@vcr.use_cassette('a.yaml')\ndef test_old(): ...", None, id="by itself"
        ),
    ],
)
def test_who_records_a_test_decides_the_option(
    source: str, option: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_mod.py").write_text(source, "utf-8")

    (one,) = chosen(capsys, "cassettes/test_mod/test_old.yaml")

    assert one["option"] == option


def test_what_no_option_records_is_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = "import vcr\n@vcr.use_cassette('a.yaml')\ndef test_old(): ..."
    (tmp_path / "test_mod.py").write_text(source, "utf-8")

    status = main(["cassettes", "rerecord", "--yes", "cassettes/test_mod/test_old.yaml"])

    told = capsys.readouterr()
    assert status == 1
    assert "opens it with vcrpy's use_cassette" in told.err
    assert "pytest test_mod.py" not in told.err


def test_what_changed_is_told_in_a_project_with_settings_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "specbudget.toml").write_text('cassette_dir = "tapes"\n', "utf-8")
    tape = write(tmp_path / "tapes/test_mod/test_old.yaml", chat(date=OLD))
    staleness = {"places": ["$.model"], "foreign": False, "listed": False}
    journal(tmp_path, tape, "test_mod.py::test_old", verdict="stale", staleness=staleness)

    status = main(["cassettes", "rerecord", "--changed", "--dry-run"])

    assert status == 0
    assert "pytest test_mod.py::test_old --spec-record=all" in capsys.readouterr().out


def test_what_was_recorded_for_a_matrix_is_not_recorded_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/matrix/test_old/gpt-4o.yaml", chat())
    (tmp_path / "cassettes/matrix/matrix.json").write_text('{"rows": []}', "utf-8")

    found = chosen(capsys)

    assert [one["file"].split("/")[1] for one in found] == ["test_mod", "test_mod"]
