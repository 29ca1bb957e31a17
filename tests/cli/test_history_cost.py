"""`history cost`: recorded usage at other prices, by group."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.history import journal_file
from support.journals import call
from support.past import past

from pytest_specbudget.cli import main
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage

pytest.importorskip("duckdb")

# o3 cost $10 and $40 a million tokens until 2025-06-10, and $2 and $8 since.
IN_JUNE = "2025-06-01T10:00:00Z"
JOURNAL = Path(".specbudget/journal/r/h-7-main.jsonl")
DAY = ("--price-at", "2026-11-22")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main(["history", "cost", *arguments, "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return status, told


def costs(told: dict[str, Any], *names: str) -> list[tuple[object, ...]]:
    return [tuple(group[name] for name in names) for group in told["groups"]]


def test_groups_tell_what_was_recorded_and_what_it_costs_now(
    capsys: pytest.CaptureFixture[str],
) -> None:
    journal_file(
        JOURNAL,
        past("o3", at=IN_JUNE, tokens=(1001, 7), spec="SPEC-1", stage="plan"),
        past("o3", at=IN_JUNE, tokens=(10, 0), spec="SPEC-1", stage="plan"),
        past(tokens=(100, 0), spec="SPEC-2"),
    )

    status, told = asked(capsys, *DAY)

    assert (status, told["by"], told["price_at"]) == (
        0,
        ["spec", "stage", "model"],
        "2026-11-22T00:00:00Z",
    )
    names = ("spec", "stage", "model", "calls", "input_tokens", "recorded_usd", "repriced_usd")
    assert costs(told, *names) == [
        ("SPEC-1", "plan", "o3", 2, 1011, "0.01039", "0.002078"),
        ("SPEC-2", None, "gpt-4o", 1, 100, "0.00025", "0.00025"),
    ]
    assert told["total"]["repriced_usd"] == told["total"]["contracted_usd"] == "0.002328"


def test_the_prices_that_calls_were_charged_give_what_was_recorded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    charged = past("o3", at=IN_JUNE, tokens=(1001, 7))
    later = past("o3", at=IN_JUNE, source="replay", priced_at="2026-11-02T10:00:00Z")
    journal_file(JOURNAL, charged, later)

    status, told = asked(capsys, "--price-at", "recorded", "--by", "source")

    assert (status, told["price_at"]) == (0, "recorded")
    assert costs(told, "source", "repriced_usd") == [("live", "0.01029"), ("replay", "2")]


def test_what_is_paid_follows_the_terms_of_the_user(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.toml").write_text('[[discount]]\nprovider = "openai"\npercent = "15"\n', "utf-8")
    journal_file(JOURNAL, past())

    _, told = asked(capsys, *DAY, "--prices", "p.toml", "--by", "provider")

    assert costs(told, "repriced_usd", "contracted_usd") == [("2.5", "2.125")]


def test_what_has_no_price_is_counted_apart_with_its_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    journal_file(JOURNAL, past(), past("none-such", tokens=(5, 6), list_cost=Money.parse(1)))

    status, told = asked(capsys, *DAY, "--by", "provider")

    assert status == 3
    assert costs(told, "calls", "repriced_usd", "records_unpriced", "recorded_of_unpriced_usd") == [
        (2, "2.5", 1, "1")
    ]
    (lacking,) = told["unpriced"]
    assert lacking.pop("example")
    assert lacking == {
        "provider": "openai",
        "model": "none-such",
        "reason": 'no price for "none-such" of openai',
        "records": 1,
        "input_tokens": 5,
        "output_tokens": 6,
    }


def test_people_read_the_dearest_first_and_the_total_last(
    capsys: pytest.CaptureFixture[str],
) -> None:
    journal_file(
        JOURNAL,
        past(tokens=(1000, 0)),
        past("o3", at=IN_JUNE),
        past("none-such", list_cost=None),
    )

    status = main(["history", "cost", *DAY, "--by", "model,day"])

    said = capsys.readouterr()
    lines = [line.split() for line in said.out.splitlines()]
    assert status == 3
    assert said.out.startswith(".specbudget/journal: 3 calls at the prices of 2026-11-22\n\nmodel ")
    assert lines[3:7] == [
        ["o3", "2025-06-01", "1", "1,000,000", "0", "10.0000", "2.0000", "0"],
        ["gpt-4o", "2026-11-02", "1", "1,000", "0", "0.0025", "0.0025", "0"],
        ["none-such", "2026-11-02", "1", "1,000,000", "0", "?", "?", "1"],
        ["total", "3", "2,001,000", "0", "10.0025", "+", "?", "2.0025", "+", "?", "1"],
    ]
    assert 'openai/none-such: 1 record without a price: no price for "none-such"' in said.err


def test_damage_is_named_and_the_rest_is_priced(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = journal_file(JOURNAL, past())
    path.write_text(path.read_text("utf-8") + "{torn\n", "utf-8")

    status = main(["history", "cost", *DAY, "--json"])

    said = capsys.readouterr()
    assert status == 1
    assert "a torn or foreign line" in said.err
    assert json.loads(said.out)["total"]["repriced_usd"] == "2.5"


EVERY_KIND = (
    past("o3", at=IN_JUNE, tokens=(1001, 7)),
    past("none-such", tokens=(5, 6), list_cost=Money.parse("0.30")),
    past(tokens=(9, 9), list_cost=None),
    past(outcome="failed", list_cost=Money()),
    past("none-such", list_cost=None),
    past(usage_state="none", list_cost=Money.parse("0.20")),
    call(None, outcome="unknown", model="gpt-4o"),
)


@pytest.mark.parametrize("engine", [(), ("--engine", "duckdb")])
def test_drift_has_the_same_sum_on_record_and_itemises_what_it_compares(
    engine: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    journal_file(JOURNAL, *EVERY_KIND)

    _, told = asked(capsys, *DAY, *engine)
    main(["drift", *DAY, *engine, "--json"])
    drifted = json.loads(capsys.readouterr().out)
    kept = {name: one for name, one in drifted["on_record"].items() if name.endswith("_usd")}
    recorded, failed, unknown, assumed = map(Money.parse, kept.values())

    assert str(recorded) == told["total"]["recorded_usd"] == "0.51029"
    assert drifted["on_record"]["calls"] == told["total"]["calls"] == len(EVERY_KIND)
    assert str(assumed) == told["total"]["repriced_of_unrecorded_usd"] == "0.0001125"
    compared = Money.parse(drifted["total"]["recorded_usd"])
    assert compared == recorded - failed - unknown + assumed


def test_what_one_sum_has_and_the_other_lacks_stands_below_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    journal_file(JOURNAL, *EVERY_KIND)

    assert main(["history", "cost", *DAY]) == 3

    assert capsys.readouterr().out.splitlines()[-2:] == [
        (
            "recorded USD is without 3 calls that no cost is on record of; repriced USD has "
            "$0.000112 for that"
        ),
        "recorded USD has $0.5000 of what has no price (4 records), which repriced USD is without",
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        pytest.param((), 2, "no history is kept in", id="nothing to price"),
        pytest.param(("--history", "none"), 2, '"none" does not exist', id="no such path"),
        pytest.param(("--by", "spec,flavour"), 2, 'no column "flavour"', id="no such column"),
        pytest.param(("--by", "modle"), 2, 'did you mean "model"?', id="a slip"),
        pytest.param(("--by", ""), 2, 'no column ""', id="no column at all"),
        pytest.param(("--price-at", "soon"), 2, "soon", id="no time"),
        pytest.param(("--history", ".", "--prices", "none.toml"), 2, "none.toml", id="no prices"),
        pytest.param(("--table", "x"), 2, "--table is about an engine", id="a table of no engine"),
        pytest.param(("--history", "."), 1, "holds no usage", id="a folder without usage"),
    ],
)
def test_what_makes_no_sense_is_said(
    arguments: tuple[str, ...], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["history", "cost", *arguments]) == status
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("period", "days", "keys"),
    [
        pytest.param("month", (30, 31, 33), ["2026-10", "2026-11"], id="months"),
        pytest.param("week", (31, 32, 33), ["2026-10-26", "2026-11-02"], id="weeks, by Mondays"),
    ],
)
def test_days_are_put_together(
    capsys: pytest.CaptureFixture[str], period: str, days: tuple[int, ...], keys: list[str]
) -> None:
    instants = (datetime(2026, 10, 1, 10, tzinfo=UTC) + timedelta(days=day - 1) for day in days)
    journal_file(JOURNAL, *(past(at=at.isoformat()) for at in instants))

    _, told = asked(capsys, *DAY, "--by", f"model,{period}")

    assert costs(told, period, "repriced_usd") == [(keys[0], "5"), (keys[1], "2.5")]
    assert told["total"]["repriced_usd"] == "7.5"


def test_two_stretches_of_days_are_a_wrong_argument(capsys: pytest.CaptureFixture[str]) -> None:
    journal_file(JOURNAL, past())

    assert main(["history", "cost", "--by", "day,month"]) == 2
    assert "day and month are both days put together" in capsys.readouterr().err


def test_journals_need_no_database_and_come_to_the_same(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = past(tokens=(10, 0))
    begun = replace(begun, reading=replace(begun.reading, operation="begin_batch"))
    parts = (
        Part(model="o3", usage=Usage(input_tokens=5, output_tokens=1)),
        Part(model="gpt-4o", usage=Usage(input_tokens=7, output_tokens=3)),
    )
    journal_file(
        JOURNAL,
        past("o3", at=IN_JUNE, tokens=(1001, 7), spec="SPEC-1", priced_at="2026-11-02T10:00:00Z"),
        past(tokens=(100, 0), spec="SPEC-2", source="replay"),
        past("none-such", tokens=(5, 6), list_cost=Money.parse("0.30")),
        past(tokens=(9, 9), list_cost=None),
        past(parts=parts),
        past(outcome="failed", list_cost=Money()),
        call(None, outcome="unknown", model="gpt-4o"),
        begun,
    )
    by_period = ("--by", "spec,model,week", *DAY)
    for words in (by_period, ("--by", "provider,part", "--price-at", "recorded")):
        by_database = asked(capsys, *words, "--engine", "duckdb")
        with monkeypatch.context() as patched:
            patched.setitem(sys.modules, "duckdb", None)
            by_loop = asked(capsys, *words)

        assert by_loop == by_database
        assert by_loop[0] == 3


def test_a_history_without_its_extra_is_no_success_and_names_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    journal_file(JOURNAL, past())
    main(["history", "add", str(JOURNAL.parent)])
    capsys.readouterr()
    monkeypatch.setitem(sys.modules, "duckdb", None)

    commands = (
        *(["history", "add", str(JOURNAL)], ["history", "show"], ["history", "cost"]),
        *(["drift"], ["whatif", "--history", ".specbudget/history", "--map", "a=b"]),
        *(["status"], ["daily"], ["kpi"]),
    )
    for words in commands:
        assert main(words) == 2
        assert "pip install 'pytest-specbudget[history]'" in capsys.readouterr().err
