"""The rules of pricing, on a catalogue small enough to add up in one's head."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part, Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.catalogue import (
    Catalogue,
    Discount,
    Free,
    ModelPrices,
    ProviderPrices,
    Row,
    Schedule,
    Snapshot,
)
from pytest_specbudget.prices.pricing import Quote, price

if TYPE_CHECKING:
    from collections.abc import Mapping

MAY = datetime(2026, 5, 20, 12, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
DOLLAR = 10**18
BASE = {
    "input": 10 * DOLLAR,
    "output": 100 * DOLLAR,
    "cache_read": 1 * DOLLAR,
    "cache_write_5m": 12 * DOLLAR,
    "cache_write_1h": 20 * DOLLAR,
    "input_audio": 30 * DOLLAR,
    "input_image": 40 * DOLLAR,
    "output_audio": 300 * DOLLAR,
    "web_search": 7 * DOLLAR,
    "audio_hour": 3600 * DOLLAR,
}
"""Whole dollars a token, so that a cost reads as a sum."""


def rates(**changed: int) -> dict[str, int]:
    return {"input": 10 * DOLLAR, "output": 100 * DOLLAR} | {
        meter: rate * DOLLAR for meter, rate in changed.items()
    }


ONE_TOKEN = {"input_tokens": 1}
PEAK = Schedule(
    hours=((time(9), time(17)),),
    weekdays=frozenset(range(5)),
    except_on=frozenset({date(2026, 5, 21)}),
)
MODELS = {
    "full": (Row(rates=BASE, source="sheet"),),
    "plain": (Row(rates=rates(), source="sheet"),),
    "thinking": (Row(rates=rates(output_thinking=500), source="sheet"),),
    "reasoning": (Row(rates=rates(reasoning=50), source="sheet"),),
    "transcribing": (Row(rates={"audio_hour": 3600 * DOLLAR}, source="sheet"),),
    "per-call": (Row(rates=rates(request=5), source="sheet"),),
    "long": (
        Row(rates=rates(cache_read=1), source="sheet", up_to=100),
        Row(rates=rates(input=20, cache_read=2), source="sheet", over=100),
    ),
    "dated": (
        Row(rates=rates(), source="sheet", valid_to=JUNE),
        Row(rates=rates(input=5), source="sheet", valid_from=JUNE),
    ),
    "tiers": (
        Row(rates=rates(), source="sheet"),
        Row(rates=rates(input=5), source="sheet", tier="batch"),
        Row(rates=rates(input=11), source="sheet", region="us"),
    ),
    "hours": (
        Row(rates=rates(input=20), source="sheet", schedule="peak"),
        Row(rates=rates(), source="sheet", schedule="peak", within=False),
    ),
}


def catalogue(discounts: tuple[Discount, ...] = (), free: tuple[Free, ...] = ()) -> Catalogue:
    lab = ProviderPrices(
        name="lab",
        models={name: ModelPrices(name, rows) for name, rows in MODELS.items()},
        names={name: name for name in MODELS} | {"nickname": "plain"},
        snapshots={"plain": (Snapshot(model="plain", form="-YYYY-MM-DD", since=date(2026, 1, 1)),)},
        schedules={"peak": PEAK},
        regions={"us": "us", "global": ""},
    )
    shop = ProviderPrices(name="shop", models={}, names={}, resells=("lab",), paths=True)
    return Catalogue(
        sha256="",
        as_of=datetime(2026, 11, 21, tzinfo=UTC),
        source="sheet",
        exponent=12,
        providers={"lab": lab, "shop": shop},
        discounts=discounts,
        free=free,
    )


def ask(  # noqa: PLR0913 - one argument for each thing that selects a price
    model: str,
    counts: Mapping[str, int] = ONE_TOKEN,
    *,
    provider: str = "lab",
    at: datetime = MAY,
    tier: str | None = None,
    region: str | None = None,
    prices: Catalogue | None = None,
) -> Quote:
    reading = Reading(
        provider=provider,
        operation="chat",
        response_model=model,
        service_tier=tier,
        region=region,
        usage=Usage.of(counts),
    )
    return price(reading, prices or catalogue(), at)


def dollars(quote: Quote) -> str:
    return str(quote.list_cost)


@pytest.mark.parametrize(
    ("counts", "cost"),
    [
        pytest.param({"input_tokens": 3}, "30", id="input alone"),
        pytest.param({"input_tokens": 3, "output_tokens": 2}, "230", id="input and output"),
        pytest.param(
            {"input_tokens": 3, "cache_read_input_tokens": 2},
            "12",
            id="what was read from a cache is not paid for as input again",
        ),
        pytest.param(
            {"input_tokens": 6, "cache_write_5m_input_tokens": 2, "cache_write_1h_input_tokens": 3},
            "94",
            id="cache writes by how long they are kept",
        ),
        pytest.param(
            {"input_tokens": 5, "cache_write_input_tokens": 5, "cache_write_1h_input_tokens": 3},
            "84",
            id="a written total beyond its parts takes the five-minute price",
        ),
        pytest.param(
            {"input_tokens": 5, "cache_write_input_tokens": 4},
            "58",
            id="a written total without parts takes the five-minute price",
        ),
        pytest.param(
            {"input_tokens": 10, "input_audio_tokens": 4, "input_image_tokens": 1},
            "210",
            id="audio and images are taken out of input",
        ),
        pytest.param(
            {"input_tokens": 10, "cache_read_input_tokens": 8, "input_audio_tokens": 9},
            "68",
            id="audio that was served from a cache is priced once",
        ),
        pytest.param(
            {"input_tokens": 10, "cache_read_input_tokens": 161},
            "161",
            id="more cached than input leaves no plain input, and is never negative",
        ),
        pytest.param(
            {"output_tokens": 5, "output_audio_tokens": 2}, "900", id="audio is taken out of output"
        ),
        pytest.param(
            {"output_tokens": 5, "reasoning_output_tokens": 4},
            "500",
            id="reasoning is output where it has no rate of its own",
        ),
        pytest.param({"input_tokens": 1, "web_search_requests": 3}, "31", id="searches by number"),
        pytest.param({"audio_seconds": 90}, "90", id="audio by its time"),
        pytest.param(
            {"audio_seconds": 90, "input_tokens": 12, "input_audio_tokens": 10, "output_tokens": 1},
            "210",
            id="audio by its time and not by its tokens, text beside it by its tokens",
        ),
        pytest.param({"input_tokens": 0, "output_tokens": 0}, "0", id="nothing used costs nothing"),
    ],
)
def test_no_unit_is_priced_twice(counts: dict[str, int], cost: str) -> None:
    quote = ask("full", counts)

    assert dollars(quote) == cost


@pytest.mark.parametrize(
    ("model", "counts", "cost"),
    [
        pytest.param(
            "thinking",
            {"output_tokens": 4, "reasoning_output_tokens": 3},
            "2000",
            id="a thinking rate goes for all output of an answer that reasoned",
        ),
        pytest.param("thinking", {"output_tokens": 4}, "400", id="and for none that did not"),
        pytest.param(
            "reasoning",
            {"output_tokens": 4, "reasoning_output_tokens": 3},
            "250",
            id="a reasoning rate goes for the reasoning alone",
        ),
        pytest.param("per-call", {"input_tokens": 1}, "15", id="a fee for the call"),
        pytest.param("per-call", {"input_tokens": 0}, "0", id="no fee where nothing was used"),
        pytest.param("nickname", {"input_tokens": 1}, "10", id="a declared name"),
        pytest.param(
            "plain-2026-03-05", {"input_tokens": 1}, "10", id="a snapshot of a model that covers it"
        ),
        pytest.param("long", {"input_tokens": 100}, "1000", id="a threshold is exclusive"),
        pytest.param(
            "long", {"input_tokens": 101}, "2020", id="above it, all of the request costs more"
        ),
        pytest.param(
            "long",
            {"input_tokens": 101, "cache_read_input_tokens": 91},
            "382",
            id="cached input counts towards the threshold",
        ),
    ],
)
def test_the_model_decides_which_rates_count(model: str, counts: dict[str, int], cost: str) -> None:
    quote = ask(model, counts)

    assert dollars(quote) == cost


@pytest.mark.parametrize(
    ("at", "cost"),
    [
        pytest.param(datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC), "10", id="the last second"),
        pytest.param(JUNE, "5", id="a price holds from its first instant"),
    ],
)
def test_a_price_ends_where_the_next_begins(at: datetime, cost: str) -> None:
    quote = ask("dated", at=at)

    assert dollars(quote) == cost


@pytest.mark.parametrize(
    ("at", "cost"),
    [
        pytest.param("2026-05-20T09:00Z", "20", id="the first minute of the hours"),
        pytest.param("2026-05-20T17:00Z", "10", id="their end is outside"),
        pytest.param("2026-05-21T12:00Z", "10", id="a day that is excepted"),
        pytest.param("2026-05-23T12:00Z", "10", id="a Saturday"),
    ],
)
def test_hours_of_the_week_have_their_price(at: str, cost: str) -> None:
    quote = ask("hours", at=datetime.fromisoformat(at))

    assert dollars(quote) == cost


def test_hours_that_cross_midnight_are_whole() -> None:
    night = Schedule(hours=((time(16, 30), time(0, 30)),))
    moments = [time(16, 29), time(16, 30), time(0, 29), time(0, 30)]

    covered = [night.covers(datetime.combine(date(2025, 3, 1), at, tzinfo=UTC)) for at in moments]

    assert covered == [False, True, True, False]


def test_the_clock_may_differ_from_the_date_of_the_prices() -> None:
    saturday = datetime(2026, 11, 21, tzinfo=UTC)
    reading = Reading(
        provider="lab", operation="chat", response_model="hours", usage=Usage(input_tokens=1)
    )

    quote = price(reading, catalogue(), saturday, clock=MAY)

    assert dollars(quote) == "20"


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        pytest.param({"model": "plain-2"}, 'no price for "plain-2" of lab', id="a sibling"),
        pytest.param(
            {"model": "plain-2099-01-01"},
            'no price for "plain-2099-01-01" of lab',
            id="a snapshot from the future",
        ),
        pytest.param(
            {"model": "plain-2026-13-41"},
            'no price for "plain-2026-13-41" of lab',
            id="a date that is none",
        ),
        pytest.param(
            {"model": "plain-20260305"},
            'no price for "plain-20260305" of lab',
            id="a date in another form",
        ),
        pytest.param(
            {"model": "full-2026-03-05"},
            'no price for "full-2026-03-05" of lab',
            id="a snapshot of a model that covers none",
        ),
        pytest.param(
            {"model": "x", "provider": "nobody"},
            'no price for "x" of nobody: the catalogue has no provider "nobody"',
            id="an unknown provider",
        ),
        pytest.param(
            {"model": "plain", "tier": "flex"},
            'no flex price for "plain" of lab',
            id="a tier that is not sold",
        ),
        pytest.param(
            {"model": "plain", "region": "moon"},
            'no price for "plain" of lab in region "moon"',
            id="an unknown region",
        ),
        pytest.param(
            {"model": "plain", "counts": {"cache_read_input_tokens": 1}},
            'no cache read price for "plain" of lab (default)',
            id="a used bucket without a rate",
        ),
        pytest.param(
            {"model": "plain", "counts": {"audio_seconds": 1}},
            'no audio time price for "plain" of lab (default)',
            id="audio without a rate",
        ),
        pytest.param(
            {"model": "transcribing", "counts": {"audio_seconds": 1, "web_search_requests": 1}},
            'no web search price for "transcribing" of lab (default)',
            id="a search beside audio that is priced by its time",
        ),
        pytest.param(
            {"model": "transcribing", "counts": {"output_tokens": 1}},
            'no output price for "transcribing" of lab (default)',
            id="tokens without the time of the audio that they stand for",
        ),
    ],
)
def test_what_has_no_price_is_unknown_with_a_reason(asked: dict[str, object], reason: str) -> None:
    quote = ask(**asked)  # type: ignore[arg-type] # the table mixes what may be asked

    assert (quote.list_cost, quote.contracted_cost) == (None, None)
    assert quote.reason == reason


def test_no_counts_are_no_price() -> None:
    quote = ask("plain", {})

    assert quote.reason == 'no counts were reported for "plain" of lab'


@pytest.mark.parametrize(
    ("tier", "region", "cost"),
    [
        pytest.param(None, None, "10", id="unstated is default"),
        pytest.param("standard", None, "10", id="standard is default"),
        pytest.param("batch", None, "5", id="a tier has its price"),
        pytest.param(None, "us", "11", id="a region has its price"),
        pytest.param(None, "global", "10", id="a region that the provider calls global"),
        pytest.param("batch", "us", "5", id="a region does not raise what it is not said to raise"),
    ],
)
def test_tier_and_region_select_the_row(tier: str | None, region: str | None, cost: str) -> None:
    quote = ask("tiers", tier=tier, region=region)

    assert dollars(quote) == cost


def test_a_reseller_sells_under_any_path() -> None:
    quote = ask("arn:cloud:models/plain", provider="shop")

    assert (dollars(quote), quote.price_id) == ("10", "lab/plain/default")


def test_each_part_is_priced_at_its_own_model() -> None:
    parts = (
        Part(model="plain", usage=Usage(input_tokens=1)),
        Part(model="dated", usage=Usage(input_tokens=2)),
    )
    reading = Reading(
        provider="lab",
        operation="chat",
        response_model="plain",
        usage=Usage(input_tokens=3),
        parts=parts,
    )

    quote = price(reading, catalogue(), JUNE)

    assert dollars(quote) == "20"
    assert quote.price_id == "lab/plain/default + lab/dated/default/from-2026-06-01"


def test_one_unknown_part_makes_the_whole_unknown() -> None:
    parts = (
        Part(model="plain", usage=Usage(input_tokens=1)),
        Part(model="gpt-999", usage=Usage(input_tokens=2)),
    )
    reading = Reading(provider="lab", operation="chat", parts=parts)

    quote = price(reading, catalogue(), MAY)

    assert quote == Quote(reason='no price for "gpt-999" of lab')


@pytest.mark.parametrize(
    "quote",
    [
        pytest.param(
            price(Reading(provider="ollama", operation="chat", free="runs here"), catalogue(), MAY),
            id="as the reading says",
        ),
        pytest.param(
            ask(
                "llama3:8b",
                provider="ollama",
                prices=catalogue(free=(Free(provider="ollama", match="*", reason="here"),)),
            ),
            id="as an overlay says",
        ),
    ],
)
def test_what_is_declared_free_costs_nothing(quote: Quote) -> None:
    assert quote == Quote(list_cost=Money(), contracted_cost=Money(), price_id="free")


@pytest.mark.parametrize(
    ("at", "contracted"),
    [
        pytest.param(MAY, "10", id="before it holds"),
        pytest.param(JUNE, "8.5", id="15 percent from its first instant"),
    ],
)
def test_a_discount_lowers_the_contracted_cost_alone(at: datetime, contracted: str) -> None:
    discount = Discount(provider="lab", match="pl*", pays=Fraction(85, 100), valid_from=JUNE)

    quote = ask("plain", at=at, prices=catalogue((discount,)))

    assert (str(quote.list_cost), str(quote.contracted_cost)) == ("10", contracted)


def test_a_third_off_is_rounded_once_half_to_even() -> None:
    discount = Discount(provider="lab", match="*", pays=Fraction(2, 3))

    quote = ask("plain", prices=catalogue((discount,)))

    assert str(quote.contracted_cost) == "6.666666666666666667"


COUNT = st.integers(0, 10**9)
BUCKETS = st.fixed_dictionaries(
    {
        "fresh": COUNT,
        "cache_read": COUNT,
        "cache_write_5m": COUNT,
        "cache_write_1h": COUNT,
        "audio": COUNT,
        "output": COUNT,
    }
)


def inclusive(buckets: dict[str, int]) -> dict[str, int]:
    return {
        "input_tokens": sum(count for name, count in buckets.items() if name != "output"),
        "cache_read_input_tokens": buckets["cache_read"],
        "cache_write_5m_input_tokens": buckets["cache_write_5m"],
        "cache_write_1h_input_tokens": buckets["cache_write_1h"],
        "input_audio_tokens": buckets["audio"],
        "output_tokens": buckets["output"],
    }


@given(one=BUCKETS, other=BUCKETS)
def test_two_uses_cost_what_they_cost_together(one: dict[str, int], other: dict[str, int]) -> None:
    both = {name: one[name] + other[name] for name in one}

    together = ask("full", inclusive(both))
    apart = [ask("full", inclusive(one)), ask("full", inclusive(other))]

    assert together.list_cost == Money.total(quote.list_cost or Money() for quote in apart)


@given(given_tokens=COUNT, made=COUNT, reasoned=COUNT)
def test_parts_that_are_told_as_none_change_no_price(
    given_tokens: int, made: int, reasoned: int
) -> None:
    plain = {
        "input_tokens": given_tokens,
        "output_tokens": made,
        "reasoning_output_tokens": min(reasoned, made),
    }
    nothing = dict.fromkeys(
        (
            "cache_read_input_tokens",
            "cache_write_input_tokens",
            "input_audio_tokens",
            "input_image_tokens",
            "output_audio_tokens",
            "web_search_requests",
        ),
        0,
    )

    assert ask("full", plain) == ask("full", plain | nothing)


@given(
    counts=st.dictionaries(
        st.sampled_from(
            [
                "input_tokens",
                "output_tokens",
                "cache_read_input_tokens",
                "cache_write_input_tokens",
                "cache_write_1h_input_tokens",
                "input_audio_tokens",
                "input_image_tokens",
                "output_audio_tokens",
                "reasoning_output_tokens",
            ]
        ),
        COUNT,
        min_size=1,
    )
)
def test_no_counts_however_odd_cost_less_than_nothing(counts: dict[str, int]) -> None:
    quote = ask("full", counts)

    assert quote.list_cost is not None
    assert quote.list_cost >= Money()


def test_what_a_transcriber_hears_and_writes_is_priced_by_the_time_it_took() -> None:
    counts = {"audio_seconds": 90, "input_tokens": 12, "input_audio_tokens": 10, "output_tokens": 9}

    assert str(ask("transcribing", counts).list_cost) == "90"
