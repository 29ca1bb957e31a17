from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call as made

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.records import named, reading_of, records_of
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import BEGIN, RETRIEVE, Part, Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge

USED = Usage(input_tokens=900, output_tokens=80, cache_read_input_tokens=300)


def told(charge: Charge) -> list[dict[str, Any]]:
    return [named(record) for record in records_of(charge, "r")]


def call(cost: str | None = "0.10", *, reading: Reading | None = None, **others: Any) -> Charge:
    charge = made(cost, **others)
    return charge if reading is None else replace(charge, reading=reading)


def reading(**others: Any) -> Reading:
    told = {"operation": "chat", "usage": USED, "usage_state": "complete", **others}
    return Reading(provider="anthropic", response_model="claude-haiku-4-5", **told)


def test_a_record_has_a_value_for_each_column() -> None:
    (record,) = records_of(call(), "r")

    assert len(record) == len(COLUMNS)
    assert all(
        value is not None for column, value in zip(COLUMNS, record, strict=True) if column.required
    )


def test_times_are_utc_without_an_offset() -> None:
    at, answered = "2026-11-02T01:30:00.000001+02:00", "2026-10-31T10:00:00Z"

    (record,) = told(call(at=at, answered_at=answered, source="replay"))

    assert record["at"] == datetime(2026, 11, 1, 23, 30, 0, 1)  # noqa: DTZ001 - naive by design
    assert record["day"] == date(2026, 11, 1)
    assert record["clock"] == datetime(2026, 10, 31, 10)  # noqa: DTZ001 - naive by design


def test_the_instant_of_its_prices_is_told_where_it_is_another_one() -> None:
    (own,), (other,) = told(call()), told(call(priced_at="2026-10-31T12:00:00+02:00"))

    assert own["priced_at"] is None
    assert other["priced_at"] == datetime(2026, 10, 31, 10)  # noqa: DTZ001 - naive by design


def test_a_time_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="yesterday"):
        told(call(at="yesterday"))


def test_money_is_whole_attodollars_and_unknown_is_none() -> None:
    (known,), (unknown,) = told(call("0.000000000000000001")), told(call(None))

    assert (known["list_cost"], known["billed_cost"]) == (1, 1)
    assert (unknown["list_cost"], unknown["billed_cost"]) == (None, None)


def test_each_model_of_an_answer_is_a_record_and_the_first_has_what_was_paid() -> None:
    advised = Usage(input_tokens=100, output_tokens=20)
    parts = (
        Part(model="claude-haiku-4-5", usage=USED),
        Part(model="claude-opus-4-8", usage=advised),
    )

    records = told(call("0.30", reading=reading(parts=parts, usage=USED + advised)))

    assert [
        (one["part"], one["model"], one["input_tokens"], one["list_cost"]) for one in records
    ] == [
        (0, "claude-haiku-4-5", 900, Money.parse("0.30").atto),
        (1, "claude-opus-4-8", 100, None),
    ]
    assert {one["id"] for one in records} == {records[0]["id"]}


@pytest.mark.parametrize(
    ("charge", "records"),
    [
        pytest.param(call(source="mock"), 0, id="a fake's answer is none"),
        pytest.param(call(reading=reading(counted=False)), 0, id="what counts elsewhere is none"),
        pytest.param(
            call("0", reading=reading(operation=RETRIEVE, usage=Usage())),
            0,
            id="a question about work without counts is none",
        ),
        pytest.param(
            call("0", reading=reading(operation=BEGIN, usage=Usage(input_tokens=0))),
            0,
            id="the beginning of a batch is none",
        ),
        pytest.param(
            call(reading=reading(operation=RETRIEVE)), 1, id="an answer that tells counts is one"
        ),
        pytest.param(call("0", outcome="failed"), 1, id="a call that failed is one"),
        pytest.param(call(None, outcome="unknown"), 1, id="a call whose end nobody saw is one"),
    ],
)
def test_what_consumed_nothing_is_no_record(charge: Charge, records: int) -> None:
    assert len(told(charge)) == records


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(reading(), id="plain"),
        pytest.param(reading(service_tier="batch", region="eu"), id="in a tier and a region"),
        pytest.param(reading(real_model="claude-opus-4-8"), id="behind an alias"),
        pytest.param(reading(usage_state="none", usage=Usage()), id="without counts"),
        pytest.param(reading(free="our own GPU"), id="declared free"),
    ],
)
def test_a_record_is_priced_as_its_call_was(kept: Reading) -> None:
    catalogue, at = load_catalogue(), datetime(2026, 11, 2, tzinfo=UTC)

    (record,) = told(call(reading=kept))

    assert price(reading_of(record), catalogue, at) == price(kept, catalogue, at)
