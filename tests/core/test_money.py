from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.core.money import PLACES, Money
from pytest_specbudget.errors import MoneyError

if TYPE_CHECKING:
    from collections.abc import Sequence

amounts = st.builds(Money, st.integers(0, 10**40))


@pytest.mark.parametrize(
    ("text", "atto"),
    [
        pytest.param("2", 2 * 10**18, id="dollars"),
        pytest.param("2.00", 2 * 10**18, id="dollars and cents"),
        pytest.param("$2.00", 2 * 10**18, id="with a sign"),
        pytest.param(" 2.00 ", 2 * 10**18, id="with blanks around"),
        pytest.param(2, 2 * 10**18, id="a whole number"),
        pytest.param(Decimal("1E-7"), 10**11, id="a decimal in scientific notation"),
        pytest.param("0.000000000000000001", 1, id="the least amount"),
        pytest.param("0.1000000000000000000000", 10**17, id="zeros beyond the grid"),
        pytest.param("0", 0, id="nothing"),
    ],
)
def test_an_amount_is_read_exactly(text: Any, atto: int) -> None:
    assert Money.parse(text) == Money(atto)


@pytest.mark.parametrize(
    "text",
    [
        *("abc", "", "-1", "nan", "inf", "Infinity", "1e3", "1.", ".5", "1,5", "1_000", "$", "2 $"),
        *("٣", "0.0000000000000000001"),
        *(0.1, 2.0, True, None, Decimal("nan"), Decimal("inf"), Decimal(-1)),
    ],
)
def test_what_is_no_exact_amount_is_refused(text: Any) -> None:
    with pytest.raises(MoneyError, match=r"is not an amount|decimal places|is a float"):
        Money.parse(text)


@given(amount=amounts)
def test_an_amount_is_read_back_as_it_was_written(amount: Money) -> None:
    assert Money.parse(str(amount)) == amount


@given(parts=st.lists(amounts), seed=st.randoms())
def test_a_sum_does_not_depend_on_the_order(parts: Sequence[Money], seed: Any) -> None:
    shuffled = list(parts)
    seed.shuffle(shuffled)

    assert Money.total(shuffled) == Money.total(parts)


def test_a_thousand_small_charges_add_up_exactly() -> None:
    assert str(Money.total([Money.parse("0.000732")] * 1_000)) == "0.732"


def test_dimes_add_up() -> None:
    assert Money.total([Money.parse("0.10")] * 3) == Money.parse("0.30")


@pytest.mark.parametrize(
    ("atto", "text"),
    [
        pytest.param(732 * 10**15, "0.732", id="no more places than needed"),
        pytest.param(2 * 10**18, "2", id="whole dollars"),
        pytest.param(0, "0", id="nothing"),
        pytest.param(-(15 * 10**17), "-1.5", id="a difference below nothing"),
    ],
)
def test_an_amount_is_written_exactly(atto: int, text: str) -> None:
    assert str(Money(atto)) == text


@pytest.mark.parametrize(
    ("dollars", "atto"),
    [
        pytest.param(Fraction(1, 3), 333_333_333_333_333_333, id="to the nearest"),
        pytest.param(Fraction(1, 2 * 10**18), 0, id="half to even, down"),
        pytest.param(Fraction(3, 2 * 10**18), 2, id="half to even, up"),
        pytest.param(Fraction(732, 10**6), 732 * 10**12, id="what fits stays exact"),
    ],
)
def test_a_fraction_is_rounded_once(dollars: Fraction, atto: int) -> None:
    assert Money.of_fraction(dollars).atto == atto


def test_units_of_a_power_of_ten_are_exact() -> None:
    assert Money.of_units(250, 12) == Money.parse("0.00000000025")
    assert Money.of_units(1, PLACES) == Money(1)


def test_a_share_is_exact_and_nothing_has_no_shares() -> None:
    assert Money(1).share_of(Money(3)) == Fraction(1, 3)
    assert Money(1).share_of(Money()) is None


def test_arithmetic_and_order() -> None:
    two, three = Money.parse("2"), Money.parse("3")

    assert (two + three, three - two, two * 3) == (Money.parse(5), Money.parse(1), Money.parse(6))
    assert two < three
    assert bool(two)
    assert not Money()
