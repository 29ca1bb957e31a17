from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import (
    calls_of,
    dollars,
    dollars_beside,
    dollars_of,
    exact,
    first_of,
    percent,
    percents_beside,
    places_for,
    short_count,
    tight,
)

AMOUNTS = st.integers(0, 10**19).map(Money)


@pytest.mark.parametrize(
    ("amounts", "shown"),
    [
        pytest.param(["2"], ["$2.00"], id="one amount has cents"),
        pytest.param(["2.0004", "2"], ["$2.0004", "$2.0000"], id="as many places as differ"),
        pytest.param(["2", "2"], ["$2.00", "$2.00"], id="equal amounts look equal"),
        pytest.param(["0.000732"], ["$0.000732"], id="three digits of what is small"),
        pytest.param(["0.5", "0.000041"], ["$0.500000", "$0.000041"], id="two digits of the least"),
        pytest.param(["0.0498", "0.01"], ["$0.0498", "$0.0100"], id="four places below a dollar"),
        pytest.param(["0.001", "2"], ["$0.001", "$2.000"], id="nothing but nothing shows as $0"),
        pytest.param(
            ["2.000000000001", "2"], ["$2.000000000001", "$2.000000000000"], id="a pico over"
        ),
        pytest.param(["0", "2"], ["$0.00", "$2.00"], id="nothing of something"),
    ],
)
def test_amounts_that_differ_are_shown_to_differ(amounts: list[str], shown: list[str]) -> None:
    assert dollars_of(*map(Money.parse, amounts)) == tuple(shown)


@pytest.mark.parametrize(
    ("amounts", "shown"),
    [
        pytest.param(["2", "2"], ["$2.00", "$2.00"], id="dollars have cents"),
        pytest.param(["0.00126", "0.00126"], ["$0.00126", "$0.00126"], id="all of it is exact"),
        pytest.param(["0.1", "0.1"], ["$0.1000", "$0.1000"], id="four places below a dollar"),
        pytest.param(["2.000001", "2.000001"], ["$2.000001", "$2.000001"], id="more, if needed"),
        pytest.param(["0.0012599", "0.00126"], ["$0.0012599", "$0.0012600"], id="just below it"),
        pytest.param(["0.0012", "0.5"], ["$0.0012", "$0.5000"], id="far from it"),
        pytest.param(
            ["0.019", "0.01896"], ["$0.01900", "$0.01896"], id="the ceiling as it was set"
        ),
        pytest.param(["31", "0.005"], ["$31.000", "$0.005"], id="a small ceiling, far exceeded"),
        pytest.param(["2.3141", "2"], ["$2.31", "$2.00"], id="cents, where they tell them apart"),
        pytest.param(
            ["0.00121", "0.00126", "0.00126"],
            ["$0.00121", "$0.00126", "$0.00126"],
            id="an interval that ends at it",
        ),
    ],
)
def test_what_is_spent_is_told_from_its_ceiling(amounts: list[str], shown: list[str]) -> None:
    *spent, ceiling = map(Money.parse, amounts)

    assert dollars_beside(ceiling, *spent) == tuple(shown)


@given(AMOUNTS, AMOUNTS)
def test_a_ceiling_is_exact_and_what_is_spent_stands_on_its_side(
    ceiling: Money, spent: Money
) -> None:
    shown_spent, shown_ceiling = map(Money.parse, dollars_beside(ceiling, spent))

    assert shown_ceiling == ceiling
    assert (shown_spent > ceiling, shown_spent == ceiling) == (spent > ceiling, spent == ceiling)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        pytest.param("1.8312", "$1.8312", id="four places"),
        pytest.param("0.00005", "$0.00005", id="more where four would show nothing"),
        pytest.param("0.000000000000000001", "$0.000000000000000001", id="the least amount"),
        pytest.param("0.000732", "$0.000732", id="three digits of what is small"),
        pytest.param("0.0004", "$0.0004", id="no more than it takes to be exact"),
        pytest.param("0.000012345", "$0.0000123", id="three digits, rounded"),
        pytest.param("0", "$0.0000", id="nothing"),
        pytest.param("1" + "0" * 40, "$1" + "0" * 40 + ".0000", id="an absurd amount"),
    ],
)
def test_an_amount_never_shows_as_nothing(amount: str, shown: str) -> None:
    assert dollars(Money.parse(amount)) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        pytest.param(Fraction(1), "100.0 %", id="exactly all"),
        pytest.param(Fraction(10**12 + 1, 10**12), "100.1 %", id="a pico over is over"),
        pytest.param(Fraction(10**12 - 1, 10**12), "99.9 %", id="a pico under is under"),
        pytest.param(Fraction(551, 1000), "55.1 %", id="one decimal"),
        pytest.param(Fraction(0), "0.0 %", id="nothing"),
        pytest.param(Fraction(4, 100_000), "0.0040 %", id="two digits of what is small"),
        pytest.param(Fraction(10**40), "1" + "0" * 42 + ".0 %", id="an absurd share"),
    ],
)
def test_a_share_never_rounds_across_the_ceiling(share: Fraction, shown: str) -> None:
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("share", "limit", "shown"),
    [
        pytest.param("0.12", "0.1", ("12.0 %", "10.0 %"), id="far from it"),
        pytest.param("0.1004", "0.1", ("10.04 %", "10.00 %"), id="just above it"),
        pytest.param("0.09996", "0.1", ("9.9 %", "10.0 %"), id="just below it"),
        pytest.param("0.1", "0.1", ("10.0 %", "10.0 %"), id="exactly it"),
        pytest.param("0.00004", "0", ("0.0040 %", "0.0 %"), id="more than nothing"),
        pytest.param("1.00004", "1", ("100.1 %", "100.0 %"), id="more than all"),
    ],
)
def test_a_share_is_told_from_its_limit(share: str, limit: str, shown: tuple[str, str]) -> None:
    assert percents_beside(Fraction(limit), Fraction(share)) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        pytest.param(0, "0", id="none"),
        pytest.param(812, "812", id="hundreds as they are"),
        pytest.param(88_100, "88.1k", id="thousands"),
        pytest.param(2_410_000, "2.41M", id="millions"),
        pytest.param(-5, "-5", id="a negative count is kept"),
    ],
)
def test_counts_of_tokens_are_short(count: int, shown: str) -> None:
    assert short_count(count) == shown


def test_a_count_of_thousands_of_digits_is_shown() -> None:
    assert short_count(10**400).endswith(",000.00M")


def test_a_count_carries_its_noun() -> None:
    assert (calls_of(1), calls_of(1_204)) == ("1 call", "1,204 calls")


def test_amounts_below_each_other_have_as_many_places_as_the_largest_needs() -> None:
    amounts = [Money.parse(text) for text in ("0.00012345", "0.0000001")]

    assert places_for(amounts) == 6


def test_what_somebody_set_is_exact() -> None:
    shown = [exact(Money.parse(text)) for text in ("2", "0.5", "0.000732")]

    assert shown == ["2.00", "0.50", "0.000732"]


def test_a_share_in_a_column_has_no_space() -> None:
    assert tight(percent(Fraction(551, 1000))) == "55.1%"


@pytest.mark.parametrize(
    ("most", "shown"),
    [
        pytest.param(3, "a, b, c", id="all"),
        pytest.param(2, "a, b and 1 more", id="some"),
    ],
)
def test_some_names_stand_for_many(most: int, shown: str) -> None:
    assert first_of(["a", "b", "c"], most) == shown
