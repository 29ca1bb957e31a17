"""One history on every engine: `drift` and `history cost` have to say the same to the byte."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from support.history import a_record, history

from pytest_specbudget.analysis.engines import fixture
from pytest_specbudget.analysis.engines.fixture import ordinary
from pytest_specbudget.analysis.store.doubts import dismiss
from pytest_specbudget.analysis.store.history import History
from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SOME = 3_000
PRICES = str(fixture._PRICES)
AT = ("--price-at", "2025-07-01")
QUESTIONS = {
    "drift": ("drift", *AT),
    "cost": ("history", "cost", *AT),
    "cost by day, as charged": ("history", "cost", "--by", "day,tier", "--price-at", "recorded"),
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a history of some of the fixture; one day is told twice, as two machines leave it."""
    folder = tmp_path_factory.mktemp("kept") / "history"
    records = [*ordinary(SOME)]
    History(folder).add_records(records, today=date(2026, 11, 22))
    other = folder.with_name("other")
    first_day = [one for one in records if one[2] == date(2025, 1, 1)][1:]
    History(other).add_records(first_day, today=date(2026, 11, 22))
    (copy,) = other.glob("day=*/*")
    copy.rename(folder / copy.relative_to(other).with_name("part-of-another.parquet"))
    dismiss(folder, "a replay of the fixture may have been billed", date(2026, 11, 22))
    return folder


def said(capfd: pytest.CaptureFixture[str], asked: tuple[str, ...], *where: str) -> str:
    """Return the JSON that a command answers."""
    capfd.readouterr()
    main([*asked, *where, "--prices", PRICES, "--json"])
    out = capfd.readouterr().out
    return out[out.index("{") :]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("engine", ["ibis", "chdb", "spark"])
def test_an_engine_says_of_a_history_what_duckdb_says(
    engine: str, question: str, kept: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    where = ("--history", str(kept))

    told = said(capfd, QUESTIONS[question], "--engine", engine, *where)

    assert told == said(capfd, QUESTIONS[question], *where)


@pytest.mark.parametrize("engine", ["ibis", "chdb", "spark"])
def test_an_engine_supposes_what_duckdb_supposes(
    engine: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plain: dict[str, Any] = {"provider": "example", "model": "plain", "at": "2025-07-02T10:00:00Z"}
    records = [a_record(**plain, tokens=(count, 7), spec=f"S{count % 3}") for count in range(9)]
    cached = a_record(**plain, cache_read_input_tokens=600)
    history(tmp_path, *records, cached)
    where = ("--history", str(tmp_path))
    asked = ("whatif", "--map", "plain=reasoner", *AT)

    told = said(capfd, asked, "--engine", engine, *where)

    assert told == said(capfd, asked, *where)
    assert '"calls_mapped": 10' in told


@pytest.mark.parametrize("question", QUESTIONS)
def test_usage_in_a_table_of_a_database_is_asked_there(
    question: str, kept: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    files = History(kept)
    database = kept.with_name(f"{question}.db")
    with duckdb.connect(str(database)) as connection:
        records = files.relation(connection)
        connection.execute("create schema past")
        connection.execute(f"create table past.calls as {records.sql_query()}")
    where = ("--engine", "duckdb", "--url", f"duckdb://{database}", "--table", "past.calls")

    told = said(capfd, QUESTIONS[question], *where)

    here = said(capfd, QUESTIONS[question], "--history", str(kept))
    assert told.replace('"past.calls on duckdb"', f'"{kept}"') == here


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        pytest.param(
            ("--engine", "spark", "--table", "nowhere_t"),
            "nowhere_t on spark: AnalysisException: [TABLE_OR_VIEW_NOT_FOUND]",
            id="a table that Spark does not know",
        ),
        pytest.param(
            ("--engine", "duckdb", "--url", "duckdb://", "--table", "no.such_t"),
            "no.such_t on duckdb: ",
            id="a table that a server does not have",
        ),
    ],
)
def test_what_an_engine_cannot_read_is_named(
    words: tuple[str, ...], reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["drift", *words]) == 1
    assert f"specbudget: {reason}" in capfd.readouterr().err
