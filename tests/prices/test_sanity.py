"""What a mistyped price sheet looks like."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pytest_specbudget.prices.catalogue import Row

pytest.importorskip("pydantic")

from pytest_specbudget.prices.compiler.sanity import gaps, out_of_order, zeros

MAY = datetime(2026, 5, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def row(rates: dict[str, int] | None = None, **changed: object) -> Row:
    return Row(rates=rates or {"input": 1}, source="sheet", **changed)  # type: ignore[arg-type] # a table of fields


@pytest.mark.parametrize(
    ("rates", "found"),
    [
        pytest.param(
            {
                "cache_read": 1,
                "input": 10,
                "cache_write_5m": 12,
                "cache_write_1h": 20,
                "output": 50,
            },
            [],
            id="as published",
        ),
        pytest.param({"input": 10, "output": 10}, [], id="output may cost what input does"),
        pytest.param({"input": 10, "cache_write_1h": 25}, [], id="a write of 2.5 times input"),
        pytest.param({"output": 10}, [], id="no input to hold against"),
        pytest.param(
            {"input": 10, "cache_read": 11}, ["default: cache_read is not at most input"], id="read"
        ),
        pytest.param(
            {"input": 10, "cache_write_5m": 9},
            ["default: cache_write_5m is not from input to 2.5 times input"],
            id="a write below input",
        ),
        pytest.param(
            {"input": 10, "cache_write_1h": 26},
            ["default: cache_write_1h is not from input to 2.5 times input"],
            id="a write of more than 2.5 times input",
        ),
        pytest.param(
            {"input": 10, "output": 9}, ["default: output is not at least input"], id="output"
        ),
    ],
)
def test_rates_have_an_order(rates: dict[str, int], found: list[str]) -> None:
    assert list(out_of_order(row(rates))) == found


def test_what_is_declared_unusual_is_let_be() -> None:
    assert list(out_of_order(row({"input": 10, "output": 9}), {"output"})) == []


def test_a_row_that_costs_nothing_is_told() -> None:
    rows = [row({"input": 0, "output": 0}), row({"input": 0, "output": 1}, tier="batch")]

    assert list(zeros(rows)) == ["default costs nothing and is not declared free"]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param([row(up_to=9), row(over=9)], [], id="lengths that meet"),
        pytest.param([row(valid_to=MAY), row(valid_from=MAY)], [], id="times that meet"),
        pytest.param([row(valid_from=MAY)], [], id="before the first price there is nothing"),
        pytest.param(
            [row(schedule="night"), row(schedule="night", within=False)], [], id="day and night"
        ),
        pytest.param(
            [row(valid_to=MAY), row(valid_from=JUNE)],
            ["default has no price from 2026-05-01 to 2026-06-01"],
            id="a month without",
        ),
        pytest.param(
            [row(up_to=9, valid_from=MAY), row(over=10, valid_from=MAY)],
            ["default has no price for some requests from 2026-05-01"],
            id="a length without",
        ),
        pytest.param(
            [row(schedule="night", valid_from=MAY, region="eu")],
            ["default/eu has no price for some requests from 2026-05-01"],
            id="a day without",
        ),
    ],
)
def test_between_prices_there_is_no_gap(rows: list[Row], found: list[str]) -> None:
    assert list(gaps(rows)) == found
