"""The command `daily`: one day and its month, from the journals of a project's runs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call
from support.kept import keep

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2025-10-25"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def daily(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> dict[str, Any]:
    assert main(["daily", "--date", DAY, *words]) == status
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_a_day_has_exactly_the_keys_of_the_sample(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(
        here,
        call("133.32", at="2025-10-02T08:00:00Z", spec="SPEC-1"),
        call("12.00", at=f"{DAY}T08:00:00Z", spec="SPEC-1", tier="M"),
        call("0.35", at=f"{DAY}T23:59:59Z", spec="SPEC-2", model="gpt-4o", tier="X"),
        call("99", at="2025-10-26T00:00:00Z", spec="SPEC-3"),
    )

    told = daily(capsys, "--month-budget", "200")

    assert told == {
        "date": DAY,
        "total_spent": "12.35",
        "specs_completed": 2,
        "avg_cost_per_spec": "6.175",
        "model_usage": {"gpt-4o": 1, "gpt-5-mini": 1},
        "tier_distribution": {"tier_s": 0, "tier_m": 1, "tier_c": 0, "tier_x": 1},
        "budget_status": {
            "monthly_budget": "200",
            "spent_to_date": "145.67",
            "remaining": "54.33",
            "projected_month_end": "180.6308",
            "alert_level": "yellow",
        },
    }
    assert json.loads((here / "evidence/costs/daily_summary.json").read_text()) == told


def test_both_distributions_count_the_same_calls(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = f"{DAY}T08:00:00Z"
    keep(
        here,
        call("1", at=at, tier="S"),
        call("1", at=at, tier="cheap"),
        call("1", at=at),
        call("0", at=at, outcome="failed", model="gpt-4o"),
        call("5", at=at, source="replay", billed_cost=None),
    )

    told = daily(capsys)

    assert told["model_usage"] == {"gpt-4o": 1, "gpt-5-mini": 3}
    assert told["tier_distribution"] == {
        "tier_s": 1,
        "tier_m": 0,
        "tier_c": 0,
        "tier_x": 0,
        "tier_cheap": 1,
        "tier_none": 2,
    }


def test_without_a_ceiling_nothing_is_left_of_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("1", at=f"{DAY}T08:00:00Z"))

    told = daily(capsys)

    assert told["avg_cost_per_spec"] is None
    assert told["budget_status"] == {
        "monthly_budget": None,
        "spent_to_date": "1",
        "remaining": None,
        "projected_month_end": "1.24",
        "alert_level": None,
    }


def test_a_month_that_is_over_has_less_than_nothing_left(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("3", at=f"{DAY}T08:00:00Z"))
    (here / "specbudget.toml").write_text('month_budget = "2.50"\n')

    status = daily(capsys)["budget_status"]

    assert (status["remaining"], status["alert_level"]) == ("-0.5", "red")


def test_the_ceiling_of_the_seeds_table_holds_where_no_other_is_set(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("3", at=f"{DAY}T08:00:00Z"))
    (here / "routing.toml").write_text("[models.cost_limits]\nmonthly_budget = 200.00\n")
    (here / "specbudget.toml").write_text('routing = "routing.toml"\n')

    assert daily(capsys)["budget_status"]["monthly_budget"] == "200"
    assert daily(capsys, "--month-budget", "9")["budget_status"]["monthly_budget"] == "9"


def test_a_call_of_unknown_cost_is_no_zero(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(here, call("1", at=f"{DAY}T08:00:00Z"), call(None, at="2025-10-03T08:00:00Z"))

    status = main(["daily", "--date", DAY])

    assert status == 3
    assert "1 call of unknown cost in 2025-10" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("1", at=f"{DAY}T08:00:00Z"))
    (here / "evidence").write_text("a file in the way", "utf-8")

    assert main(["daily", "--date", DAY]) == 2
    told = capsys.readouterr().err
    assert told.startswith("specbudget: ")
    assert told.endswith(": cannot be written: it is no folder\n")


def test_damage_is_said_and_the_rest_summed_up(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = keep(here, call("1", at=f"{DAY}T08:00:00Z"))
    path.write_text(path.read_text() + '{"kind":"charge","id":"torn')

    assert daily(capsys, status=1)["total_spent"] == "1"


def test_a_call_of_tomorrow_counts_for_its_month_and_not_for_today(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    tomorrow = now + timedelta(days=1)
    keep(here, call("1.50", at=now.isoformat()), call("38.61", at=tomorrow.isoformat()))

    assert main(["daily", "--month-budget", "39"]) == 0

    told = json.loads(capsys.readouterr().out)
    in_month, level = ("40.11", "red") if tomorrow.month == now.month else ("1.5", "green")
    status = told["budget_status"]
    assert (told["total_spent"], status["spent_to_date"]) == ("1.5", in_month)
    assert status["alert_level"] == level


def test_where_nothing_was_kept_nothing_is_written(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["daily"]) == 2
    assert main(["daily", "--history", "elsewhere"]) == 2
    assert "elsewhere does not exist" in capsys.readouterr().err
    assert not (here / "evidence").exists()


def test_an_amount_that_is_none_is_a_wrong_argument(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("1"))

    assert main(["daily", "--month-budget", "lots"]) == 2
    told = 'specbudget: --month-budget=lots: "lots" is not an amount'
    assert capsys.readouterr().err.startswith(told)


@pytest.mark.parametrize(
    ("cost", "level"),
    [
        pytest.param("1", None, id="what is known is little"),
        pytest.param("99", "red", id="what is known is too much"),
    ],
)
def test_a_sum_that_lacks_something_is_never_green(
    here: Path, capsys: pytest.CaptureFixture[str], cost: str, level: str | None
) -> None:
    keep(here, call(cost, at=f"{DAY}T08:00:00Z"), call(None, at="2025-10-03T08:00:00Z"))

    told = daily(capsys, "--month-budget", "9", status=3)["budget_status"]

    assert (told["spent_to_date"], told["alert_level"]) == (cost, level)


def test_what_is_dated_ahead_is_said_and_no_level_is_certain(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("1", at=f"{DAY}T08:00:00Z"), call("68", at="2999-11-22T10:00:00Z"))

    status = main(["daily", "--date", DAY, "--month-budget", "9"])

    told = capsys.readouterr()
    assert status == 1
    assert json.loads(told.out)["budget_status"]["alert_level"] is None
    assert "1 call, $68.00, dated 2999-11-22" in told.err


def test_it_says_where_it_looked_and_what_it_leaves_out(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, call("1", at=f"{DAY}T08:00:00Z"))

    main(["daily", "--date", DAY])

    told = capsys.readouterr().err
    assert "from .specbudget/journal; " in told
    assert "replayed calls, which cost nothing, are in no figure" in told
