"""When a price was checked too long ago; the instant is the caller's."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pytest_specbudget.prices.catalogue import Catalogue, ModelPrices, ProviderPrices, Row
from pytest_specbudget.prices.staleness import stale_prices, stale_sources

CHECKED = date(2026, 1, 1)
LATE = datetime(2026, 12, 1, tzinfo=UTC)


def catalogue(*rows: Row, model: str = "lab/large") -> Catalogue:
    prices = ProviderPrices(
        name="lab", models={model: ModelPrices(model, rows)}, names={model: model}
    )
    return Catalogue(sha256="", as_of=LATE, source="", exponent=12, providers={"lab": prices})


def row(checked: date | None = CHECKED, tier: str = "default") -> Row:
    return Row(rates={"input": 1}, source="sheet", tier=tier, checked=checked)


@pytest.mark.parametrize(
    ("at", "days"),
    [
        pytest.param(datetime(2026, 4, 3, 23, 59, tzinfo=UTC), [], id="92 days are fresh"),
        pytest.param(datetime(2026, 4, 4, tzinfo=UTC), [93], id="93 days are stale"),
        pytest.param(datetime(2024, 1, 1, tzinfo=UTC), [], id="a time before the check is fine"),
    ],
)
def test_a_price_is_stale_after_92_days(at: datetime, days: list[int]) -> None:
    found = stale_prices(catalogue(row()), ["lab/lab/large/default"], at)

    assert [stale.days for stale in found] == days


def test_a_stale_price_says_what_when_and_where() -> None:
    found = stale_prices(catalogue(row()), ["lab/lab/large/default"], LATE)

    assert [str(stale) for stale in found] == [
        "lab/lab/large/default was checked 334 days before, on 2026-01-01 (sheet)"
    ]


@pytest.mark.parametrize(
    ("price_ids", "found"),
    [
        pytest.param(["free"], [], id="what is free has no price to check"),
        pytest.param(["lab/other/default"], [], id="a price that is not there"),
        pytest.param(["lab/lab/large/batch"], [], id="a price that was never checked"),
        pytest.param(
            ["lab/lab/large/default + lab/lab/large/default", "lab/lab/large/default"],
            ["lab/lab/large/default"],
            id="each price once, also of several in one quote",
        ),
    ],
)
def test_prices_are_found_by_their_ids(price_ids: list[str], found: list[str]) -> None:
    rows = catalogue(row(), row(None, "batch"))

    assert [stale.what for stale in stale_prices(rows, price_ids, LATE)] == found


def test_a_source_is_told_once() -> None:
    rows = catalogue(row(), row(tier="batch"))

    assert [str(stale) for stale in stale_sources(rows, LATE)] == [
        "sheet was checked 334 days before, on 2026-01-01"
    ]
