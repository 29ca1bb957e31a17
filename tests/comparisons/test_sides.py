from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import charge

from pytest_specbudget.baselines.repricing import exchange_of
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.comparisons.reported import REPORTED
from pytest_specbudget.comparisons.sides import OneInstant, side_of_run
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.settings.settings import Settings
from pytest_specbudget.settings.values import PriceAt

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge

LONG_AGO = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def prices() -> OneInstant:
    return OneInstant.of(PriceDesk(Settings()))


def asked(read: int = 1_000, made: int = 100, model: str = "gpt-4o", **others: Any) -> Charge:
    """Make a call of so many tokens; a thousand that `gpt-4o` reads cost $0.0025."""
    usage = Usage(input_tokens=read, output_tokens=made)
    return charge("9.99", model=model, usage=usage, **others)


def test_a_side_has_the_prices_of_the_comparison_and_no_fakes(prices: OneInstant) -> None:
    side = side_of_run([asked(), asked(source="mock")], "this run", prices)

    assert [str(one.list_cost) for one in side.charges] == ["0.0035"]


def test_live_calls_of_other_days_have_the_prices_of_one_instant(prices: OneInstant) -> None:
    calls = [asked(source="live", at=f"{year}-06-01T12:00:00Z") for year in (2024, 2025, 2026)]

    side = side_of_run(calls, "this run", prices)

    assert len({one.list_cost for one in side.charges}) == 1


def test_the_hour_of_a_recording_makes_nothing_dearer(prices: OneInstant) -> None:
    """DeepSeek's prices depend on the hour of the day."""
    hours = [f"2026-11-20T{hour:02}:30:00Z" for hour in range(24)]
    calls = [
        asked(model="deepseek-v4-flash", provider="deepseek", answered_at=hour, at=hour)
        for hour in hours
    ]

    side = side_of_run(calls, "this run", prices)

    assert len({one.list_cost for one in side.charges}) == 1
    assert side.charges[0].list_cost is not None


def test_a_time_that_was_asked_for_is_the_instant_of_both_sides() -> None:
    settings = Settings(price_at=PriceAt(kind="time", time=LONG_AGO))

    prices = OneInstant.of(PriceDesk(settings))

    assert prices.at == LONG_AGO
    assert str(prices.requote(asked(), Usage(input_tokens=1_000))) == "0.005"


@pytest.mark.parametrize(
    ("call", "cost"),
    [
        pytest.param(asked(outcome="failed"), "0", id="one that failed costs nothing"),
        pytest.param(asked(outcome="unknown"), None, id="one without an answer is unknown"),
        pytest.param(asked(usage_state="none"), None, id="one without counts is unknown"),
        pytest.param(asked(usage_state="none", free="ours"), "0", id="unless it is free"),
        pytest.param(asked(model="nobody-sells-this"), None, id="one without a price is unknown"),
        pytest.param(asked(usage_state="partial"), "0.0035", id="one cut short has a lower bound"),
    ],
)
def test_a_call_is_priced_as_it_was_booked(
    prices: OneInstant, call: Charge, cost: str | None
) -> None:
    (priced,) = side_of_run([call], "this run", prices).charges

    assert priced.list_cost == (None if cost is None else Money.parse(cost))
    assert prices.requote(call, call.reading.usage) == priced.list_cost


def test_work_that_is_counted_elsewhere_costs_nothing(prices: OneInstant) -> None:
    reading = replace(asked().reading, usage=Usage(), counted=False)

    side = side_of_run([replace(asked(), reading=reading)], "this run", prices)

    assert side.charges[0].list_cost == Money()


def test_what_another_length_would_cost_is_exact(prices: OneInstant) -> None:
    shorter = Usage(input_tokens=1_000, output_tokens=1)

    assert str(prices.requote(asked(), shorter)) == "0.00251"


def test_of_an_answer_of_several_models_the_one_that_wrote_most_takes_the_difference(
    prices: OneInstant,
) -> None:
    much = Part(model="gpt-4o", usage=Usage(input_tokens=1_000, output_tokens=100))
    little = Part(model="gpt-4o-mini", usage=Usage(input_tokens=1_000, output_tokens=10))
    call = asked(2_000, 110)
    call = replace(call, reading=replace(call.reading, parts=(little, much)))

    cost = prices.requote(call, Usage(input_tokens=2_000, output_tokens=60))

    assert str(cost) == "0.003156"  # 0.0025 + 50 * 0.00001 of the one, 0.000156 of the other


@pytest.mark.parametrize(
    ("cost", "requoted"),
    [
        pytest.param("0.0035", "0.0025", id="at the same prices"),
        pytest.param("0.0036", None, id="at others, or where the length of each call counts"),
    ],
)
def test_a_row_of_a_report_is_requoted_only_where_its_sum_is_its_price(
    prices: OneInstant, cost: str, requoted: str | None
) -> None:
    row = asked()
    row = replace(
        row, reading=replace(row.reading, operation=REPORTED), list_cost=Money.parse(cost)
    )

    found = prices.requote(row, Usage(input_tokens=1_000))

    assert found == (None if requoted is None else Money.parse(requoted))


@pytest.mark.parametrize(
    ("text", "sent_at"),
    [
        pytest.param("2026-11-21T16:29Z", datetime(2026, 11, 21, 16, 29, tzinfo=UTC), id="exact"),
        pytest.param("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC), id="without a zone"),
        pytest.param("", datetime(1970, 1, 1, tzinfo=UTC), id="unknown"),
        pytest.param("soon", datetime(1970, 1, 1, tzinfo=UTC), id="no instant at all"),
    ],
)
def test_whoever_quotes_hears_when_a_call_was_made(text: str, sent_at: datetime) -> None:
    exchange = exchange_of(asked(at=text, answered_at="2026-11-02T10:00:00Z"))

    assert exchange.sent_at == sent_at
    assert exchange.answered_at == datetime(2026, 11, 2, 10, tzinfo=UTC)
