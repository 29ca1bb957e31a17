"""A history under other terms comes out the same, summed up by an engine or record by record."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.history import a_record

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.engine import Table
from pytest_specbudget.analysis.engines.fixture import invented_prices, ordinary
from pytest_specbudget.analysis.engines.opening import opened
from pytest_specbudget.analysis.records import named, record_of
from pytest_specbudget.analysis.supposing import Supposed, Suppositions, TierMapping
from pytest_specbudget.analysis.supposing_at_once import supposed_on
from pytest_specbudget.prices.catalogue import Discount
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.recordings.whatif import Ambiguous, Mapping

if TYPE_CHECKING:
    from pytest_specbudget.analysis.records import Record
    from pytest_specbudget.prices.catalogue import Catalogue

pytest.importorskip("duckdb")

RECORDS = [*ordinary(600)]
TIERS = (None, "A", "B")


@cache
def prices() -> Catalogue:
    return invented_prices()


def looped(records: list[Record], suppose: Suppositions, catalogue: Catalogue) -> Supposed:
    comparison = Supposed(suppose=suppose, catalogue=catalogue)
    for record in records:
        comparison.add(named(record))
    return comparison


def at_once(records: list[Record], suppose: Suppositions, catalogue: Catalogue) -> Supposed:
    with opened("duckdb") as engine:
        engine.load([Table("usage_t", COLUMNS, records)])
        return supposed_on(engine, suppose, catalogue)


def said(comparison: Supposed) -> dict[str, Any]:
    """Return all that a report tells of it."""
    return {
        "rows": comparison.rows,
        "total": comparison.total,
        "unpriced": {*comparison.unpriced},
        "uncached": comparison.uncached,
        "unmet": comparison.unmet,
    }


MODELS = ("plain", "example/reasoner", "example/by-the-hour", "google/thinker", "discounted/tiny")
NEW = st.sampled_from([*MODELS, "nobody-has-it"])
MAPPINGS = st.builds(
    Mapping,
    old=st.sampled_from(["plain*", "example/*", "thinker", "*", "google/*", "nobody-sells*"]),
    new=NEW,
)
TIER_MAPPINGS = st.builds(TierMapping, tier=st.sampled_from(["A", "B", "C"]), new=NEW)
DISCOUNTS = st.builds(
    Discount,
    provider=st.sampled_from(["example", "google"]),
    match=st.just("*"),
    pays=st.sampled_from([Fraction(85, 100), Fraction(2, 3)]),
)
SUPPOSITIONS = st.builds(
    Suppositions,
    mappings=st.lists(MAPPINGS, max_size=2).map(tuple),
    tiers=st.lists(TIER_MAPPINGS, max_size=2).map(tuple),
    price_at=st.sampled_from([None, datetime(2025, 7, 1, 12, tzinfo=UTC)]),
    discounts=st.lists(DISCOUNTS, max_size=1).map(tuple),
)


@settings(max_examples=15, deadline=None)
@given(
    suppose=SUPPOSITIONS,
    start=st.integers(0, 500),
    count=st.integers(1, 100),
    with_specs=st.booleans(),
)
def test_whatever_is_supposed_both_sides_are_those_of_the_loop(
    suppose: Suppositions, start: int, count: int, *, with_specs: bool
) -> None:
    records = [
        record_of(named(one) | {"tier": TIERS[place % 3]} | ({} if with_specs else {"spec": None}))
        for place, one in enumerate(RECORDS[start : start + count])
    ]

    assert said(at_once(records, suppose, prices())) == said(looped(records, suppose, prices()))


def test_what_another_model_does_not_cache_is_told() -> None:
    cached: dict[str, Any] = {"cache_read_input_tokens": 600, "cache_write_input_tokens": 100}
    plain: dict[str, Any] = {"provider": "example", "model": "plain", "at": "2025-07-02T10:00:00Z"}
    records = [a_record(**plain), a_record(**plain, **cached)]
    suppose = Suppositions(mappings=(Mapping(old="plain", new="reasoner"),))

    told = at_once(records, suppose, prices())

    assert told.uncached == {
        ("example/reasoner", "cache_read_input_tokens"): 600,
        ("example/reasoner", "cache_write_input_tokens"): 100,
    }
    assert said(told) == said(looped(records, suppose, prices()))


def test_it_has_to_be_clear_whose_model_is_meant() -> None:
    suppose = Suppositions(mappings=(Mapping(old="*", new="claude-3-haiku"),))
    record = a_record(provider="nobody", model="plain")

    with pytest.raises(Ambiguous):
        at_once([record], suppose, load_catalogue())
