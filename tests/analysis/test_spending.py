"""What was spent by day, SPEC, model and tier: by a plain loop, and by DuckDB just the same."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from support.history import a_record

from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.spending import Spent, cells, cells_of, cells_sql, corrected
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
    from pytest_specbudget.analysis.store.embedded import connect, typed_columns  # noqa: PLC0415

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
    ],
)
@pytest.mark.parametrize("summed", [looped, by_duckdb])
def test_a_record_adds_its_call_its_doubt_and_its_cost(
    summed: Any, record: dict[str, Any], told: tuple[int, int, str]
) -> None:
    (cell,) = summed(a_record(**{"cost": "0.10", **record}))

    assert (cell.calls, cell.unknown, cell.billed) == (*told[:2], Money.parse(told[2]))


PAID, FURTHER = {"cost": "0.10"}, {"part": 1, "cost": None, "model": "other"}


@pytest.mark.parametrize(
    ("records", "told"),
    [
        pytest.param([PAID, FURTHER], (1, 0, "0.10"), id="a further model is no further call"),
        pytest.param([FURTHER], (1, 1, "0"), id="alone, nobody knows what was paid"),
        pytest.param(
            [FURTHER | {"cost": "0.01"}], (1, 1, "0.01"), id="nor if a part of it is told"
        ),
        pytest.param(
            [FURTHER, FURTHER | {"part": 2}], (1, 1, "0"), id="of several the first counts"
        ),
        pytest.param([FURTHER | {"free": True}], (1, 0, "0"), id="what is free is known"),
        pytest.param([FURTHER | {"outcome": "failed"}], (1, 0, "0"), id="so is what failed"),
        pytest.param([FURTHER | {"outcome": "unknown"}], (1, 1, "0"), id="an unseen end is not"),
    ],
)
@pytest.mark.parametrize("summed", [looped, by_duckdb])
def test_a_call_whose_first_part_is_not_told_has_an_unknown_cost(
    summed: Any, records: list[dict[str, Any]], told: tuple[int, int, str]
) -> None:
    found = summed(*(a_record(**{"id": "one", **one}) for one in records))

    billed = Money.total(cell.billed for cell in found)
    counted = sum(cell.calls for cell in found), sum(cell.unknown for cell in found)
    assert (*counted, billed) == (*told[:2], Money.parse(told[2]))


def test_a_first_part_that_comes_later_settles_it() -> None:
    further, paid = a_record(None, id="one", part=1), a_record("0.10", id="one")

    known = [named(further)]
    found = corrected(cells_of(known), plus=map(named, (paid, further)), less=known)

    assert found == looped(paid)


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


@pytest.mark.parametrize(
    ("day", "days"),
    [
        pytest.param(date(2026, 11, 21), [21], id="of a day that is over, up to that"),
        pytest.param(date(2026, 11, 22), [21, 22, 23], id="of today, that of tomorrow as well"),
        pytest.param(date(2026, 11, 23), [21, 22, 23], id="of tomorrow, all"),
    ],
)
def test_what_was_spent_as_of_a_day_has_what_a_clock_that_is_ahead_told(
    day: date, days: list[int]
) -> None:
    found = Spent(cells=looped(*(a_record("1", at=f"2026-11-{n}T10:00:00Z") for n in (21, 22, 23))))

    told = found.as_of(day, today=date(2026, 11, 22))

    assert [cell.day.day for cell in told.cells] == days


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
            id=f"c{number // 2}" if number % 3 else f"alone {number}",
        )
        for number, (source, outcome, state, free, cost, part) in enumerate(kinds)
    ]

    assert len(records) == 288
    assert by_duckdb(*records) == looped(*records)
