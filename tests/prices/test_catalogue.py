"""Rows that must not hold at once, and names that must not be guessed."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import Row, Schedule, check_overlaps

MAY = datetime(2026, 5, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def row(**changed: object) -> Row:
    return Row(rates={"input": 1}, source=str(changed.pop("source", "")), **changed)  # type: ignore[arg-type] # a table of fields


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(row(valid_to=JUNE), row(valid_from=JUNE), id="one after the other"),
        pytest.param(row(up_to=200), row(over=200), id="short and long input"),
        pytest.param(row(tier="batch"), row(), id="two service tiers"),
        pytest.param(row(region="us"), row(), id="two regions"),
        pytest.param(
            row(schedule="peak"), row(schedule="peak", within=False), id="in and out of hours"
        ),
    ],
)
def test_rows_that_tile_are_fine(one: Row, other: Row) -> None:
    check_overlaps("lab/model", [one, other])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(row(valid_to=JUNE), row(valid_from=MAY), id="a month in common"),
        pytest.param(row(up_to=201), row(over=200), id="one length in common"),
        pytest.param(row(schedule="peak"), row(), id="hours and around the clock"),
    ],
)
def test_rows_that_overlap_are_an_error(one: Row, other: Row) -> None:
    with pytest.raises(CatalogueError, match='two prices of "lab/model" hold at once'):
        check_overlaps("lab/model", [one, other])


def hours(start: int, end: int, *weekdays: int) -> Schedule:
    return Schedule(hours=((time(start), time(end)),), weekdays=frozenset(weekdays or range(7)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(hours(8, 12), hours(12, 18), id="one after the other"),
        pytest.param(hours(22, 6), hours(6, 22), id="night and day"),
        pytest.param(hours(8, 12, 0, 1), hours(8, 12, 2), id="other days"),
    ],
)
def test_prices_of_hours_that_never_meet_are_fine(one: Schedule, other: Schedule) -> None:
    rows = [row(schedule="one"), row(schedule="other")]

    check_overlaps("lab/model", rows, {"one": one, "other": other})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(hours(8, 13), hours(12, 18), id="an hour in common"),
        pytest.param(hours(12, 18), hours(8, 13), id="the same the other way round"),
        pytest.param(hours(22, 6), hours(5, 22), id="an hour in the night"),
        pytest.param(hours(0, 0), hours(5, 6), id="one lasts all day"),
        pytest.param(hours(8, 12, 0, 1), hours(11, 12, 1), id="one day in common"),
    ],
)
def test_prices_of_hours_that_meet_are_an_error(one: Schedule, other: Schedule) -> None:
    rows = [row(schedule="one"), row(schedule="other")]

    with pytest.raises(CatalogueError, match="hold at once"):
        check_overlaps("lab/model", rows, {"one": one, "other": other})


def test_an_overlap_names_both_rows() -> None:
    rows = [row(source="sheet 1"), row(source="sheet 2", valid_from=MAY)]

    with pytest.raises(CatalogueError) as caught:
        check_overlaps("lab/model", rows)

    assert "default (sheet 1) and default/from-2026-05-01 (sheet 2)" in str(caught.value)
