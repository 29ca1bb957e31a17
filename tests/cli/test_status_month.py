"""The month in `status`: what is spent of it, what is left, and where it is bound for."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call
from support.kept import keep

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge

JOURNALS = ("--history", ".specbudget/journal")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def status(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert main(["status", "--date", "2025-10-25", *words]) in {0, 3}
    return capsys.readouterr().out.splitlines()


def month(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(status(capsys, "--json", *words)[-1])
    return told


def test_a_month_shows_what_is_spent_left_and_ahead(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("133.32", at="2025-10-02T08:00:00Z"), call("12.35", at="2025-10-25T08:00:00Z"))
    (here / "specbudget.toml").write_text('month_budget = "200"\nday_budget = "10"\n')

    assert status(capsys)[-4:] == [
        "billed by all runs together, from .specbudget/journal",
        "day 2025-10-25: spent $12.35 of $10.00 (123.5 %), $2.35 too much",
        "month 2025-10: spent $145.67 of $200.00 (72.8 %), $54.33 left",
        "  at its end $180.63 at this rate (yellow)",
    ]


def test_both_projections_and_the_interval_stand_beside_each_other(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = [date(2025, 7, 1) + timedelta(days=number) for number in range(117)]
    keep(here, *(call("1", at=f"{day}T08:00:00Z") for day in days))

    told = month(capsys, *JOURNALS)["month"]

    assert (told["spent_usd"], told["run_rate_usd"], told["expected_usd"]) == ("25", "31", "31")
    assert told["likely_usd"] == ["31", "31"]
    assert (told["ceiling_usd"], told["run_rate_level"]) == (None, None)
    assert "80 % likely $31.00 to $31.00" in status(capsys, *JOURNALS)[-1]


def test_calls_of_unknown_cost_are_never_left_out(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("1", at="2025-10-25T08:00:00Z"), call(None, at="2025-10-03T08:00:00Z"))

    assert "month 2025-10: spent $1.00 + ?" in status(capsys, *JOURNALS)
    assert month(capsys, *JOURNALS)["month"]["calls_of_unknown_cost"] == 1


def test_whoever_pays_hears_of_a_month_and_who_only_replays_does_not(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("1", at="2025-10-25T08:00:00Z", source="replay", billed_cost=None), run="a")
    assert not [line for line in status(capsys) if "month" in line]

    keep(here, call("1", at="2025-10-25T08:00:00Z"), run="b")

    assert "month 2025-10: spent $1.00" in status(capsys)


def test_a_call_of_tomorrow_counts_for_its_month_and_not_for_today(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    tomorrow = now + timedelta(days=1)
    (here / "specbudget.toml").write_text('month_budget = "39"\n')
    keep(here, call("1.50", at=now.isoformat()), call("38.61", at=tomorrow.isoformat()))

    assert main(["status", "--json"]) == 0

    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    in_month, level = ("40.11", "red") if tomorrow.month == now.month else ("1.5", "green")
    month = told["month"]
    assert (told["day"]["spent_usd"], month["spent_usd"]) == ("1.5", in_month)
    assert month["run_rate_level"] == level


@pytest.mark.parametrize("words", [[], ["S-1"]], ids=["of all", "of one SPEC"])
def test_a_killed_run_leaves_a_doubt_whatever_was_asked(
    here: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    path = keep(here, call("1", spec="S-1", at="2025-10-25T08:00:00Z"))
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))

    assert main(["status", "--date", "2025-10-25", *words]) == 1

    told = capsys.readouterr()
    assert told.err.count("did not end well") == 1
    assert ("month 2025-10: spent $1.00 + ?" in told.out) is not bool(words)


@pytest.mark.parametrize("words", [[], ["S-1"]], ids=["of all", "of one SPEC"])
def test_what_is_of_unknown_cost_is_no_success(here: Path, words: list[str]) -> None:
    keep(here, call(None, spec="S-1", at="2025-10-25T08:00:00Z"))

    assert main(["status", "--date", "2025-10-25", *words]) == 3


def test_a_history_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--history", "elsewhere"]) == 2
    assert "elsewhere does not exist" in capsys.readouterr().err


def test_what_is_unknown_is_in_no_level_but_red(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "specbudget.toml").write_text('month_budget = "100"\n')
    keep(here, *(call(None, at="2025-10-25T08:00:00Z") for _ in range(9)))

    told = month(capsys)["month"]
    lines = status(capsys)

    assert (told["run_rate_level"], told["all_known"]) == ("unknown", False)
    assert lines[-2] == (
        "month 2025-10: spent $0.00 + ? of $100.00 (0.0 % + ?), at most $100.00 left"
    )
    assert lines[-1] == "  at its end $0.00 at this rate (unknown)"

    keep(here, call("101", at="2025-10-25T08:00:00Z"), run="dear")

    assert month(capsys)["month"]["run_rate_level"] == "red"


@pytest.mark.parametrize(
    ("torn", "ahead"),
    [
        pytest.param('{"kind":"charge","id":"torn', (), id="a line is torn"),
        pytest.param("", (call("68", at="2999-11-22T10:00:00Z"),), id="a clock is wrong"),
    ],
)
def test_what_cannot_be_read_or_dated_is_said_and_in_no_level(
    here: Path, capsys: pytest.CaptureFixture[str], torn: str, ahead: tuple[Charge, ...]
) -> None:
    (here / "specbudget.toml").write_text('month_budget = "100"\n')
    path = keep(here, call("1", at="2025-10-25T08:00:00Z"), *ahead, run="skewed")
    path.write_text(path.read_text() + torn)

    assert main(["status", "--date", "2025-10-25"]) == 1

    told = capsys.readouterr()
    assert "(unknown)" in told.out
    assert "skewed" in told.err


def test_a_history_and_the_journals_since_stand_together(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    keep(here, call("12", at="2025-10-25T08:00:00Z"), run="added")
    main(["history", "add", ".specbudget/journal"])
    capsys.readouterr()
    keep(here, call("24", at="2025-10-25T09:00:00Z"), run="since")

    told = month(capsys)

    assert told["month"]["spent_usd"] == "36"
    assert told["sources"] == [".specbudget/history", ".specbudget/journal"]


def test_a_ceiling_where_nothing_is_kept_is_no_failure(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "specbudget.toml").write_text('month_budget = "100"\n')

    assert main(["status"]) == 0
    assert "no history is kept" in capsys.readouterr().err


def test_a_day_that_is_not_in_the_calendar_is_a_wrong_argument(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["status", "--date", "2026-02-30"])

    assert stopped.value.code == 2
    assert '"2026-02-30" is no day of the calendar' in capsys.readouterr().err
