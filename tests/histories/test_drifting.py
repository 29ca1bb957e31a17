"""Recorded usage at other prices, as a gate of a run; journals need no database."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from support.kept import keep
from support.past import overlay, past, told

from pytest_specbudget.core.finding import result_of
from pytest_specbudget.core.money import Money
from pytest_specbudget.histories.drifting import drift_gate
from pytest_specbudget.histories.usage import opened
from pytest_specbudget.settings.settings import PriceAt, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.finding import Finding, Result
    from pytest_specbudget.core.ledger import Charge

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIMIT = {"max_drift": Fraction(10), "origins": {"max_drift": "--spec-max-drift=10"}}
IN_JUNE = "2025-06-01T10:00:00Z"


def gate(folder: Path, *calls: Charge, prices: str = "", **settings: Any) -> tuple[Finding, ...]:
    """Keep *calls*, and hold them to 10 % at the shipped prices with *prices* laid over them."""
    keep(folder, *calls)
    if prices:
        path = folder / "prices.toml"
        path.write_text(prices, "utf-8")
        settings["prices"] = (path,)
    asked = Settings(**{"history": folder, **LIMIT, **settings})
    return drift_gate(asked, NOW)[0]


def rules(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(one.rule, one.subject) for one in findings]


def test_nothing_is_asked_without_a_history() -> None:
    assert drift_gate(Settings(), NOW) == ((), None)


@pytest.mark.parametrize(
    ("price", "result"),
    [
        pytest.param("2.8", "fail", id="12 % dearer fails at 10 %"),
        pytest.param("2.75", "fail", id="just 10 % dearer fails"),
        pytest.param("2.725", "pass", id="9 % dearer passes"),
        pytest.param("2.25", "fail", id="just 10 % cheaper fails"),
        pytest.param("2.5", "pass", id="the same price passes"),
    ],
)
@pytest.mark.parametrize("since", [pytest.param("2026-11-10", id="dated"), pytest.param("", id="")])
def test_one_price_that_moves_is_found(
    tmp_path: Path, price: str, result: Result, since: str
) -> None:
    found = gate(tmp_path, past(), past(), prices=overlay(price, since=since))

    assert result_of(found) == result


def test_the_same_catalogue_gives_no_finding(tmp_path: Path) -> None:
    calls = [past(), past("gpt-4o-mini"), past("gemini-4-argon", provider="google")]

    assert gate(tmp_path, *calls) == ()


def test_a_model_is_named_with_the_price_change_that_explains_it(tmp_path: Path) -> None:
    rest = [past() for _ in range(20)]

    (found,) = gate(tmp_path, past("o3", at=IN_JUNE), *rest, max_drift=Fraction(50))

    assert (found.rule, found.subject) == ("price-drift", "openai/o3")
    assert found.message == (
        "openai/o3 cost $10.00 and costs $2.00 at the prices of 2026-11-22 (-80.0 %); the limit is "
        "50 %"
    )
    assert found.origin == "--spec-max-drift=10"
    assert found.details[0].startswith("from 2025-06-10 input 10 -> 2 USD per million (")
    assert found.details[1].startswith(
        "next month $50.00, if it is like the 30 days before 2026-11"
    )


def test_a_total_within_the_limit_hides_no_model(tmp_path: Path) -> None:
    rest = [past() for _ in range(40)]

    found = gate(tmp_path, past("o3", at=IN_JUNE), *rest)

    assert rules(found) == [("price-drift", "openai/o3")]


def test_the_whole_is_told_beside_its_models(tmp_path: Path) -> None:
    changed = overlay("2.8") + overlay("0.18", "gpt-4o-mini")

    found = gate(tmp_path, past(), past("gpt-4o-mini"), prices=changed)

    assert [one.subject for one in found if one.rule == "price-drift"] == [
        "whole history",
        "openai/gpt-4o",
        "openai/gpt-4o-mini",
    ]
    assert found[0].details[:2] == (
        "openai/gpt-4o   $2.50 -> $2.80   +12.0 %",
        "openai/gpt-4o-mini   $0.1500 -> $0.1800   +20.0 %",
    )


def test_opposite_moves_do_not_cancel(tmp_path: Path) -> None:
    changed = overlay("3.25", since="2026-11-10") + overlay("1.4", "gpt-4.1", since="2026-11-10")
    up, down = past(), past("gpt-4.1", tokens=(1_250_000, 0))

    found = gate(tmp_path, up, down, prices=changed)

    assert found[0].message == (
        "calls moved by $1.50 of $5.00 at the prices of 2026-11-22 (30.0 %), against each other; "
        "the limit is 10 %"
    )
    assert len(found) == 3


def test_a_change_that_was_announced_fails_ahead_of_time(tmp_path: Path) -> None:
    ahead = PriceAt(kind="time", time=datetime(2026, 12, 1, tzinfo=UTC))
    call = past("gemini-4-argon", provider="google")

    assert gate(tmp_path, call) == ()
    (found,) = gate(tmp_path, call, price_at=ahead)
    assert found.details[0].startswith("from 2026-12-01 input 2 -> 4 USD per million (")


def test_a_record_that_contradicts_its_own_time_is_a_warning_of_its_own(tmp_path: Path) -> None:
    (found,) = gate(tmp_path, past(list_cost=Money.parse("2.51")))

    assert (found.rule, found.severity) == ("history-contradicted", "warning")
    assert found.message == (
        "openai/gpt-4o was recorded at $2.51 for 1 call; at the prices of that time it is $2.50 "
        "(-0.4 %)"
    )


@pytest.mark.parametrize(
    "cost", [pytest.param("1", id="that had one then"), pytest.param(None, id="that had none")]
)
def test_a_model_without_a_price_leaves_it_open_and_is_named(
    tmp_path: Path, cost: str | None
) -> None:
    lost = past("none-such", list_cost=None if cost is None else Money.parse(cost))

    found = gate(tmp_path, past(), lost)

    (open_,) = [one for one in found if one.severity == "error"]
    assert open_.inconclusive
    assert open_.message.startswith("1 call of openai/none-such cannot be priced as of 2026-11-22")
    assert open_.details == ('no price for "none-such" of openai',)
    assert result_of(found) == "inconclusive"


def test_ten_percent_holds_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    found = gate(tmp_path, past(), prices=overlay("2.75"), max_drift=None, origins={})

    assert found[0].message.endswith("the limit is 10 %")
    assert found[0].origin == "by default"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("none", "does not exist", id="there is no such path"),
        pytest.param("empty", "holds no call that told its counts", id="there is nothing in it"),
    ],
)
def test_a_history_that_is_not_there_is_not_green(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "empty").mkdir()

    found, _ = drift_gate(Settings(history=tmp_path / name), NOW)

    assert rules(found) == [("gate-unavailable", str(tmp_path / name))]
    assert words in found[0].message
    assert result_of(found) == "inconclusive"


def test_prices_that_cannot_be_read_are_not_green(tmp_path: Path) -> None:
    found = gate(tmp_path, past(), prices="[[price]]\n")

    assert [one.rule for one in found] == ["gate-unavailable"]


def test_damage_is_named_and_the_rest_is_judged(tmp_path: Path) -> None:
    path = keep(tmp_path, past("o3", at=IN_JUNE), run="a")
    path.write_text(path.read_text("utf-8") + "{torn\n", "utf-8")

    found = gate(tmp_path, past())

    assert [one.rule for one in found] == ["price-drift", "journal-damaged"]


def test_journals_need_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)

    assert gate(tmp_path, past()) == ()


def test_a_store_says_the_same_as_its_journals(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    keep(tmp_path, past("o3", at=IN_JUNE), *[past() for _ in range(20)])
    store = tmp_path / "history"
    with opened(tmp_path / ".specbudget", NOW.date()) as (history, _):
        shutil.copytree(history.folder, store)

    of_store = drift_gate(Settings(history=store), NOW)
    of_journals = drift_gate(Settings(history=tmp_path / ".specbudget"), NOW)

    assert [one.message for one in of_store[0]] == [one.message for one in of_journals[0]]
    assert of_store[1] is not None
    assert of_journals[1] is not None
    assert of_store[1].now == of_journals[1].now


def test_what_is_no_journal_is_priced_with_the_journals(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    keep(tmp_path, past(id="r/main/7/1"))
    lines = tmp_path / "others.jsonl"
    other = told(past("o3", at=IN_JUNE, id="s/main/7/1"))[0]
    lines.write_text(json.dumps(other, default=str) + "\n", "utf-8")

    found, summary = drift_gate(Settings(history=tmp_path), NOW)

    assert summary is not None
    assert {one.subject: one.calls for one in summary.now.models} == {
        "openai/o3": 1,
        "openai/gpt-4o": 1,
    }
    assert [one.subject for one in found if one.rule == "price-drift"] == ["openai/o3"]


def test_a_store_without_its_database_is_not_green(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "day=2026-11-02/part-1.parquet"
    path.parent.mkdir()
    path.touch()
    monkeypatch.setitem(sys.modules, "duckdb", None)

    found, _ = drift_gate(Settings(history=tmp_path), NOW)

    assert [one.rule for one in found] == ["gate-unavailable"]
    assert "pip install 'pytest-specbudget[history]'" in found[0].message


def test_moves_within_one_model_do_not_cancel(tmp_path: Path) -> None:
    changed = overlay("3", "gpt-4.1", since="2026-11-10", output="4")
    given, made = past("gpt-4.1", tokens=(400_000, 0)), past("gpt-4.1", tokens=(0, 100_000))

    (found,) = gate(tmp_path, given, made, prices=changed)

    assert found.message.startswith("calls moved by $0.80 of $1.60 at the prices of 2026-11-22")
    assert found.details[0] == (
        "openai/gpt-4.1   $1.60 -> $1.60   0.0 %, its calls by $0.8000 either way"
    )
