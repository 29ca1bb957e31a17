"""Whatever a history holds, its sums are those of a plain loop over `price`, to the attodollar."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.usage_tables import a_told, looped, usage_of, without_instant

from pytest_specbudget.analysis.columns import COUNTS
from pytest_specbudget.analysis.pricing.repricing import reprice
from pytest_specbudget.analysis.store.embedded import connect
from pytest_specbudget.prices.catalogue import ALWAYS, ANY_LENGTH, FOREVER
from pytest_specbudget.prices.loading import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection

    from pytest_specbudget.analysis.pricing.repricing import Repriced
    from pytest_specbudget.prices.catalogue import Catalogue, ProviderPrices, Row

TERMS = """
[[discount]]
provider = "openai"
percent = "15"

[[discount]]
provider = "openai"
match = "o*"
percent = "33.33333333333333" # leaves no whole attodollars
valid_from = 2026-02-03T04:05:06Z

[[discount]]
provider = "deepseek"
percent = "7.5"
valid_to = 2026-06-01

[[contract]]
provider = "mistral"
model = "mistral-large-2411"
currency = "EUR"
rates = { input = "1.60", output = "4.80" }
valid_from = 2026-01-01

[[contract]]
provider = "google"
model = "gemini-2.5-pro"
over = 100000
rates = { input = "1.00", output_thinking = "7.77", reasoning = "9.99" }

[[contract]]
provider = "anthropic"
model = "claude-sonnet-4-0"
each = { request = "0.001" }

[[fx]]
currency = "EUR"
date = 2026-01-01
rate = "1.0837"

[[fx]]
currency = "EUR"
date = 2026-07-01
rate = "1.1"

[[free]]
provider = "groq"
model = "llama-3.1*"
reason = "a gift"

[[schedule]]
provider = "xai"
name = "lunch"
hours = [[11:30:00, 13:15:00], [22:00:00, 01:00:00]]
weekdays = [0, 2, 4]
except_on = [2026-11-02]

[[price]]
provider = "xai"
model = "grok-4"
schedule = "lunch"
rates = { input = "1", output = "2", reasoning = "3" }
each = { request = "0.01" }

[[price]]
provider = "xai"
model = "grok-4"
schedule = "lunch"
within = false
rates = { input = "4", cache_read = "0.1", output_thinking = "6" }

[[fallback]]
provider = "openai"
model = "gpt-unheard*"
rates = { input = "3", output = "15" }
reason = "a guess"
"""


@pytest.fixture(scope="module")
def connection() -> Iterator[DuckDBPyConnection]:
    with connect() as made:
        yield made


@cache
def _catalogue_with_terms() -> Catalogue:
    """Load the terms; no fixture, since hypothesis would print all of its prices."""
    with TemporaryDirectory() as folder:
        overlay = Path(folder, "terms.toml")
        overlay.write_text(TERMS, encoding="utf-8")
        return load_catalogue([overlay])


SHIPPED = load_catalogue()


def _rows(catalogue: Catalogue) -> list[tuple[ProviderPrices, str, Row]]:
    return [
        (seller, model, row)
        for seller in catalogue.providers.values()
        for model in seller.models
        for row in seller.models[model].rows
    ]


ROWS = _rows(SHIPPED)
METERS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_input_tokens",
    "cache_write_5m": "cache_write_input_tokens",
    "cache_write_1h": "cache_write_1h_input_tokens",
    "reasoning": "reasoning_output_tokens",
    "output_thinking": "reasoning_output_tokens",
    "input_audio": "input_audio_tokens",
    "output_audio": "output_audio_tokens",
    "input_image": "input_image_tokens",
    "output_image": "output_image_tokens",
    "web_search": "web_search_requests",
    "web_fetch": "web_fetch_requests",
    "search_unit": "search_units",
    "page": "pages",
    "audio_hour": "audio_seconds",
}
TICK = timedelta(microseconds=1)


def _moments(row: Row) -> list[datetime]:
    """Return instants around those at which the row begins and ends."""
    edges = [edge for edge in (row.valid_from, row.valid_to) if edge not in (ALWAYS, FOREVER)]
    plain = [datetime(2026, 11, 2, 10), datetime(2025, 10, 15, 3, 4, 5, 6)]  # noqa: DTZ001 - as records have them
    return plain + [
        edge.replace(tzinfo=None) + step for edge in edges for step in (-TICK, 0 * TICK)
    ]


def _lengths(row: Row) -> list[int]:
    edges = [edge for edge in (row.over, row.up_to) if edge not in (-1, ANY_LENGTH)]
    return [1_234] + [edge + step for edge in edges for step in (0, 1)]


def _place(seller: ProviderPrices, model: str, row: Row) -> dict[str, Any]:
    region = next((name for name, label in seller.regions.items() if label == row.region), None)
    tier = None if row.tier == "default" else row.tier
    return {"provider": seller.name, "model": model, "service_tier": tier, "region": region}


def _same(repriced: Repriced, records: list[dict[str, Any]], catalogue: Catalogue, at: Any) -> None:
    """Hold a re-pricing by id against the loop."""
    loop = looped(records, catalogue, at)
    costs = {
        group.key[0]: None
        if group.repriced is None or group.contracted is None
        else (group.repriced.atto, group.contracted.atto)
        for group in repriced.groups
    }
    reasons: Counter[tuple[str, str]] = Counter()
    for problem in repriced.problems:
        reasons[problem.model, without_instant(problem.reason)] += problem.records
    assert costs == loop.costs
    assert reasons == loop.reasons


def test_every_row_that_is_shipped_prices_as_the_loop_does(connection: DuckDBPyConnection) -> None:
    records = [
        a_told(
            **_place(seller, model, row),
            at=moment,
            **{METERS[meter]: 7 + place for place, meter in enumerate(row.rates) if meter in METERS}
            | {"input_tokens": length, "output_tokens": 321},
        )
        for seller, model, row in ROWS
        for moment in _moments(row)
        for length in _lengths(row)
    ]

    repriced = reprice(usage_of(connection, records), SHIPPED, "recorded", by=("id",))

    _same(repriced, records, SHIPPED, None)


SPECIAL = (
    {"provider": "openai", "model": "o3-2025-04-16"},
    {"provider": "openai", "model": "ft:gpt-4o-mini-2024-07-18:us:it:x"},
    {"provider": "openai", "model": "gpt-unheard-of"},
    {"provider": "az.ai.openai", "model": "gpt-5-mini"},
    {"provider": "azure", "model": "claude-sonnet-4-0", "service_tier": "standard"},
    {"provider": "gcp.vertex_ai", "model": "publishers/x/models/claude-sonnet-4-5", "region": "eu"},
    {"provider": "google", "model": "gemini-2.5-flash-preview-04-17"},
    {"provider": "google", "model": "gemini-2.5-pro", "region": "the moon"},
    {"provider": "deepseek", "model": "deepseek-chat"},
    {"provider": "deepseek", "model": "deepseek-v4-flash"},
    {"provider": "x-ai", "model": "grok-4"},
    {"provider": "mistral", "model": "mistral-large-2411"},
    {"provider": "groq", "model": "llama-3.1-8b-instant", "service_tier": "nonsense"},
    {"provider": "nobody's", "model": "gpt-5-mini"},
    {"provider": "openai", "model": "gpt-4o-mini-transcribe"},
    {"provider": "openai", "model": "whisper-1"},
    {"provider": "anthropic", "model": "claude-sonnet-4-0", "service_tier": "batch"},
)
FATES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{}] * 20
    + [
        {"outcome": "failed"},
        {"outcome": "unknown"},
        {"usage_state": "none"},
        {"usage_state": "unreadable", "free": True},
        {"free": True},
        {"usage_state": "partial"},
    ]
)
COUNTED = st.one_of(
    st.none(), st.just(0), st.integers(1, 400), st.sampled_from([99_999, 200_000, 272_001, 10**10])
)


TURNS = [
    datetime.fromisoformat(moment) + step
    for moment in ("2026-01-01", "2026-02-03T04:05:06", "2026-06-01", "2026-07-01")
    for step in (-TICK, 0 * TICK)
]
"""Instants around those at which the user's terms begin and end."""


@st.composite
def tolds(draw: st.DrawFn, *, at_terms: bool) -> dict[str, Any]:
    """Draw what a record tells, of any row that is shipped or, *at_terms*, of what these name."""
    seller, model, row = ROWS[draw(st.integers(0, len(ROWS) - 1))]
    places = SPECIAL if at_terms else [_place(seller, model, row)]
    clock = draw(st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 21)))  # noqa: DTZ001 - as records have them
    counts = draw(st.dictionaries(st.sampled_from(COUNTS), COUNTED, max_size=5))
    length = draw(st.sampled_from(_lengths(row)))
    return dict(
        **draw(st.sampled_from(places)),
        **draw(FATES),
        **{"input_tokens": length, "output_tokens": 50, **counts} if length % 2 else counts,
        at=draw(st.sampled_from([*(TURNS if at_terms else _moments(row)), clock])),
        clock=draw(st.sampled_from([clock, clock.replace(minute=30, second=0, microsecond=0)])),
        list_cost=draw(st.sampled_from([None, 0, 10**16])),
    )


INSTANTS = st.sampled_from(
    [None, datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)]
)


@settings(max_examples=40, deadline=None)
@given(drawn=st.lists(tolds(at_terms=False), min_size=1, max_size=25), at=INSTANTS)
def test_any_records_price_as_the_loop_does(
    connection: DuckDBPyConnection, drawn: list[dict[str, Any]], at: datetime | None
) -> None:
    records = [a_told(**told) for told in drawn]

    repriced = reprice(usage_of(connection, records), SHIPPED, at or "recorded", by=("id",))

    _same(repriced, records, SHIPPED, at)


@settings(max_examples=40, deadline=None)
@given(drawn=st.lists(tolds(at_terms=True), min_size=1, max_size=25), at=INSTANTS)
def test_any_records_price_as_the_loop_does_at_the_users_own_terms(
    connection: DuckDBPyConnection, drawn: list[dict[str, Any]], at: datetime | None
) -> None:
    records, terms = [a_told(**told) for told in drawn], _catalogue_with_terms()

    repriced = reprice(usage_of(connection, records), terms, at or "recorded", by=("id",))

    _same(repriced, records, terms, at)
