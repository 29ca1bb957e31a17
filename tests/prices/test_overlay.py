"""What users lay over the shipped prices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.prices.catalogue import Catalogue

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)


def lay(folder: Path, *texts: str) -> Catalogue:
    paths = [folder / f"overlay{number}.toml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return load_catalogue(paths)


def cost(
    catalogue: Catalogue, model: str, provider: str = "openai", at: datetime = NOVEMBER
) -> str | None:
    usage = Usage(input_tokens=1_000_000)
    reading = Reading(provider=provider, operation="chat", response_model=model, usage=usage)
    quote = price(reading, catalogue, at)
    return quote.reason if quote.list_cost is None else str(quote.list_cost)


def a_price(model: str, rate: str, more: str = "") -> str:
    return f"""
[[price]]
provider = "openai"
model = "{model}"
rates = {{ input = {rate} }}
{more}
"""


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        pytest.param('"0.80"', "0.8", id="a string"),
        pytest.param("0.1", "0.1", id="a TOML decimal, read exactly"),
        pytest.param("3", "3", id="a whole number"),
    ],
)
def test_a_new_model_gets_the_price_as_written(tmp_path: Path, rate: str, expected: str) -> None:
    catalogue = lay(tmp_path, a_price("house-model", rate))

    assert cost(catalogue, "house-model") == expected


def test_a_price_for_a_model_goes_for_its_snapshots_too(tmp_path: Path) -> None:
    catalogue = lay(tmp_path, a_price("gpt-4o-mini", '"9"'))

    assert cost(catalogue, "gpt-4o-mini-2024-07-18") == "9"


def test_a_price_for_a_snapshot_leaves_its_model_alone(tmp_path: Path) -> None:
    catalogue = lay(tmp_path, a_price("gpt-4o-mini-2024-07-18", '"9"'))

    assert (cost(catalogue, "gpt-4o-mini-2024-07-18"), cost(catalogue, "gpt-4o-mini")) == (
        "9",
        "0.15",
    )


def test_a_price_holds_in_its_time_alone(tmp_path: Path) -> None:
    catalogue = lay(tmp_path, a_price("gpt-4o-mini", '"9"', "valid_from = 2026-11-01"))

    before = cost(catalogue, "gpt-4o-mini", at=datetime(2026, 10, 31, 23, tzinfo=UTC))

    assert (before, cost(catalogue, "gpt-4o-mini")) == ("0.15", "9")


def test_long_input_is_stacked_on_its_short_price(tmp_path: Path) -> None:
    stack = a_price("house", '"1"') + a_price("house", '"2"', "over = 999_999")

    catalogue = lay(tmp_path, stack)

    assert cost(catalogue, "house") == "2"


def test_an_override_is_reported(tmp_path: Path) -> None:
    catalogue = lay(tmp_path, a_price("gpt-4o-mini", '"9"'))

    path = tmp_path / "overlay0.toml"
    assert catalogue.overlays == (
        str(path),
        f"{path}:2 [[price]] 1 overrides prices of openai/gpt-4o-mini",
    )


def test_two_sources_that_disagree_are_both_named(tmp_path: Path) -> None:
    catalogue = lay(tmp_path, a_price("gpt-4o-mini", '"9"'), a_price("gpt-4o-mini", '"7"'))

    below, top = (f"{tmp_path}/overlay{number}.toml:2 [[price]] 1" for number in (0, 1))
    subject = "disagree on openai/gpt-4o-mini/default: input"
    assert catalogue.disagreements == (
        f"{below} and genai-prices 0.2.3 {subject} 9 or 0.15 USD per million; the first holds",
        f"{top} and {below} {subject} 7 or 9 USD per million; the first holds",
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(a_price("gpt-4o-mini", '"0.15"'), id="the same price"),
        pytest.param(a_price("house", '"1"'), id="a price of a model of its own"),
        pytest.param(a_price("gpt-4o-mini", '"9"', 'service_tier = "house"'), id="another tier"),
    ],
)
def test_sources_that_agree_are_not_told(tmp_path: Path, text: str) -> None:
    assert lay(tmp_path, text).disagreements == ()


def test_a_price_that_says_why_it_is_another_is_no_disagreement(tmp_path: Path) -> None:
    why = 'reason = "our contract"'
    catalogue = lay(tmp_path, a_price("gpt-4o-mini", '"9"'), a_price("gpt-4o-mini", '"7"', why))

    (below,), (top,) = catalogue.disagreements, catalogue.meant
    assert "overlay0.toml" in below
    assert "genai-prices" in below
    assert "7 or 9 USD per million" in top
    assert top.endswith("and says why: our contract")


IN_EUROS = a_price("gpt-4o-mini", '"0.123456"', 'currency = "EUR"\nvalid_from = 2026-10-01')
UNDATED = IN_EUROS.replace("valid_from = 2026-10-01", "")
EURO = """
[[fx]]
currency = "EUR"
date = 2026-10-01
rate = "1.0837"
[[fx]]
currency = "EUR"
date = 2026-11-01
rate = "1.1"
"""


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param(datetime(2026, 10, 31, tzinfo=UTC), "0.1337892672", id="exact, not rounded"),
        pytest.param(NOVEMBER, "0.1358016", id="at the rate of the day"),
        pytest.param(datetime(2026, 9, 30, tzinfo=UTC), "0.15", id="as published before"),
    ],
)
def test_a_price_in_another_currency_is_converted_exactly(
    tmp_path: Path, at: datetime, expected: str
) -> None:
    catalogue = lay(tmp_path, IN_EUROS, EURO)

    assert cost(catalogue, "gpt-4o-mini", at=at) == expected


def test_a_contract_leaves_the_published_price_alone(tmp_path: Path) -> None:
    catalogue = lay(tmp_path, IN_EUROS.replace("[[price]]", "[[contract]]"), EURO)

    agreed = catalogue.contracts["openai"].find("gpt-4o-mini-2024-07-18", NOVEMBER.date())
    assert cost(catalogue, "gpt-4o-mini") == "0.15"
    assert agreed is not None
    assert [row.rates["input"] for row in agreed.rows] == [133_789_267_200, 135_801_600_000]


def test_a_fallback_is_for_models_without_a_price(tmp_path: Path) -> None:
    catalogue = lay(
        tmp_path,
        '[[fallback]]\nprovider="ollama"\nmodel="llama*"\nreason="power"\nrates={ input="1" }',
    )

    assert cost(catalogue, "llama3:8b", "ollama") == "1"
    assert cost(catalogue, "mistral:7b", "ollama") != "1"
    assert cost(catalogue, "gpt-4o-mini") == "0.15"


def test_what_is_free_or_guessed_is_reported_with_its_reason(tmp_path: Path) -> None:
    catalogue = lay(
        tmp_path,
        '[[free]]\nprovider="ollama"\nmodel="*"\nreason="own machine"\n'
        '[[fallback]]\nreason="better than nothing"\nrates={ input="1" }',
    )

    path = tmp_path / "overlay0.toml"
    assert catalogue.overlays == (
        str(path),
        f"{path}: ollama/* is free: own machine",
        f"{path}: */* without a price has a fallback: better than nothing",
    )


def test_the_later_overlay_is_on_top(tmp_path: Path) -> None:
    catalogue = lay(tmp_path, a_price("house", '"1"'), a_price("house", '"2"'))

    assert cost(catalogue, "house") == "2"


def test_an_overlay_changes_the_digest(tmp_path: Path, shipped: Catalogue) -> None:
    catalogue = lay(tmp_path, a_price("house", '"1"'))

    assert catalogue.sha256 != shipped.sha256


def test_an_alias_stands_for_a_model(tmp_path: Path) -> None:
    catalogue = lay(tmp_path, '[[alias]]\nprovider="openai"\nfrom="ours"\nto="gpt-4o-mini"')

    assert cost(catalogue, "ours") == "0.15"


def test_an_alias_for_a_time_leaves_other_times_and_names_alone(tmp_path: Path) -> None:
    catalogue = lay(
        tmp_path,
        '[[alias]]\nprovider="openai"\nfrom="gpt-4.1"\nto="gpt-4o-mini"\nvalid_to=2026-11-02',
    )

    later = datetime(2026, 11, 2, tzinfo=UTC)
    assert cost(catalogue, "gpt-4.1") == "0.15"
    assert cost(catalogue, "gpt-4.1", at=later) == "2"
    assert cost(catalogue, "gpt-4.1-2025-04-14") == "2"


def test_a_discount_and_free_models_are_the_users_to_declare(tmp_path: Path) -> None:
    catalogue = lay(
        tmp_path,
        '[[discount]]\nprovider="aws.bedrock"\npercent="7.5"\n'
        '[[free]]\nprovider="ollama"\nmodel="*"\nreason="own machine"',
    )

    assert str(catalogue.discounts[0].pays) == "37/40"
    assert catalogue.discounts[0].provider == "bedrock"
    assert cost(catalogue, "llama3:8b", "ollama") == "0"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("[[price]", "cannot be read", id="no TOML"),
        pytest.param("a = " + "[" * 5000, "it is nested too deep", id="lists without end"),
        pytest.param("a = 1e99999999999999999999", "a number in it is too", id="an exponent"),
        pytest.param(a_price("x", '"nan"'), "rates.input", id="not a number"),
        pytest.param(a_price("x", '"abc"'), '"abc" is not a number', id="text"),
        pytest.param(
            a_price("x", '"-1"'), "the rate of input is below 0; write what it", id="below 0"
        ),
        pytest.param(a_price("x", '"1e-13"'), "10**-18", id="finer than money"),
        pytest.param(a_price("x", "true"), "not an exact number", id="a truth value"),
        pytest.param(
            a_price("x", '"1"', "valid_form = 2026-01-01"),
            ':2: [[price]] 1: there is no key "valid_form"; did you mean "valid_from"?',
            id="a key that is unknown",
        ),
        pytest.param(
            "[[prize]]\nx = 1", "is no table of this name; did you mean [[price]]?", id="a table"
        ),
        pytest.param("price = 1", "write [[price]], in two brackets", id="no table at all"),
        pytest.param(
            '[[discount]]\nprovider = "openai"', '"percent" is missing', id="a key that lacks"
        ),
        pytest.param(
            "[[discount]]\nprovider = 1\npercent = 1",
            "1 is no text; write it in quotes",
            id="a number",
        ),
        pytest.param(
            a_price("x", '"1"', 'over = "many"'), "'many' is no whole number", id="no whole number"
        ),
        pytest.param(
            a_price("x", '"1"', "per = 0"), "0 is too small; write more than 0", id="for none"
        ),
        pytest.param(
            a_price("x", '"1"', "valid_from = 0001-01-01T00:00:00+14:00"),
            "0001-01-01T00:00:00+14:00 is no time of the years 1 to 9999 in UTC",
            id="a time that UTC cannot hold",
        ),
        pytest.param(
            a_price("x", '"1"', 'valid_from = "soon"'), '"soon" is no date or time', id="no time"
        ),
        pytest.param(
            a_price("x", '"1"', 'checked = "soon"'), '"soon" is no date; write one', id="no date"
        ),
        pytest.param(
            a_price("x", '"1"', 'within = "maybe"'), "is no truth value", id="no truth value"
        ),
        pytest.param(
            '[[fx]]\ncurrency="eur"\ndate=2026-01-01\nrate="1"', '"eur" is no currency', id="small"
        ),
        pytest.param(
            '[[discount]]\nprovider="openai"\npercent="-50"',
            "percent is below 0; write what is taken off",
            id="a discount that makes it dearer",
        ),
        pytest.param(
            a_price("x", '"1"').replace("input", "inptu"),
            '"inptu" is not a meter; did you mean "input"?',
            id="a typo",
        ),
        pytest.param(
            a_price("x", '"1"', "valid_from = 2026-01-01T00:00:00"), "no time zone", id="local time"
        ),
        pytest.param(
            a_price("x", '"1"', "valid_from = 2026-02-01\nvalid_to = 2026-01-01"),
            "valid_to is not after valid_from",
            id="backwards",
        ),
        pytest.param(
            a_price("x", '"1"').replace("input", "web_search"),
            '"web_search" belongs into each',
            id="a fee among the token rates",
        ),
        pytest.param(a_price("x", '"1"') * 2, ":8 [[price]] 2", id="two prices at once"),
        pytest.param(
            a_price("x", '"1"', 'schedule = "peak"'), 'no schedule "peak"', id="no such schedule"
        ),
        pytest.param(
            '[[alias]]\nprovider="openai"\nfrom="a"\nto="b"',
            "has no such model",
            id="no such model",
        ),
        pytest.param(
            '[[discount]]\nprovider="openai"\npercent=101', "more than 100", id="over 100 percent"
        ),
        pytest.param('[[free]]\nprovider="x"\nmodel="*"\nreason=""', "reason", id="no reason"),
        pytest.param('[[free]]\nprovider="x"\nmodel="*"\nreason=" "', "is empty", id="a blank one"),
        pytest.param(
            '[[fallback]]\nreason=" "\nrates={ input="1" }',
            "is empty",
            id="a guess with a blank one",
        ),
        pytest.param(IN_EUROS, 'no exchange rate for "EUR"', id="no exchange rate"),
        pytest.param(
            EURO.replace("2026-", "2036-") + UNDATED,
            'no exchange rate for "EUR" before 2036-10-01',
            id="a price whose first exchange rate is yet to come",
        ),
        pytest.param(
            EURO.replace("2026-", "2036-") + UNDATED.replace("[[price]]", "[[contract]]"),
            'no exchange rate for "EUR" before 2036-10-01',
            id="a contract whose first one is",
        ),
        pytest.param(
            EURO + IN_EUROS.replace("0.123456", "0.1234567890123"),
            "whole number of 10**-18 USD",
            id="finer than money once converted",
        ),
        pytest.param(
            '[[fx]]\ncurrency="EUR"\ndate=2026-01-01\nrate="0"', "cannot be 0", id="worthless"
        ),
        pytest.param(
            '[[fx]]\ncurrency="USD"\ndate=2026-01-01\nrate="1.1"', '"USD"', id="a dollar is one"
        ),
        pytest.param(
            '[[contract]]\nprovider="openai"\nmodel="x"', "sets no rate", id="an empty contract"
        ),
        pytest.param(
            '[[fallback]]\nrates={ input="1" }', "reason", id="a fallback without a reason"
        ),
    ],
)
def test_what_makes_no_sense_is_an_error(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        lay(tmp_path, text)

    assert told in str(caught.value)
    assert "overlay0.toml" in str(caught.value)


def test_all_problems_of_all_files_come_at_once_with_their_lines(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as caught:
        lay(tmp_path, a_price("x", "true") + a_price("y", '"no"'), a_price("z", '"-1"'))

    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0].removeprefix(str(tmp_path)) for line in lines] == [
        "/overlay0.toml:2",
        "/overlay0.toml:8",
        "/overlay1.toml:2",
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"gone\.toml: cannot be read"):
        load_catalogue([tmp_path / "gone.toml"])


@pytest.mark.parametrize("day", ["2026-01-01", '"2026-01-01"', '"2026-01-01T00:00:00Z"'])
def test_a_day_begins_at_midnight_utc_in_quotes_or_not(tmp_path: Path, day: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(
        f'[[price]]\nprovider = "openai"\nmodel = "ours"\nvalid_from = {day}\n'
        'rates = { input = "1", output = "2" }\n'
    )
    reading = Reading(
        provider="openai",
        operation="chat",
        request_model="ours",
        usage=Usage(input_tokens=1_000_000, output_tokens=0),
        usage_state="complete",
    )
    midnight = datetime(2026, 1, 1, tzinfo=UTC)

    quotes = [
        price(reading, load_catalogue([file]), at)
        for at in (midnight - timedelta(microseconds=1), midnight)
    ]

    assert [str(quote.list_cost) for quote in quotes] == ["None", "1"]


def given_away(rates: str, more: str = "", table: str = "price") -> str:
    return f'[[{table}]]\nprovider = "openai"\nmodel = "gpt-4o"\n{rates}\n{more}\n'


NOTHING = 'rates = { input = "0", output = "0" }'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(given_away(NOTHING), "input and output of openai/gpt-4o", id="a price"),
        pytest.param(given_away(NOTHING, table="contract"), "input and output", id="a contract"),
        pytest.param(
            given_away('rates = { input = "1", output = 0.00 }'), "1: output of", id="output alone"
        ),
        pytest.param(given_away('each = { request = "0" }'), "1: request of", id="all there is"),
        pytest.param(
            given_away(NOTHING, 'reason = " "'), "would cost nothing", id="an empty reason"
        ),
        pytest.param(
            given_away(NOTHING) + '[[free]]\nprovider="ollama"\nmodel="*"\nreason="ours"',
            "would cost nothing",
            id="while something else is free",
        ),
    ],
)
def test_a_price_of_nothing_needs_a_reason(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        lay(tmp_path, text)

    assert "overlay0.toml:1: [[" in str(caught.value)
    assert told in str(caught.value)
    assert 'say why with reason = "..."' in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(given_away(NOTHING, 'reason = "sponsored"'), id="a reason in the entry"),
        pytest.param(
            given_away(NOTHING) + '[[free]]\nprovider="openai"\nmodel="gpt-4*"\nreason="ours"',
            id="declared free",
        ),
        pytest.param(
            given_away('rates = { input = "1", output = "2", cache_read = "0" }'),
            id="a part that may cost nothing",
        ),
    ],
)
def test_a_price_of_nothing_with_a_reason_is_taken(tmp_path: Path, text: str) -> None:
    assert lay(tmp_path, text).providers["openai"].find("gpt-4o", NOVEMBER.date()) is not None


def test_a_price_of_nothing_is_reported_with_its_reason(tmp_path: Path) -> None:
    catalogue = lay(tmp_path, given_away(NOTHING, 'reason = "sponsored"'))

    path = tmp_path / "overlay0.toml"
    assert f"{path}: input, output of openai/gpt-4o costs nothing: sponsored" in catalogue.overlays


@pytest.mark.parametrize(
    ("region", "written", "expected"),
    [
        pytest.param(
            "eu-central-1", "", "0.36", id="a price of no region leaves those that have one"
        ),
        pytest.param("us-east-1", "", "0.1", id="and holds at home"),
        pytest.param("eu-central-1", 'region = "eu-central-1"', "0.1", id="a price of one region"),
        pytest.param("eu-west-2", 'region = "eu-central-1"', "0.47", id="leaves the others"),
        pytest.param("eu-central-1", 'region = "*"', "0.1", id="a price of all regions"),
        pytest.param("eu-west-3", 'region = "*"', "0.1", id="holds where none was listed"),
        pytest.param(None, 'region = "*"', "0.1", id="and where no region is known"),
    ],
)
def test_a_price_holds_in_the_regions_that_it_names(
    tmp_path: Path, region: str | None, written: str, expected: str
) -> None:
    text = a_price("minimax.minimax-m2.5", '"0.1"', written).replace("openai", "bedrock")
    reading = Reading(
        provider="bedrock",
        operation="chat",
        response_model="minimax.minimax-m2.5",
        region=region,
        usage=Usage(input_tokens=1_000_000),
    )

    quote = price(reading, lay(tmp_path, text), NOVEMBER)

    assert str(quote.list_cost) == expected
