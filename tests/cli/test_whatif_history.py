"""`whatif --history`: all runs that are kept, under other terms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.history import journal_file
from support.journals import call
from support.kept import keep

from pytest_specbudget.cli import main
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge

HERE = ("--history", ".specbudget/journal")
MILLION = Usage(input_tokens=1_000_000, output_tokens=100_000)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def used(model: str, at: str = "2026-11-02T10:00:00Z", **others: Any) -> Charge:
    return call("1", at=at, usage=MILLION, model=model, **others)


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["whatif", *HERE, *words, "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_all_runs_count_and_the_basis_is_stated(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # gpt-4o: $2.50 and $10 a million tokens; gpt-4o-mini: $0.15 and $0.60.
    keep(here, used("gpt-4o", spec="SPEC-1"), run="a")
    keep(here, used("gpt-4o", spec="SPEC-2"), run="b")

    told = answer(capsys, "--map", "gpt-4o=gpt-4o-mini")

    assert [row["name"] for row in told["rows"]] == ["SPEC-1", "SPEC-2"]
    assert (told["total"]["now_usd"], told["total"]["then_usd"]) == ("7", "0.42")
    assert told["basis"].startswith("now: each call at the prices of its own time; then: likewise")
    assert "quality are NOT verified" in told["basis"]


def test_tiers_prices_and_discounts_work_together(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # o3 cost $10 and $40 a million tokens until 2025-06-10, and $2 and $8 since.
    keep(here, used("o3", "2025-05-02T10:00:00Z", tier="X"), used("gpt-4o", tier="C"))
    words = ("--tier", "C=gpt-4o-mini", "--price-at", "2026-01-01", "--discount", "openai=50%")

    told = answer(capsys, *words)

    assert (told["total"]["now_usd"], told["total"]["then_usd"]) == ("17.5", "1.505")
    assert "prices of 2026-01-01T00:00:00+00:00; 50 % off for openai" in told["basis"]


def test_a_database_says_what_the_loop_says(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("duckdb")
    calls = [used("o3", "2025-05-02T10:00:00Z", tier="X"), used("gpt-4o", tier="C"), used("none")]
    journal_file(here / ".specbudget/journal/r/h-7-main.jsonl", *calls)
    words = ("--tier", "C=gpt-4o-mini", "--map", "o3=gpt-4.1", "--price-at", "2026-01-01")

    told = answer(capsys, *words)

    assert told["total"]["calls_mapped"] == 2
    assert answer(capsys, *words, "--engine", "duckdb") == told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(
            ["--journal", ".", "--engine", "duckdb", "--map", "a=b"],
            "--engine is about a history",
            id="an engine for a journal",
        ),
        pytest.param(
            ["--engine", "trino", "--map", "a=b"], "trino is a server: say where", id="no address"
        ),
        pytest.param(["--tier", "C=gpt-4o"], "--tier is about a history", id="no history"),
        pytest.param(HERE, "nothing is supposed", id="nothing otherwise"),
        pytest.param(["--history", "no", "--map", "a=b"], '"no" does not exist', id="no such path"),
    ],
)
def test_what_makes_no_sense_is_said(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["whatif", *words]) in {1, 2}
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--discount", "openai=0.85"],
        ["--discount", "openai=101%"],
        ["--price-at", "soon"],
        ["--tier", "C"],
    ],
)
def test_a_word_that_makes_no_sense_is_a_wrong_argument(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["whatif", *HERE, *words])

    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["opnai=15%"], 'the catalogue has no provider "opnai"; did you mean "openai"?'),
        (["openai=15%", "openai=50%"], "--discount openai is given 2 times"),
    ],
)
def test_a_discount_that_nobody_can_give_is_a_wrong_argument(
    words: list[str], told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(here, used("gpt-4o"))

    status = main(["whatif", *HERE, *(part for one in words for part in ("--discount", one))])

    assert status == 2
    assert told in capsys.readouterr().err


def test_a_tier_that_nobody_used_is_unknown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(here, used("gpt-4o", tier="C"))

    assert main(["whatif", *HERE, "--tier", "S=gpt-4o-mini"]) == 3
    assert 'no recorded call is of tier "S"' in capsys.readouterr().err


def test_a_damaged_line_is_said_and_the_rest_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = keep(here, used("gpt-4o"))
    path.write_text(path.read_text() + '{"kind":"charge","id":"torn')

    assert main(["whatif", *HERE, "--map", "gpt-4o=gpt-4o-mini"]) == 1
    told = capsys.readouterr()
    assert "torn" in told.err
    assert "0.2100" in told.out
