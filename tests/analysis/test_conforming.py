"""The conformance fixture; `ci/try_engines.py` tries whether every engine answers it right."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from support.one_by_one import one_by_one

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.engine import Table
from pytest_specbudget.analysis.engines.conforming import (
    BY,
    QUESTIONS,
    REPRICING,
    SUPPOSED,
    digest_of,
)
from pytest_specbudget.analysis.engines.digests import digest_of_drift, digest_of_whatif
from pytest_specbudget.analysis.engines.fixture import AT, giants, invented_prices, ordinary
from pytest_specbudget.analysis.engines.opening import SERVERS, opened
from pytest_specbudget.analysis.looped import looped
from pytest_specbudget.analysis.pricing.repricing import reprice
from pytest_specbudget.analysis.records import named, record_of
from pytest_specbudget.analysis.stored_drift import priced_on
from pytest_specbudget.analysis.supposing import Supposed
from pytest_specbudget.analysis.supposing_at_once import supposed_on
from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.analysis.records import Record

WIDE = REPRICING[-1]


def sha(records: Iterable[Record]) -> str:
    return hashlib.sha256(repr([*records]).encode()).hexdigest()[:16]


def test_the_records_are_the_same_everywhere() -> None:
    assert sha(ordinary(300)) == "2d1e019c8e28ff8b"
    assert sha(giants(300)) == "edb9f5d31af5bdea"


def test_a_shorter_fixture_is_the_beginning_of_a_longer_one() -> None:
    assert [*islice(ordinary(300), 200)] == [*islice(ordinary(250), 200)]


def test_records_too_dear_for_64_bits_are_priced_exactly() -> None:
    with opened("duckdb") as engine:
        engine.load([Table(WIDE.usage, COLUMNS, list(giants()))])

        said = reprice(engine, invented_prices(), "recorded", by=BY, usage=WIDE.usage)

    assert digest_of(said) == WIDE.digest
    assert max(one.repriced.atto for one in said.groups if one.repriced is not None) > 2**63


def test_engines_are_held_to_what_the_loop_says_of_drift() -> None:
    (drift,) = (one for one in QUESTIONS if one.asked == "drift")

    assert drift.digest == digest_of_drift(looped(map(named, ordinary()), invented_prices(), AT))


def test_the_engine_and_the_loop_have_one_digest() -> None:
    records = [*ordinary(1_500)]
    with opened("duckdb") as engine:
        engine.load([Table("some_t", COLUMNS, records)])

        said = reprice(engine, invented_prices(), "recorded", by=BY, usage="some_t")

    assert digest_of(said) == digest_of(one_by_one(records, invented_prices(), None, BY))


def test_the_engine_and_the_loop_have_one_digest_of_drift() -> None:
    records = [*ordinary(1_500)]
    with opened("duckdb") as engine:
        engine.load([Table("some_t", COLUMNS, records)])

        said = priced_on(engine, invented_prices(), AT, "some_t")

    there = digest_of_drift(looped(map(named, records), invented_prices(), AT))
    assert digest_of_drift(said) == there
    assert digest_of_drift(looped(map(named, records[1:]), invented_prices(), AT)) != there


def test_the_engine_and_the_loop_have_one_digest_of_other_terms() -> None:
    records = [*ordinary(1_500)]
    with opened("duckdb") as engine:
        engine.load([Table("some_t", COLUMNS, records)])

        said = supposed_on(engine, SUPPOSED, invented_prices(), "some_t")

    loop = Supposed(suppose=SUPPOSED, catalogue=invented_prices())
    for record in records:
        loop.add(named(record))
    there = digest_of_whatif(loop)
    assert digest_of_whatif(said) == there
    loop.add(named(records[0]))
    assert digest_of_whatif(loop) != there


def test_a_digest_tells_one_attodollar() -> None:
    records = [*giants(5)]
    first = named(records[0])
    dearer = [record_of(first | {"list_cost": first["list_cost"] + 1}), *records[1:]]

    one, other = (one_by_one(each, invented_prices(), None, BY) for each in (records, dearer))

    assert digest_of(one) != digest_of(other)


@pytest.mark.parametrize("engine", SERVERS)
def test_a_server_needs_an_address(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["conformance", "--engine", engine])

    assert status == 2
    assert f"say where it is, as in --url {engine}://" in capsys.readouterr().err
