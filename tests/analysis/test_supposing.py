"""A history under other terms: each kind of supposition by hand, at published prices."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from support.history import a_record

from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.supposing import Supposed, Suppositions, TierMapping
from pytest_specbudget.core.money import Money
from pytest_specbudget.prices.catalogue import Discount
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.recordings.whatif import Mapping

if TYPE_CHECKING:
    from pytest_specbudget.analysis.records import Record

# $2.50 and $10 a million tokens; gpt-4o-mini has $0.15 and $0.60.
DEAR: dict[str, Any] = {"model": "gpt-4o", "tokens": (1_000_000, 100_000)}


def supposed(*records: Record, **suppose: Any) -> Supposed:
    comparison = Supposed(suppose=Suppositions(**suppose), catalogue=load_catalogue())
    for record in records:
        comparison.add(named(record))
    return comparison


def sums(comparison: Supposed) -> tuple[str, str]:
    return str(comparison.total.now), str(comparison.total.then)


def test_a_model_is_replaced_to_the_last_digit() -> None:
    told = supposed(a_record(**DEAR), mappings=(Mapping(old="gpt-4o", new="gpt-4o-mini"),))

    assert sums(told) == ("3.5", "0.21")
    assert (told.total.calls, told.total.mapped, told.by_spec) == (1, 1, True)


def test_a_tier_works_with_another_model_and_the_others_stay() -> None:
    told = supposed(
        a_record(**DEAR, tier="C"),
        a_record(**DEAR, tier="M"),
        a_record(**DEAR),
        tiers=(TierMapping(tier="C", new="gpt-4o-mini"),),
    )

    assert sums(told) == ("10.5", "7.21")
    assert told.total.mapped == 1


def test_a_mapping_of_the_model_comes_before_that_of_its_tier() -> None:
    told = supposed(
        a_record(**DEAR, tier="C"),
        mappings=(Mapping(old="gpt-4o", new="gpt-4o-mini"),),
        tiers=(TierMapping(tier="C", new="gpt-4.1"),),
    )

    assert sums(told)[1] == "0.21"
    assert told.unmet == [TierMapping(tier="C", new="gpt-4.1")]


def test_prices_of_another_time_count_for_one_side_alone() -> None:
    # o3: $10 and $40 a million tokens; since 2025-06-10 $2 and $8.
    record = a_record(model="o3", at="2025-05-02T10:00:00Z", tokens=(1_000_000, 100_000))

    told = supposed(record, price_at=datetime(2025, 7, 1, tzinfo=UTC))

    assert sums(told) == ("14", "2.8")


def test_a_discount_is_taken_off_the_prices_of_its_provider() -> None:
    off = Discount(provider="openai", match="*", pays=Fraction(85, 100))
    other = a_record(provider="anthropic", model="claude-3-5-haiku-20241022")

    told = supposed(a_record(**DEAR), other, discounts=(off,))

    kept = told.total.then - Money.parse("2.975")
    assert told.total.now - kept == Money.parse("3.5")


@pytest.mark.parametrize(
    ("record", "figures"),
    [
        pytest.param({"outcome": "failed", "cost": None}, ("0", "0", 0), id="a failed call"),
        pytest.param({"outcome": "unknown", "cost": None}, ("0", "0", 1), id="an unseen end"),
        pytest.param({"usage_state": "none", "cost": "2"}, ("2", "2", 0), id="a mere sum"),
        pytest.param({"usage_state": "none", "cost": None}, ("0", "0", 1), id="no counts"),
        pytest.param({"model": "nobody-has-it"}, ("0.1", "0.1", 0), id="a price of its own"),
        pytest.param({"free": True, "cost": "0"}, ("0", "0", 0), id="what costs nothing"),
        pytest.param({"part": 1, "cost": None}, ("0.00045", "0.00045", 0), id="a further model"),
    ],
)
def test_what_stays_as_it_is_costs_what_it_cost(
    record: dict[str, Any], figures: tuple[str, str, int]
) -> None:
    told = supposed(a_record(**{"cost": "0.10", **record}))

    assert (*sums(told), told.total.unknown) == figures
    assert told.total.calls == (record.get("part") != 1)


def test_a_sum_without_counts_cannot_move_to_another_model() -> None:
    record = a_record("2", model="gpt-4o", usage_state="none", tokens=(None, None))

    told = supposed(record, mappings=(Mapping(old="*", new="gpt-4o-mini"),))

    assert (*sums(told), told.total.unknown) == ("0", "0", 1)


def test_a_model_that_nobody_sells_is_named() -> None:
    told = supposed(a_record(**DEAR), mappings=(Mapping(old="*", new="nobody-has-it"),))

    assert [*told.unpriced] == ['no price for "nobody-has-it"']


def test_rows_are_models_where_no_call_belongs_to_a_spec() -> None:
    mappings = (Mapping(old="gpt-4o", new="gpt-4o-mini"),)

    told = supposed(a_record(**DEAR, spec=None), mappings=mappings)

    assert [*told.rows] == ["openai/gpt-4o -> openai/gpt-4o-mini"]
