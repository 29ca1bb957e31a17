"""Pictures of Google's models have a price a piece, or none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from pytest_specbudget.prices.catalogue import Catalogue

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("model", "region", "cost"),
    [
        ("imagen-4.0-generate-001", "us-central1", "0.08"),
        ("imagen-4.0-generate-001", "global", "0.08"),
        ("imagen-4.0-generate-001", None, "0.08"),
        ("imagen-4.0-fast-generate-001", None, "0.04"),
        ("imagen-4.0-ultra-generate-001", "us-central1", "0.12"),
        ("imagen-3.0-generate-002", None, "0.06"),
        ("imagen-3.0-generate-002", "us-central1", "0.08"),
        ("imagen-3.0-generate-002", "global", "0.08"),
        ("virtual-try-on-001", "europe-west4", "0.12"),
    ],
)
def test_two_pictures_cost_twice_what_one_costs(
    model: str, region: str | None, cost: str, shipped: Catalogue
) -> None:
    reading = Reading("google", "image_generation", model, usage=Usage(tool_calls=2), region=region)

    assert price(reading, shipped, AT).list_cost == Money.parse(cost)


def test_pictures_of_a_model_without_a_price_are_unknown(shipped: Catalogue) -> None:
    reading = Reading("google", "image_generation", "imagen-9", usage=Usage(tool_calls=1))

    quote = price(reading, shipped, AT)

    assert quote.list_cost is None
    assert quote.reason == 'no price for "imagen-9" of google'
