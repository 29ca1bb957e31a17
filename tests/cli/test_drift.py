"""The command `drift`: what recorded usage costs at other prices, and its exit status."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.kept import keep
from support.past import overlay, past, shipped

from pytest_specbudget.cli import main
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pathlib import Path

IN_JUNE = "2025-06-01T10:00:00Z"
DAY = ("--price-at", "2026-11-22")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """Ask for JSON, and return the status with it."""
    status = main(["drift", *DAY, *arguments, "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return status, told


@pytest.mark.parametrize(
    ("price", "arguments", "status"),
    [
        pytest.param("2.8", (), 1, id="12 % fails at 10 %"),
        pytest.param("2.75", (), 1, id="just 10 % fails"),
        pytest.param("2.725", (), 0, id="9 % passes"),
        pytest.param("2.725", ("--max-drift", "9"), 1, id="just 9 % fails at 9 %"),
        pytest.param("2.8", ("--max-drift", "12.5"), 0, id="12 % passes at 12.5 %"),
    ],
)
def test_a_drift_is_the_exit_status(
    tmp_path: Path, price: str, arguments: tuple[str, ...], status: int
) -> None:
    path = keep(tmp_path, past())
    (tmp_path / "p.toml").write_text(overlay(price, since="2026-11-10"), "utf-8")

    command = ["drift", "--history", str(path), "--prices", "p.toml", *DAY, *arguments]

    assert main(command) == status


def test_json_tells_both_questions_exactly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, past("o3", at=IN_JUNE, tokens=(1001, 7)), past(tokens=(1, 0)))

    status, told = asked(capsys)

    assert (status, told["result"]) == (1, "fail")
    assert told["total"]["recorded_usd"] == "0.0102925"
    assert told["total"]["repriced_usd"] == "0.0020605"
    assert told["as_of_then"]["total"]["change_usd"] == "0"
    (change,) = told["models"][0]["changes"]
    assert (change["old_price_id"], change["new_price_id"], change["from"]) == (
        "openai/o3/default",
        "openai/o3/default/from-2025-06-10",
        "2025-06-10",
    )
    assert change["rates"][0] == {
        "meter": "input",
        "unit": "USD per million",
        "old_usd": "10",
        "new_usd": "2",
    }


def test_next_month_is_what_the_last_days_cost_at_the_new_prices(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = [past("o3", at=f"2025-06-{day:02}T10:00:00Z") for day in range(1, 10)]
    keep(tmp_path, past("o3", at="2025-05-01T10:00:00Z"), *days)

    _, told = asked(capsys)

    assert told["next_month"] == {
        "from": "2025-05-11",
        "before": "2025-06-10",
        "days_covered": 30,
        "days_used": 9,
        "recorded_usd": "90",
        "repriced_usd": "18",
        "calls_unknown": 0,
        "ended": True,
        "forecast_usd": "18",
    }


def test_people_read_the_models_the_changes_and_the_month(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, past("o3", at=IN_JUNE), *[past() for _ in range(36)])

    status = main(["drift", *DAY])

    out = capsys.readouterr().out
    assert status == 1
    assert out.startswith(
        "FAIL .specbudget/journal: 37 calls from 2025-06-01 to 2026-11-02, $100.00 as recorded, "
        "$92.00 at the prices of 2026-11-22 (-8.0 %)\n"
    )
    assert " ".join(out.split()).count("openai/o3 1 10.0000 2.0000 -8.0000 -80.0% drifted ") == 1
    assert "openai/o3/default/from-2025-06-10  openai/o3/default" in out
    assert "next month $90.00, if it is like the 30 days before 2026-11-03 (something was" in out


def test_a_total_that_fell_a_little_names_the_model_that_fell_far(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.toml").write_text(overlay("2.3145", since="2026-11-10"), "utf-8")
    keep(tmp_path, past("o3", at=IN_JUNE), *[past() for _ in range(36)])

    status, told = asked(capsys, "--prices", "p.toml", "--max-drift", "15")

    assert (status, told["total"]["said"], told["gross_said"]) == (1, "tolerated", "tolerated")
    assert [one["name"] for one in told["models"] if one["said"] == "drifted"] == ["openai/o3"]


def test_an_announced_change_is_found_ahead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, past("gemini-4-argon", provider="google"))

    assert asked(capsys)[0] == 0
    status, told = asked(capsys, "--price-at", "2026-12-01")

    assert (status, told["price_at"]) == (1, "2026-12-01T00:00:00Z")
    assert told["models"][0]["changes"][0]["from"] == "2026-12-01"


def test_the_day_of_the_catalogue_can_be_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, past())

    _, told = asked(capsys, "--price-at", "catalogue")

    assert datetime.fromisoformat(told["price_at"]) == shipped().as_of


def test_usage_without_a_price_has_a_status_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, past(), past("none-such", list_cost=Money.parse(1)))

    status, told = asked(capsys)

    assert (status, told["result"]) == (3, "inconclusive")
    assert told["models"][-1]["reasons"] == ['no price for "none-such" of openai']


def test_a_fault_of_the_record_fails_only_where_that_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, past(list_cost=Money.parse("2.500000000000000001")))

    assert main(["drift", *DAY]) == 0
    assert capsys.readouterr().out.startswith("PASS ")
    assert main(["drift", *DAY, "--exact"]) == 1
    assert capsys.readouterr().out.startswith("FAIL ")


def test_damage_is_named_and_the_rest_is_priced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = keep(tmp_path, past())
    path.write_text(path.read_text("utf-8") + "{torn\n", "utf-8")

    status = main(["drift", *DAY, "--json"])

    said = capsys.readouterr()
    assert status == 1
    assert f"{path.relative_to(tmp_path)}:4: a torn or foreign line" in said.err
    told = json.loads(said.out)
    assert (told["result"], told["total"]["calls"]) == ("inconclusive", 1)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        pytest.param((), 2, "no history is kept in", id="nothing to price"),
        pytest.param(("--history", "none"), 2, '"none" does not exist', id="no such path"),
        pytest.param(("--max-drift", "-3"), 2, "is no percentage", id="no percentage"),
        pytest.param(("--price-at", "soon"), 2, "soon", id="no time"),
        pytest.param(("--price-at", "recorded"), 2, "--exact", id="as of then, which is told"),
        pytest.param(
            ("--history", ".", "--prices", "none.toml"), 2, "none.toml", id="no such prices"
        ),
        pytest.param(("--history", "."), 1, "", id="a folder without usage"),
    ],
)
def test_what_makes_no_sense_is_said(
    arguments: tuple[str, ...], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drift", *arguments]) == status
    assert words in capsys.readouterr().err


def test_the_settings_of_the_project_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path / "old", past("o3", at=IN_JUNE))
    lines = '[tool.specbudget]\nhistory = "old"\nmax_drift = 90\n'
    (tmp_path / "pyproject.toml").write_text(lines, "utf-8")

    status, told = asked(capsys)

    assert (status, told["limit"]) == (0, "90 %")


def test_markdown_shows_names_as_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(tmp_path, past("o3", at=IN_JUNE, stage="@all"), past("<b>|@all", list_cost=Money.parse(1)))

    main(["drift", *DAY, "--markdown"])

    out = capsys.readouterr().out
    assert out.startswith("**FAIL** `.specbudget/journal: 1 call ")
    assert "| `openai/o3` | 1 | 10.0000 | 2.0000 | -8.0000 | -80.0% | **drifted** |" in out
    assert "| `openai/<b>\\x7c@all` |" in out


def test_a_replay_without_the_day_of_its_prices_is_in_doubt_where_all_must_be_exact(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, past(source="replay"), past(source="replay", priced_at=IN_JUNE))

    status, told = asked(capsys)
    exact, said = asked(capsys, "--exact")

    assert (status, told["calls_undated"]) == (0, 1)
    assert (exact, said["result"]) == (1, "inconclusive")


def test_a_price_that_names_nothing_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, past())
    (tmp_path / "p.toml").write_text('[[discount]]\nprovider = "opnai"\npercent = "5"\n')

    status = main(["drift", "--prices", "p.toml", *DAY])

    assert status == 0
    assert 'nobody sells under the name "opnai"' in capsys.readouterr().err


def test_what_makes_no_sense_is_told_in_the_words_of_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, past())

    status = main(["drift", "--price-at", "2026-13-01"])

    told = capsys.readouterr().err
    assert status == 2
    assert "--price-at" in told
    assert "--spec-" not in told
