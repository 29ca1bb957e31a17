"""Audio that is billed by its length, for no less than the least that is billed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.core.money import PLACES, Money
from pytest_specbudget.core.reading import Part, Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.audio import audio_billed
from pytest_specbudget.prices.catalogue import LEAST_AUDIO, Row
from pytest_specbudget.prices.comparing import changes, rates_in_force
from pytest_specbudget.prices.compiler.sanity import zeros
from pytest_specbudget.prices.costing import cost_of, costs_by_meter
from pytest_specbudget.prices.kinds import costs_by_kind
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.prices.catalogue import Catalogue

NOW = datetime(2026, 11, 20, tzinfo=UTC)
A_SECOND = {"audio_hour": 3600, LEAST_AUDIO: 10 * 10**PLACES}
"""One attodollar a second, for ten of them at least."""

PRICE = """
[[price]]
provider = "groq"
model = "ears"
each = { audio_hour = "3600", least_audio_seconds = "10" }
valid_to = 2026-06-01

[[price]]
provider = "groq"
model = "ears"
each = { audio_hour = "3600", least_audio_seconds = 4 }
valid_from = 2026-06-01
"""


def heard(seconds: int | None, **counts: int) -> Usage:
    return Usage(audio_seconds=seconds, **counts)


def reading(usage: Usage, model: str = "whisper-large-v3", *parts: Part) -> Reading:
    return Reading(
        provider="groq",
        operation="transcription",
        response_model=model,
        usage=usage,
        usage_state="complete",
        parts=parts,
    )


def laid(tmp_path: Path, *texts: str) -> Catalogue:
    files = [tmp_path / f"{number}.toml" for number, _ in enumerate(texts)]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text)
    return load_catalogue(files)


def cost(catalogue: Catalogue, seconds: int, at: datetime = NOW) -> tuple[str, str]:
    """Return what seconds of "ears" are published at, and what is paid for them."""
    quote = price(reading(heard(seconds), "ears"), catalogue, at)
    return str(quote.list_cost), str(quote.contracted_cost)


@pytest.mark.parametrize(
    ("seconds", "atto"),
    [
        pytest.param(None, 0, id="no audio"),
        pytest.param(0, 0, id="audio of no length is none"),
        pytest.param(1, 10, id="a second is ten"),
        pytest.param(9, 10, id="nine are ten"),
        pytest.param(10, 10, id="ten are ten"),
        pytest.param(11, 11, id="eleven are eleven"),
    ],
)
def test_what_is_shorter_is_billed_as_the_least(seconds: int | None, atto: int) -> None:
    usage = heard(seconds)

    assert cost_of(usage, {}, A_SECOND) == Money(atto)
    assert sum((costs_by_meter(usage, {}, A_SECOND) or {}).values()) == atto


def test_a_transcript_by_its_length_still_leaves_its_tokens_to_the_clock() -> None:
    assert cost_of(heard(3, output_tokens=7), {"output": 7}, A_SECOND) == Money(10)


def test_audio_without_a_rate_stays_unknown_whatever_is_billed_at_least() -> None:
    assert cost_of(heard(3), {}, {LEAST_AUDIO: 10 * 10**PLACES}) == "audio time"


@pytest.mark.parametrize("seconds", [1, 9, 10])
@pytest.mark.parametrize(
    ("model", "usd"),
    [
        ("whisper-large-v3", "0.000308333333333333"),
        ("whisper-large-v3-turbo", "0.000111111111111111"),
    ],
)
def test_groq_bills_ten_seconds_at_least(
    shipped: Catalogue, model: str, usd: str, seconds: int
) -> None:
    asked = reading(heard(seconds), model)

    quote = price(asked, shipped, NOW)

    assert str(quote.list_cost) == usd
    assert costs_by_kind(asked, shipped, NOW) == {"audio": quote.list_cost}
    assert audio_billed(asked, shipped, NOW) == 10


def test_no_other_provider_is_known_to_bill_a_least(shipped: Catalogue) -> None:
    sellers = {
        seller.name
        for seller in shipped.providers.values()
        for model in seller.models
        for row in seller.models[model].rows
        if LEAST_AUDIO in row.rates
    }

    assert sellers == {"groq"}


def test_the_least_is_for_each_request_of_a_batch(shipped: Catalogue) -> None:
    each = [Part(model="whisper-large-v3", usage=heard(seconds)) for seconds in (2, 3, 20)]
    asked = reading(heard(25), "whisper-large-v3", *each)

    assert audio_billed(asked, shipped, NOW) == 40
    assert price(asked, shipped, NOW).list_cost == Money(308333333333333 * 2 + 616666666666667)


def test_what_has_no_price_is_billed_as_it_is_told(shipped: Catalogue) -> None:
    assert audio_billed(reading(heard(3), "nobody's"), shipped, NOW) == 3


def test_a_least_has_its_dates_like_any_price(tmp_path: Path) -> None:
    catalogue = laid(tmp_path, PRICE)

    assert cost(catalogue, 2, datetime(2026, 5, 31, 23, tzinfo=UTC)) == ("10", "10")
    assert cost(catalogue, 2, datetime(2026, 6, 1, tzinfo=UTC)) == ("4", "4")


def test_a_comparison_of_prices_shows_the_least_in_seconds(tmp_path: Path) -> None:
    catalogue = laid(tmp_path, PRICE)
    sides = (rates_in_force(catalogue, datetime(2026, month, 1, tzinfo=UTC)) for month in (5, 7))

    told = [str(change) for change in changes(*sides) if "ears" in change.place]

    assert told == ["groq/ears/default least_audio_seconds 10 -> 4 seconds x0.4"]


@pytest.mark.parametrize(
    ("terms", "paid"),
    [
        pytest.param('[[contract]]\nprovider="groq"\nmodel="ears"\neach={audio_hour="1800"}', "2"),
        pytest.param(
            '[[contract]]\nprovider="groq"\nmodel="ears"\n'
            'each={audio_hour="1800", least_audio_seconds=0}',
            "0.5",
        ),
        pytest.param('[[discount]]\nprovider="groq"\npercent=25', "3"),
        pytest.param(
            '[[fx]]\ncurrency="EUR"\ndate=2026-01-01\nrate="2"\n'
            '[[contract]]\nprovider="groq"\nmodel="ears"\ncurrency="EUR"\n'
            'each={audio_hour="1800", least_audio_seconds=6}',
            "6",
        ),
    ],
    ids=["what it does not name is as published", "named", "a discount", "seconds are no money"],
)
def test_a_contract_may_have_a_least_of_its_own(tmp_path: Path, terms: str, paid: str) -> None:
    assert cost(laid(tmp_path, PRICE, terms), 1) == ("4", paid)


@pytest.mark.parametrize(
    ("each", "told"),
    [
        ('{audio_hour="1", least_audio_seconds="0.5"}', "no whole number of seconds"),
        ('{audio_hour="1", least_audio_seconds=-1}', "below 0"),
        ('{audio_hour="1", least_audio_second=1}', 'did you mean "least_audio_seconds"?'),
        ('{audio_hour="0", least_audio_seconds=9}', "audio_hour of groq/ears would cost nothing"),
    ],
)
def test_a_least_that_makes_no_sense_is_an_error(tmp_path: Path, each: str, told: str) -> None:
    with pytest.raises(CatalogueError, match=r"\[\[price\]\] 1") as caught:
        laid(tmp_path, f'[[price]]\nprovider="groq"\nmodel="ears"\neach={each}')

    assert told in str(caught.value)


def test_a_row_that_bills_a_least_of_nothing_is_found_to_be_free() -> None:
    free = Row(rates={"audio_hour": 0, LEAST_AUDIO: 10 * 10**PLACES}, source="sheet")

    assert [*zeros([free])] == ["default costs nothing and is not declared free"]
