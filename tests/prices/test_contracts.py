"""What was agreed with a provider, beside what it publishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = """
[[contract]]
provider = "openai"
model = "gpt-4o-mini"
rates = { input = "0.10" }
valid_from = 2026-01-01
"""
EUROS = (
    CONTRACT.replace("[[contract]]", '[[contract]]\ncurrency = "EUR"')
    + '[[fx]]\ncurrency = "EUR"\ndate = 2026-01-01\nrate = "1.1"\n'
)
DISCOUNT = '[[discount]]\nprovider = "openai"\npercent = "15"\n'


JUNE = datetime(2026, 6, 1, tzinfo=UTC)
A_MILLION_EACH = Reading(
    provider="openai",
    operation="chat",
    response_model="gpt-4o-mini-2024-07-18",
    usage=Usage(input_tokens=1_000_000, output_tokens=1_000_000),
)


def costs(
    folder: Path, overlay: str, reading: Reading = A_MILLION_EACH, at: datetime = JUNE
) -> tuple[str, str]:
    path = folder / "ours.toml"
    path.write_text(overlay, encoding="utf-8")
    quote = price(reading, load_catalogue([path]), at)
    return str(quote.list_cost), str(quote.contracted_cost)


@pytest.mark.parametrize(
    ("overlay", "contracted"),
    [
        pytest.param(CONTRACT, "0.7", id="what the contract does not name costs what is published"),
        pytest.param(EUROS, "0.71", id="in another currency, exactly"),
        pytest.param(DISCOUNT, "0.6375", id="a discount on all of it"),
        pytest.param(CONTRACT + DISCOUNT, "0.7", id="a contract goes before a discount"),
    ],
)
def test_both_costs_are_kept(tmp_path: Path, overlay: str, contracted: str) -> None:
    assert costs(tmp_path, overlay) == ("0.75", contracted)


def test_a_contract_holds_in_its_time_alone(tmp_path: Path) -> None:
    before = datetime(2025, 12, 31, 23, tzinfo=UTC)

    assert costs(tmp_path, CONTRACT, at=before) == ("0.75", "0.75")


def test_a_contract_for_one_service_tier_leaves_the_others_alone(tmp_path: Path) -> None:
    assert costs(tmp_path, CONTRACT, replace(A_MILLION_EACH, service_tier="batch")) == (
        "0.375",
        "0.375",
    )


def test_a_contract_is_with_one_provider(tmp_path: Path) -> None:
    assert costs(tmp_path, CONTRACT, replace(A_MILLION_EACH, provider="azure")) == ("0.75", "0.75")


def test_a_cache_read_outside_of_the_contract_costs_what_is_published(tmp_path: Path) -> None:
    usage = Usage(input_tokens=2_000_000, cache_read_input_tokens=1_000_000)

    both = costs(tmp_path, CONTRACT, replace(A_MILLION_EACH, usage=usage))

    assert both == ("0.225", "0.175")


def test_a_discount_is_rounded_once(tmp_path: Path) -> None:
    third = DISCOUNT.replace('"15"', '"33.333333333333333333"')

    both = costs(tmp_path, third, replace(A_MILLION_EACH, usage=Usage(input_tokens=1)))

    assert both == ("0.00000015", "0.0000001")
