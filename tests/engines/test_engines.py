"""Engines in this process, for real: `ci/try_engines.py` runs these where their packages are."""

from __future__ import annotations

import json
from importlib.util import find_spec

import pytest
from support.one_by_one import one_by_one

from pytest_specbudget.analysis.engines.conforming import (
    BY,
    QUESTIONS,
    REPRICING,
    SUPPOSED,
    Question,
    digest_of,
)
from pytest_specbudget.analysis.engines.digests import digest_of_drift, digest_of_whatif
from pytest_specbudget.analysis.engines.fixture import AT, giants, invented_prices, ordinary
from pytest_specbudget.analysis.engines.opening import LOCAL
from pytest_specbudget.analysis.looped import looped
from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.supposing import Supposed
from pytest_specbudget.cli import main

NEEDS = {"duckdb": ("duckdb",), "ibis": ("ibis",), "spark": ("ibis", "pyspark"), "chdb": ("chdb",)}
RECORDS = {"specbudget_ordinary_t": ordinary, "specbudget_giants_t": giants}


@pytest.mark.parametrize("question", REPRICING, ids=lambda question: question.name)
def test_the_digests_are_those_of_a_plain_loop(question: Question) -> None:
    at = None if question.at == "recorded" else question.at

    said = one_by_one(RECORDS[question.usage](), invented_prices(), at, BY)

    assert digest_of(said) == question.digest


def test_the_digests_of_commands_are_those_of_a_plain_loop() -> None:
    told, prices = [*map(named, ordinary())], invented_prices()
    supposed = Supposed(suppose=SUPPOSED, catalogue=prices)
    for record in told:
        supposed.add(record)

    assert {one.asked: one.digest for one in QUESTIONS[len(REPRICING) :]} == {
        "drift": digest_of_drift(looped(told, prices, AT)),
        "whatif": digest_of_whatif(supposed),
    }


@pytest.mark.parametrize("engine", LOCAL)
def test_an_engine_says_what_the_loop_says(engine: str, capfd: pytest.CaptureFixture[str]) -> None:
    missing = [name for name in NEEDS[engine] if find_spec(name) is None]
    assert not missing, f"{engine} needs {', '.join(missing)}"

    status = main(["conformance", "--engine", engine, "--json"])

    out = capfd.readouterr().out
    told = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    assert [answer["right"] for answer in told] == [True] * len(QUESTIONS)
    assert status == 0


def test_an_engine_that_is_sent_its_tables_says_the_same(
    capfd: pytest.CaptureFixture[str],
) -> None:
    status = main(["conformance", "--engine", "ibis", "--url", "duckdb://"])

    assert capfd.readouterr().out.count(" equal ") == len(QUESTIONS)
    assert status == 0


def test_a_password_is_not_told(capfd: pytest.CaptureFixture[str]) -> None:
    status = main(["conformance", "--engine", "trino", "--url", "nothing://me:hunter2@there/db"])

    told = capfd.readouterr()
    assert "no connection" in told.err
    assert "hunter2" not in told.err + told.out
    assert status == 2
