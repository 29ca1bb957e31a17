"""Which instant's prices count: a verdict does not change with the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.bookkeeping.desk import PriceDesk, dated
from pytest_specbudget.core.exchange import Exchange, Request
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.settings.settings import PriceAt, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.exchange import Source

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
SENT = datetime(2027, 3, 4, 15, 30, tzinfo=UTC)
RECORDED = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
FIXED = datetime(2025, 1, 1, tzinfo=UTC)
ONE_TOKEN = Reading(
    provider="deepseek",
    operation="chat",
    request_model="by-the-hour",
    usage=Usage(input_tokens=1),
    usage_state="complete",
)
AFTERNOONS = """
[[schedule]]
provider = "deepseek"
name = "afternoon"
hours = [["12:00", "18:00"]]

[[schedule]]
provider = "deepseek"
name = "else"
hours = [["18:00", "12:00"]]

[[price]]
provider = "deepseek"
model = "by-the-hour"
rates = { input = "2" }
schedule = "afternoon"
source = "us"

[[price]]
provider = "deepseek"
model = "by-the-hour"
rates = { input = "1" }
schedule = "else"
source = "us"
"""


def exchange(source: Source, answered_at: datetime | None = RECORDED) -> Exchange:
    return Exchange(
        request=Request("POST", "api.openai.com", "/v1/responses"),
        status=200,
        source=source,
        outcome="answered",
        end="complete",
        sent_at=SENT,
        duration_s=0.1,
        answered_at=answered_at,
    )


def instant(source: Source, asked: PriceAt, answered_at: datetime | None = RECORDED) -> datetime:
    desk = PriceDesk(Settings(price_at=asked, prices_as_of=AS_OF))
    return desk.instant(exchange(source, answered_at))


@pytest.mark.parametrize(
    ("asked", "source", "counts"),
    [
        pytest.param("catalogue", "live", SENT, id="live: when it was made"),
        pytest.param("catalogue", "record", SENT, id="recording is live"),
        pytest.param(
            "catalogue",
            "replay",
            AS_OF,
            id="replayed: the catalogue's day",
        ),
        pytest.param("recorded", "replay", RECORDED, id="asked for the recorded instant"),
        pytest.param("recorded", "live", SENT, id="a live call is recorded when it is made"),
        pytest.param("now", "replay", SENT, id="asked for now"),
    ],
)
def test_the_instant_whose_prices_count(asked: str, source: Source, counts: datetime) -> None:
    answered_at = None if source == "live" else RECORDED

    assert instant(source, PriceAt(kind=asked), answered_at) == counts  # type: ignore[arg-type]


@pytest.mark.parametrize("source", ["live", "record", "replay", "mock"])
def test_an_instant_that_was_asked_for_counts_for_every_call(source: Source) -> None:
    assert instant(source, PriceAt(kind="time", time=FIXED)) == FIXED


@pytest.mark.parametrize(
    ("source", "asked", "told"),
    [
        pytest.param("live", "catalogue", None, id="live: when it was sent, which is told anyway"),
        pytest.param("replay", "catalogue", "2026-11-01T00:00:00.000000Z", id="replayed"),
        pytest.param("replay", "recorded", "2026-02-03T04:05:06.000000Z", id="as recorded"),
        pytest.param("replay", "now", None, id="asked for now"),
    ],
)
def test_an_instant_is_told_where_it_is_not_that_of_the_call(
    source: Source, asked: str, told: str | None
) -> None:
    desk = PriceDesk(Settings(price_at=PriceAt(kind=asked), prices_as_of=AS_OF))  # type: ignore[arg-type]
    call = exchange(source)

    quote = desk.quote(replace(ONE_TOKEN, free="ours"), call)

    assert dated(quote, call) == told


def test_a_call_without_a_price_has_no_instant() -> None:
    desk = PriceDesk(Settings(prices_as_of=AS_OF))
    call = exchange("replay")

    quote = desk.quote(replace(ONE_TOKEN, request_model="nobody's"), call)

    assert (quote.list_cost, dated(quote, call)) == (None, None)


@pytest.mark.parametrize("asked", ["catalogue", "recorded"])
def test_a_replayed_call_that_tells_no_date_has_the_catalogue_s_instant(asked: str) -> None:
    assert instant("replay", PriceAt(kind=asked), None) == AS_OF  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "answered_at", "atto"),
    [
        pytest.param("live", None, 2 * 10**12, id="live: when it was made, in the afternoon"),
        pytest.param("replay", RECORDED, 10**12, id="replayed: when it was recorded, at night"),
        pytest.param("replay", None, 10**12, id="no date: the catalogue's, never the clock's"),
    ],
)
def test_the_hour_whose_rates_count(
    source: Source, answered_at: datetime | None, atto: int, tmp_path: Path
) -> None:
    overlay = tmp_path / "prices.toml"
    overlay.write_text(AFTERNOONS, encoding="utf-8")
    desk = PriceDesk(Settings(prices=(overlay,), prices_as_of=AS_OF))

    quote = desk.quote(ONE_TOKEN, exchange(source, answered_at))

    assert quote.list_cost == Money(atto)
