"""The month in `status`: what is spent of it, what is left, and where it is bound for."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call
from support.kept import keep

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path

JOURNALS = ("--history", ".specbudget/journal")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def status(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert main(["status", "--date", "2025-10-25", *words]) == 0
    return capsys.readouterr().out.splitlines()


def month(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(status(capsys, "--json", *words)[-1])
    return told


def test_a_month_shows_what_is_spent_left_and_ahead(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("133.32", at="2025-10-02T08:00:00Z"), call("12.35", at="2025-10-25T08:00:00Z"))
    (here / "specbudget.toml").write_text('month_budget = "200"\nday_budget = "10"\n')

    assert status(capsys)[-3:] == [
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


def test_nobody_who_keeps_no_account_hears_of_a_month(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("1", at="2025-10-25T08:00:00Z"))

    assert not [line for line in status(capsys) if "month" in line]


def test_a_history_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--history", "elsewhere"]) == 1
    assert "elsewhere does not exist" in capsys.readouterr().err
