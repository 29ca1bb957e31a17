"""What a seller that passes on its makers' prices took before its own list had dates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.catalogue import (
    ALWAYS,
    ANY_LENGTH,
    FOREVER,
    Catalogue,
    ModelPrices,
    ProviderPrices,
    Row,
    Schedule,
)
from pytest_specbudget.prices.pricing import price

pytest.importorskip("pydantic")

from pytest_specbudget.prices.compiler.corrections import PassedOnRule
from pytest_specbudget.prices.compiler.passing_on import with_makers_history

RULE = PassedOnRule(
    provider="shop",
    source="https://shop.example/faq",
    checked=date(2026, 11, 22),
    since=datetime(2026, 10, 1, tzinfo=UTC),
)
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


def on(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00:00Z")


def row(start: str, end: str, given: int, made: int, **more: Any) -> Row:
    """Make the row of a price for input and output; `""` for a side that is open."""
    others: dict[str, int] = {
        meter: more.pop(meter) for meter in ("cache_read", "request") if meter in more
    }
    return Row(
        rates={"input": given, "output": made, **others},
        source="a sheet",
        valid_from=on(start) if start else ALWAYS,
        valid_to=on(end) if end else FOREVER,
        **more,
    )


def sold(name: str, model: str, rows: list[Row]) -> ProviderPrices:
    schedules = {"night": Schedule(hours=())}
    prices = {model: ModelPrices(model, tuple(rows))}
    return ProviderPrices(name=name, models=prices, names={model: model}, schedules=schedules)


def at(day: str, ours: list[Row], theirs: list[Row], length: int = 10) -> dict[str, int] | None:
    """Return the rates that the shop took for `lab/large-4.5` on *day*; None if unknown."""
    maker = sold("lab", "large-4-5", theirs)
    shop = with_makers_history(sold("shop", "lab/large-4.5", ours), RULE, {"lab": maker}, AS_OF)
    rows = [
        one
        for one in shop.models["lab/large-4.5"].rows
        if one.valid_from <= on(day) < one.valid_to and one.over < length <= one.up_to
    ]
    assert len(rows) <= 1
    return dict(rows[0].rates) or None if rows else None


CHANGED = [row("", "2026-03-01", 5, 30), row("2026-03-01", "", 4, 20)]
TIERED = [
    row("", "2026-03-01", 4, 20),
    row("2026-03-01", "", 4, 20, up_to=200),
    row("2026-03-01", "", 8, 30, over=200),
]


@pytest.mark.parametrize(
    ("ours", "theirs", "day", "rates"),
    [
        pytest.param([row("", "", 4, 20)], CHANGED, "2026-02-28", (5, 30), id="what it took then"),
        pytest.param([row("", "", 4, 20)], CHANGED, "2026-03-01", (4, 20), id="from its day on"),
        pytest.param(
            [row("", "2026-10-01", 2, 10), row("2026-10-01", "", 4, 20)],
            CHANGED,
            "2026-09-30",
            (4, 20),
            id="an undated price that nobody took gives way",
        ),
        pytest.param(
            [row("", "2026-10-15", 2, 10), row("2026-10-15", "", 4, 20)],
            CHANGED,
            "2026-10-14",
            (2, 10),
            id="what was noted with a date stays",
        ),
        pytest.param(
            [row("", "", 3, 15)], CHANGED, "2026-03-01", (3, 15), id="another price, as far back"
        ),
        pytest.param(
            [row("", "", 3, 15)], CHANGED, "2026-02-28", None, id="and no further than it stood"
        ),
        pytest.param(
            [row("", "", 3, 15)],
            [row("2025-01-01", "", 4, 20)],
            "2025-06-01",
            (3, 15),
            id="another price, and the maker's never changed",
        ),
        pytest.param(
            [row("", "2026-10-01", 3, 15), row("2026-10-01", "", 2, 15)],
            [row("", "", 4, 20)],
            "2026-09-30",
            None,
            id="another price, which moves by itself",
        ),
        pytest.param(
            [row("", "2026-10-01", 3, 15), row("2026-10-01", "", 2, 15)],
            [],
            "2026-09-30",
            None,
            id="a price that moves by itself, of a model that its maker does not sell",
        ),
        pytest.param(
            [row("", "2026-10-01", 3, 15), row("2026-10-01", "", 3, 15, cache_read=1)],
            [],
            "2026-09-30",
            (3, 15),
            id="a price that stands, of such a model",
        ),
        pytest.param(
            [row("", "", 4, 20)],
            [row("2025-01-01", "", 4, 20)],
            "2024-12-31",
            None,
            id="before the maker sold it",
        ),
        pytest.param(
            [row("", "", 4, 20)],
            [*CHANGED, row("", "", 1, 1, tier="batch"), row("", "", 9, 9, region="eu")],
            "2026-02-28",
            (5, 30),
            id="other tiers and regions are not passed on",
        ),
        pytest.param(
            [row("", "", 4, 20)],
            [
                row("", "2026-03-01", 5, 30),
                row("2026-03-01", "", 4, 20, schedule="night"),
                row("2026-03-01", "", 4, 20, schedule="night", within=False),
            ],
            "2026-02-28",
            None,
            id="hours of the week are not passed on",
        ),
        pytest.param(
            [row("", "", 4, 20)],
            [row("", "2026-12-01", 4, 20), row("2026-12-01", "", 6, 40)],
            "2026-12-01",
            (6, 40),
            id="what the maker has announced",
        ),
        pytest.param(
            [row("", "2026-12-15", 4, 20), row("2026-12-15", "", 5, 25)],
            [row("", "2026-12-01", 4, 20), row("2026-12-01", "", 6, 40)],
            "2026-12-01",
            (4, 20),
            id="what the seller has announced itself",
        ),
    ],
)
def test_a_price_without_a_date_is_dated_by_its_maker(
    ours: list[Row], theirs: list[Row], day: str, rates: tuple[int, int] | None
) -> None:
    known = None if rates is None else {"input": rates[0], "output": rates[1]}

    assert at(day, ours, theirs) == known


@pytest.mark.parametrize(
    ("theirs", "day", "length", "given"),
    [
        pytest.param(TIERED, "2026-04-01", 200, 4, id="short ones cost what they cost"),
        pytest.param(TIERED, "2026-02-01", 200, 4, id="and did before"),
        pytest.param(TIERED, "2026-04-01", 201, 8, id="long ones have cost more"),
        pytest.param(TIERED, "2026-02-01", 201, 4, id="since there was a price for them"),
    ],
)
def test_lengths_of_input_are_passed_on(
    theirs: list[Row], day: str, length: int, given: int
) -> None:
    ours = [row("", "", 4, 20, up_to=200), row("", "", 8, 30, over=200)]

    rates = at(day, ours, theirs, length)

    assert rates is not None
    assert rates["input"] == given


def test_only_the_lengths_that_cost_the_same_are_passed_on() -> None:
    ours = [row("", "", 4, 20)]

    assert at("2026-02-01", ours, TIERED, 200) == {"input": 4, "output": 20}
    assert at("2026-04-01", ours, TIERED, 201) == {"input": 4, "output": 20}
    assert at("2026-02-01", ours, TIERED, 201) is None


def test_a_threshold_is_one_whether_its_first_token_is_below_it_or_above() -> None:
    ours = [row("", "", 4, 20, up_to=200), row("", "", 8, 30, over=200)]
    theirs = [
        row("", "2026-03-01", 5, 30, up_to=199),
        row("", "2026-03-01", 9, 40, over=199),
        row("2026-03-01", "", 4, 20, up_to=199),
        row("2026-03-01", "", 8, 30, over=199),
    ]

    given = [at("2026-02-01", ours, theirs, length) for length in (199, 200, 201)]

    assert given == [{"input": 5, "output": 30}] * 2 + [{"input": 9, "output": 40}]


def test_what_both_take_tells_and_what_one_takes_stays_its_own() -> None:
    ours = [row("", "", 4, 20, request=7)]
    theirs = [
        row("", "2026-03-01", 5, 30, cache_read=2),
        row("2026-03-01", "", 4, 20, cache_read=1),
    ]

    assert at("2026-02-01", ours, theirs) == {"input": 5, "output": 30, "request": 7}
    assert at("2026-04-01", ours, theirs) == {"input": 4, "output": 20, "request": 7}


def test_what_the_seller_has_begun_to_list_was_passed_on_before() -> None:
    ours = [row("", "2026-10-01", 4, 20), row("2026-10-01", "", 4, 20, cache_read=1)]
    theirs = [row("", "", 4, 20, cache_read=1)]

    assert at("2026-09-01", ours, theirs) == {"input": 4, "output": 20, "cache_read": 1}


def test_a_price_that_was_passed_on_names_both_who_took_it_and_who_says_so() -> None:
    maker, shop = sold("lab", "m", CHANGED), sold("shop", "lab/m", [row("", "", 4, 20)])

    first, last = with_makers_history(shop, RULE, {"lab": maker}, AS_OF).models["lab/m"].rows

    assert first.source == "a sheet, passed on as https://shop.example/faq says"
    assert (last.source, last.up_to) == ("a sheet", ANY_LENGTH)


STATED = [
    pytest.param(
        "openai/gpt-5.6-sol",
        "2026-07-17T11:05:12Z",
        Usage(input_tokens=4020, cache_write_input_tokens=4012, output_tokens=5),
        "0.025265",
        id="a cache write",
    ),
    pytest.param(
        "openai/gpt-5.6-sol",
        "2026-07-17T11:05:12Z",
        Usage(input_tokens=4020, cache_read_input_tokens=4012, output_tokens=5),
        "0.002196",
        id="a cache read",
    ),
    pytest.param(
        "google/gemini-2.5-flash",
        "2026-03-08T23:11:33Z",
        Usage(input_tokens=2167, cache_read_input_tokens=2161, output_tokens=99),
        "0.00031413",
        id="a cache read of Gemini's",
    ),
    pytest.param(
        "openai/gpt-oss-20b",
        "2025-11-27T17:43:31Z",
        Usage(input_tokens=78, output_tokens=37),
        None,
        id="an open model, sold by many",
    ),
    pytest.param(
        "openai/o3",
        "2025-06-01T00:00:00Z",
        Usage(input_tokens=1_000_000),
        "10",
        id="before its price fell",
    ),
]


@pytest.mark.parametrize(("model", "when", "usage", "cost"), STATED)
def test_openrouter_takes_what_it_said_it_took(
    model: str, when: str, usage: Usage, cost: str | None, shipped: Catalogue
) -> None:
    reading = Reading(provider="openrouter", operation="chat", response_model=model, usage=usage)

    quote = price(reading, shipped, datetime.fromisoformat(when))

    assert (None if quote.list_cost is None else str(quote.list_cost)) == cost
