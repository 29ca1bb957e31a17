"""Exchange rates by date: converted prices are exact, and no time goes without a rate."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import ALWAYS, FOREVER
from pytest_specbudget.prices.exchange import Exchange, ExchangeRate, Span

MAY = datetime(2026, 5, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
DEAR, CHEAP = Fraction("1.1"), Fraction("1.05")


def euro(since: datetime, usd: Fraction, origin: str = "bank") -> ExchangeRate:
    return ExchangeRate(currency="EUR", since=since, usd=usd, origin=origin)


RATES = (euro(JUNE, CHEAP), euro(MAY, DEAR))


@pytest.mark.parametrize(
    ("start", "end", "spans"),
    [
        pytest.param(
            MAY,
            FOREVER,
            [Span(MAY, JUNE, DEAR), Span(JUNE, FOREVER, CHEAP)],
            id="each for its time",
        ),
        pytest.param(
            ALWAYS,
            FOREVER,
            [Span(MAY, JUNE, DEAR), Span(JUNE, FOREVER, CHEAP)],
            id="an open start begins with the first rate",
        ),
        pytest.param(MAY, JUNE, [Span(MAY, JUNE, DEAR)], id="an end is excluded"),
        pytest.param(JULY, FOREVER, [Span(JULY, FOREVER, CHEAP)], id="the last rate goes on"),
    ],
)
def test_a_rate_holds_until_the_next(start: datetime, end: datetime, spans: list[Span]) -> None:
    assert Exchange(RATES, as_of=JUNE).spans("EUR", start, end) == spans


@pytest.mark.parametrize(
    ("currency", "start", "told"),
    [
        pytest.param("CHF", ALWAYS, 'no exchange rate for "CHF"; add [[fx]]', id="no such rate"),
        pytest.param(
            "EUR",
            datetime(2026, 4, 30, tzinfo=UTC),
            'no exchange rate for "EUR" on 2026-04-30',
            id="before the first",
        ),
        pytest.param(
            "EUR",
            ALWAYS,
            'no exchange rate for "EUR" before 2026-05-01; write valid_from = 2026-05-01 or later',
            id="since ever",
        ),
    ],
)
def test_a_time_without_a_rate_is_an_error(currency: str, start: datetime, told: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        Exchange(RATES).spans(currency, start, FOREVER)

    assert told in str(caught.value)


def test_of_two_rates_for_one_day_the_later_holds_and_both_are_named() -> None:
    exchange = Exchange([euro(MAY, DEAR, "bank"), euro(MAY, CHEAP, "broker")])

    assert exchange.spans("EUR", MAY, JUNE) == [Span(MAY, JUNE, CHEAP)]
    assert exchange.disagreements == [
        "broker and bank disagree on EUR on 2026-05-01: the first holds"
    ]


def test_the_same_rate_twice_is_no_disagreement() -> None:
    exchange = Exchange([euro(MAY, DEAR, "bank"), euro(MAY, DEAR, "broker")])

    assert exchange.disagreements == []
