"""The command `kpi`, on the journals that a project keeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.history import a_record, history
from support.journals import call
from support.kept import keep

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_figure_has_a_value_a_target_a_verdict_and_a_number(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("3", spec="SPEC-1", command="plan"), run="a")
    keep(here, call("1", spec="SPEC-1"), run="b")

    assert main(["kpi", "--baseline", "10", "--budget", "2.50", "--json"]) == 0

    told = {one["name"]: one for one in map(json.loads, capsys.readouterr().out.splitlines())}
    assert told["P1"]["value"] == "80.0 %"
    assert told["P5"] == {
        "name": "P5",
        "says": "SPECs within their budget, at most $2.50 each",
        "value": "50.0 %: 1 of 2 autos",
        "target": "95 % or more",
        "verdict": "missed",
        "n": 2,
    }


def test_people_read_a_table(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(here, call("1", spec="SPEC-1"))

    assert main(["kpi"]) == 0
    assert "average cost of an auto" in capsys.readouterr().out


def test_calls_of_no_spec_are_no_autos(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(here, call("1"))

    assert main(["kpi"]) == 0
    assert "no call here belongs to a SPEC" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["--baseline", "0"], ["--budget", "lots"], ["--phase", "4"]], ids=" ".join
)
def test_a_word_that_makes_no_sense_is_a_wrong_argument(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["kpi", *words])

    assert stopped.value.code == 2


def test_where_nothing_was_kept_there_is_nothing_to_sum_up() -> None:
    assert main(["kpi"]) == 2


def test_it_says_what_it_counts_and_where_that_is_from(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("1", spec="SPEC-1", source="replay", billed_cost=None))

    main(["kpi"])

    told = capsys.readouterr().err
    assert "1 auto, from .specbudget/journal" in told
    assert "replayed calls as if they had been live" in told


def verdicts(capsys: pytest.CaptureFixture[str]) -> set[str]:
    return {json.loads(line)["verdict"] for line in capsys.readouterr().out.splitlines()}


def test_where_a_run_was_killed_no_target_is_called_met(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = keep(here, call("0.10", spec="SPEC-1", command="plan"))
    assert main(["kpi", "--json"]) == 0
    assert verdicts(capsys) == {"met", "open"}

    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))

    assert main(["kpi", "--json"]) == 1
    assert verdicts(capsys) == {"open"}


def test_where_a_run_was_killed_no_target_is_called_missed(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = keep(here, call("9", spec="SPEC-1", command="plan"))
    assert main(["kpi", "--json"]) == 0
    assert verdicts(capsys) == {"missed"}

    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))

    assert main(["kpi", "--json"]) == 1
    assert verdicts(capsys) == {"open"}


def test_a_call_whose_first_part_is_not_told_is_of_unknown_cost(here: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    history(here / ".specbudget/history", a_record(None, part=1), a_record("1"))
    keep(here, call("1", spec="SPEC-1"))

    assert main(["kpi"]) == 3


def test_what_is_of_unknown_cost_is_no_success(here: Path) -> None:
    keep(here, call(None, spec="SPEC-1"))

    assert main(["kpi"]) == 3


def told_by(path: Path, name: str, **values: object) -> None:
    """Let the journal at *path* tell of an event."""
    header, *rest = path.read_text().splitlines(keepends=True)
    told = json.dumps({"kind": "event", "event": name, "values": values})
    path.write_text("".join((header, f"{told}\n", *rest)))


def figure(capsys: pytest.CaptureFixture[str], name: str) -> dict[str, Any]:
    told: Iterator[dict[str, Any]] = map(json.loads, capsys.readouterr().out.splitlines())
    return next(one for one in told if one["name"] == name)


def test_a_spec_is_held_to_what_its_run_was_held_to_else_to_what_is_set(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "specbudget.toml").write_text('budgets = { "SPEC-2" = 0.50 }', "utf-8")
    first = keep(here, call("1", spec="SPEC-1"), call("1", spec="SPEC-2"), run="a")
    limits = [["spec", "SPEC-1", "0.10", "--spec-budget=SPEC-1=0.10"]]
    told_by(first, "settings", limits=limits, alert_warning="4/5", alert_critical="9/10")
    keep(here, call("1", spec="SPEC-1"), run="b")

    assert main(["kpi", "--json"]) == 0

    found = figure(capsys, "P5")
    assert (found["verdict"], found["value"]) == ("missed", "33.3 %: 1 of 3 autos")
    assert "by the ceiling of its run (1), the ceiling that is set now (1)" in found["says"]


@pytest.mark.parametrize(
    ("event", "values"),
    [
        pytest.param("partial", {"reasons": ["tests chosen by name"]}, id="chosen by name"),
        pytest.param("ended", {"early": "stopped early"}, id="stopped early"),
        pytest.param("ended", {"why": "interrupted"}, id="broken off"),
    ],
)
def test_a_run_of_a_part_is_no_auto_unless_that_is_asked_for(
    event: str, values: dict[str, object], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("1", spec="SPEC-1"), run="a")
    told_by(keep(here, call("0.01", spec="SPEC-1"), run="b"), event, **values)

    assert main(["kpi", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out.splitlines()[0])["n"] == 1
    assert "; 1 left out, of runs of a part of the suite" in told.err

    assert main(["kpi", "--partial", "--json"]) == 0
    assert figure(capsys, "P2")["n"] == 2
