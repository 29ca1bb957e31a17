"""`history show` names calls of unknown cost, and `history settle` says what they count as."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.history import a_record, history
from support.journals import call
from support.kept import keep

from pytest_specbudget.cli import main
from pytest_specbudget.histories.settled_file import FILE_NAME, read_settlements

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.now(UTC).isoformat()
WHY = ("--reason", "the bill", "--by", "ana")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cut_off(here: Path, *, run: str = "r", count: int = 1, **others: Any) -> list[str]:
    """Leave the journal of a run with some calls that nobody saw answered; return their ids."""
    values = {"outcome": "unknown", "at": NOW, "test": "t.py::test_cut", **others}
    ids = [f"{run}/main/7/{number}" for number in range(count)]
    keep(here, call("1", at=NOW), *(call(None, id=one, **values) for one in ids), run=run)
    return ids


def settle(*words: str) -> int:
    return main(["history", "settle", *words])


def shown(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    main(["history", "show", "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_a_call_of_unknown_cost_is_shown_though_there_are_only_journals(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    (one,) = cut_off(here, error="KeyboardInterrupt")

    status = main(["history", "show"])

    told = " ".join(capsys.readouterr().out.split())
    assert status == 0
    assert "no history, only journals, in .specbudget/journal" in told
    assert f"{one} {NOW[:10]} {NOW[11:16]} t.py::test_cut" in told
    assert "no answer was seen (KeyboardInterrupt) -" in told
    assert "specbudget history settle CALL --usd" in told


def test_journals_that_cannot_be_read_are_told_beside_them(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off(here)
    (path,) = here.rglob("*.jsonl")
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))

    assert main(["history", "show"]) == 1
    assert "the process did not end well" in capsys.readouterr().err


def test_json_has_all_that_is_known_of_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = cut_off(here, host="gw.corp", model="m", spec="SPEC-1")
    (here / "specbudget.toml").write_text('hosts."*.corp" = { bound_usd = "0.05" }\n')

    (told,) = shown(capsys)["unknown_calls"]

    names = ("id", "run", "spec", "test", "host", "known_usd", "bound_usd", "settled")
    assert [told[name] for name in names] == [
        *(one, "r", "SPEC-1", "t.py::test_cut"),
        *("gw.corp", "0", "0.05", None),
    ]
    assert told["bound_by"].startswith('hosts."*.corp"')


def test_a_history_shows_them_below_its_models(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    history(here / ".specbudget/history", a_record(None, id="c", outcome="unknown"), a_record("1"))

    assert main(["history", "show"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("2 records of 1 day")
    assert [line for line in lines if line.startswith("c  ")]


@pytest.mark.parametrize(
    ("named", "counted"),
    [
        pytest.param(["r/main/7/0"], 1, id="one call"),
        pytest.param(["r/main/7/0", "r/main/7/2"], 2, id="two calls"),
        pytest.param(["r"], 3, id="all of a run"),
        pytest.param(["r", "r/main/7/1"], 3, id="each counts once"),
    ],
)
def test_what_is_settled_counts_and_is_told(
    named: list[str], counted: int, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off(here, count=3)
    cut_off(here, run="other")

    assert settle(*named, "--usd", "0.25", *WHY) == 0

    each = f"{counted} calls count as $0.25 each" if counted > 1 else "1 call counts as $0.25"
    assert capsys.readouterr().err == f"{each}: {FILE_NAME}\n"
    decided = read_settlements(here / FILE_NAME).by_call
    assert {(str(one.usd), one.reason, one.by) for one in decided.values()} == {
        ("0.25", "the bill", "ana")
    }
    told = shown(capsys)
    assert len(decided) == len(told["settled_calls"]) == counted
    assert len(told["unknown_calls"]) == 4 - counted


def test_a_settled_month_is_known_again(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = cut_off(here)
    assert main(["daily"]) == main(["status"]) == 3
    assert "specbudget history settle" in capsys.readouterr().err

    settle(one, "--usd", "0.25", *WHY)

    assert main(["daily"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["total_spent"] == "1.25"
    assert "1 call of unknown cost counts as $0.25, settled in" in told.err
    main(["status"])
    assert f"month {NOW[:7]}: spent $1.25\n" in capsys.readouterr().out
    main(["history", "show"])
    assert f"{one} counts as $0.25, settled by ana on " in capsys.readouterr().out


def test_each_call_counts_as_what_was_declared_of_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cheap = cut_off(here, run="a", host="a.corp")
    dear = cut_off(here, run="b", host="b.corp")
    (here / "specbudget.toml").write_text(
        'hosts."a.corp" = { bound_usd = "0.05" }\nhosts."b.corp" = { bound_usd = "2" }\n'
    )

    assert settle(*cheap, *dear, "--bound", *WHY) == 0

    decided = read_settlements(here / FILE_NAME).by_call
    assert {call: str(one.usd) for call, one in decided.items()} == {
        cheap[0]: "0.05",
        dear[0]: "2",
    }
    assert capsys.readouterr().err.count("1 call counts as $") == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(
            ["nope", "--usd", "1"], "nope: no such call is of unknown cost; there is r/", id="no"
        ),
        pytest.param(["r", "--bound"], 'declare hosts."gw.corp" = { bound_usd', id="no bound"),
        pytest.param(["done", "--usd", "1"], "counts as $0.10 already, settled by ana", id="done"),
    ],
)
def test_a_decision_that_makes_no_sense_is_not_written(
    words: list[str], told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off(here, host="gw.corp")
    cut_off(here, run="done")
    settle("done", "--usd", "0.10", *WHY)
    written = (here / FILE_NAME).read_text()

    assert settle(*words, *WHY) == 2

    assert told in capsys.readouterr().err
    assert (here / FILE_NAME).read_text() == written


def test_nothing_counts_as_less_than_is_known_of_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("0.30", id="c", at=NOW, usage_state="partial"))

    assert settle("c", "--usd", "0.29", *WHY) == 2
    assert "c is known to have cost $0.30, more than $0.29" in capsys.readouterr().err
    assert settle("c", "--usd", "0.30", *WHY) == 0


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["c", "--usd", "1"], id="no reason"),
        pytest.param(["c", "--usd", "1", "--reason", " "], id="a blank reason"),
        pytest.param(["c", "--usd", "1", "--reason", "a\nb"], id="a reason of two lines"),
        pytest.param(["c", "--reason", "x"], id="no amount"),
        pytest.param(["c", "--usd", "1", "--bound", "--reason", "x"], id="two amounts"),
        pytest.param(["c", "--usd=-1", "--reason", "x"], id="less than nothing"),
        pytest.param(["c", "--usd", "nan", "--reason", "x"], id="no number"),
        pytest.param(["c", "--usd", "1", "--reason", "x", "--by", ""], id="by nobody"),
        pytest.param(["--usd", "1", "--reason", "x"], id="no call"),
    ],
)
def test_a_decision_needs_an_amount_and_a_reason(words: list[str], here: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        settle(*words)

    assert not (here / FILE_NAME).exists()


def test_where_nothing_is_kept_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert settle("c", "--usd", "1", *WHY) == 2
    assert "no history is kept in" in capsys.readouterr().err
