"""What was spent by day, SPEC, model and tier: by a plain loop, and by DuckDB just the same."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from support.history import a_record

from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.spending import Spent, cells, cells_of, cells_sql
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_specbudget.analysis.records import Record
    from pytest_specbudget.analysis.spending import Cell

AT = "2026-11-02T10:00:00Z"
DAY = date(2026, 11, 2)


def looped(*records: Record, without: Sequence[str] = ()) -> tuple[Cell, ...]:
    return cells_of(map(named, records), without=without)


def by_duckdb(*records: Record, without: Sequence[str] = ()) -> tuple[Cell, ...]:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    from pytest_specbudget.analysis.embedded import connect, typed_columns  # noqa: PLC0415

    connection = connect()
    connection.execute(f"create table usage_t ({typed_columns()})")
    for record in records:
        connection.table("usage_t").insert(record)
    rows = connection.execute(cells_sql(len(without)), [*without]).fetchall()
    return cells(rows)


@pytest.mark.parametrize(
    ("record", "told"),
    [
        pytest.param({}, (1, 0, "0.10"), id="a call that was answered"),
        pytest.param({"source": "record"}, (1, 0, "0.10"), id="one that was recorded was paid"),
        pytest.param({"outcome": "failed", "cost": None}, (1, 0, "0"), id="a failed one costs $0"),
        pytest.param({"cost": None}, (1, 1, "0"), id="one without a price is unknown"),
        pytest.param({"cost": None, "free": True}, (1, 0, "0"), id="one declared free is known"),
        pytest.param({"outcome": "unknown", "cost": None}, (1, 1, "0"), id="so is an unseen end"),
        pytest.param({"usage_state": "partial"}, (1, 1, "0.10"), id="a part is a lower bound"),
        pytest.param({"part": 1, "cost": None}, (0, 0, "0"), id="a further model is no call"),
    ],
)
@pytest.mark.parametrize("summed", [looped, by_duckdb])
def test_a_record_adds_its_call_its_doubt_and_its_cost(
    summed: Any, record: dict[str, Any], told: tuple[int, int, str]
) -> None:
    (cell,) = summed(a_record(**{"cost": "0.10", **record}))

    assert (cell.calls, cell.unknown, cell.billed) == (*told[:2], Money.parse(told[2]))


@pytest.mark.parametrize("summed", [looped, by_duckdb])
def test_what_was_replayed_and_what_is_left_out_adds_nothing(summed: Any) -> None:
    records = [
        a_record("1", source="replay"),
        a_record("2", run="now"),
        a_record("4", run="then"),
        a_record("8", run=None),
    ]

    (cell,) = summed(*records, without=("now", "other"))

    assert (cell.calls, cell.billed) == (2, Money.parse("12"))


def test_days_are_summed_over_their_cells() -> None:
    records = [
        a_record("1", at=AT, model="a"),
        a_record("2", at=AT, model="b", tier="M"),
        a_record(None, at="2026-11-03T00:00:00Z"),
    ]
    found = Spent(cells=looped(*records))

    assert found.daily() == {DAY: Money.parse("3"), date(2026, 11, 3): Money()}
    assert found.unknown() == {date(2026, 11, 3): 1}


def test_duckdb_sums_every_kind_of_record_as_the_loop_does() -> None:
    kinds = product(
        ["live", "record", "replay"],
        ["answered", "failed", "unknown"],
        ["complete", "none", "partial", "estimated"],
        [False, True],
        [None, "0.000000000000000001"],
        [0, 1],
    )
    records = [
        a_record(
            cost,
            at=AT,
            model=f"m{number % 200:03}",
            source=source,
            outcome=outcome,
            usage_state=state,
            free=free,
            part=part,
        )
        for number, (source, outcome, state, free, cost, part) in enumerate(kinds)
    ]

    assert len(records) == 288
    assert by_duckdb(*records) == looped(*records)
