from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reports import money

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.rises import adding_up, apart, percent_more, signed, split
from pytest_specbudget.core.wording import dollars

AMOUNTS = st.integers(0, 10**19).map(Money)
CHANGES = st.integers(-(10**19), 10**19).map(Money)


@pytest.mark.parametrize(
    ("base", "head", "shown"),
    [
        pytest.param("1", "1.11", ("1.0000", "1.1100", "+0.1100"), id="dearer"),
        pytest.param("1.11", "1", ("1.1100", "1.0000", "-0.1100"), id="cheaper"),
        pytest.param("2", "2", ("2.0000", "2.0000", "0"), id="the same"),
        pytest.param("0", "0.5", ("0.0000", "0.5000", "+0.5000"), id="from nothing"),
        pytest.param(
            "0.99996", "1.00004", ("0.99996", "1.00004", "+0.00008"), id="rounding hides no rise"
        ),
        pytest.param(
            "1",
            "1.000000000000000001",
            ("1.000000000000000000", "1.000000000000000001", "+0.000000000000000001"),
            id="the least that there is",
        ),
    ],
)
def test_two_amounts_and_their_change(base: str, head: str, shown: tuple[str, ...]) -> None:
    assert apart(money(base), money(head)) == shown


@given(AMOUNTS, AMOUNTS)
def test_what_differs_looks_different_and_in_its_order(base: Money, head: Money) -> None:
    was, now, change = apart(base, head)

    assert (Decimal(was) < Decimal(now)) is (base < head)
    assert (Decimal(was) == Decimal(now)) is (base == head)
    assert change.startswith("+") is (head > base)


@pytest.mark.parametrize(
    ("base", "head", "limit", "shown"),
    [
        pytest.param("1", "1.11", "10 %", "+11.0 %", id="beyond its limit"),
        pytest.param("1", "1.1", "10 %", "+10.0 %", id="exactly its limit"),
        pytest.param("1", "1.1000001", "10 %", "+10.00001 %", id="just beyond never looks within"),
        pytest.param("1", "1.0999999", "10 %", "+9.99999 %", id="just within never looks beyond"),
        pytest.param("1", "1.1025", "10.25 % (acknowledged)", "+10.25 %", id="an odd limit"),
        pytest.param("1", "1.1025", "strict", "+10.2 %", id="no limit in percent"),
        pytest.param("1", "1.00001", "", "+0.001 %", id="what is not nothing is not 0.0"),
        pytest.param("1", "0.00001", "", "-99.999 %", id="what costs something fell by less"),
        pytest.param("1", "0", "", "-100.0 %", id="all of it"),
        pytest.param("1", "1", "10 %", "0.0 %", id="the same"),
        pytest.param("0", "1", "10 %", "-", id="no share of nothing"),
        pytest.param("0.000001", "12", "", "+1,199,999,900.0 %", id="a great deal"),
        pytest.param("3", "4", "33.333 %", "+33.3333 %", id="a third beside its cut decimals"),
    ],
)
def test_a_share_stands_on_its_side_of_the_limit(
    base: str, head: str, limit: str, shown: str
) -> None:
    assert percent_more(money(base), money(head), limit) == shown


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        pytest.param(["0.1", "0", "0.04"], ["+0.1000", "0", "+0.0400"], id="nothing is 0"),
        pytest.param(
            ["0.00004", "0.00004", "0.00004"],
            ["+0.0001", "0.0000", "0.0000"],
            id="the largest remainder takes the last place",
        ),
        pytest.param(["1234.5"], ["+1,234.5000"], id="thousands"),
        pytest.param(["-0.000048", "0"], ["-0.00005", "0"], id="a sum is never rounded to nothing"),
        pytest.param(["0.1", "-0.00001"], ["+0.1000", "0.0000"], id="nothing has no sign"),
    ],
)
def test_parts_are_written_with_their_signs(parts: list[str], shown: list[str]) -> None:
    amounts = [money(part.removeprefix("-")) * (-1 if part[0] == "-" else 1) for part in parts]

    assert split(amounts, 4) == shown


@given(st.lists(CHANGES, min_size=1, max_size=9))
def test_parts_add_up_as_they_are_shown(parts: list[Money]) -> None:
    shown = [Decimal(text.replace(",", "")) for text in split(parts, 4)]

    exact = sum(part.atto for part in parts)
    places = max(-int(one.as_tuple().exponent) for one in shown)
    assert Fraction(sum(shown)) * 10**places == round(Fraction(exact, 10 ** (18 - places)))
    assert bool(exact) is bool(sum(shown))


@given(st.lists(CHANGES, min_size=1, max_size=9))
def test_no_part_has_a_wrong_sign_and_no_zero_has_any(parts: list[Money]) -> None:
    for part, text in zip(parts, split(parts, 4), strict=True):
        size = Decimal(text.replace(",", ""))

        assert (text[0] in "+-") is bool(size)
        assert size * part.atto >= 0


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        pytest.param(["0.02005", "0.02005"], ["$0.0201", "$0.0200"], id="two halves of 0.0401"),
        pytest.param(["0.04", "0"], ["$0.0400", "$0.0000"], id="nothing is nothing"),
        pytest.param(["0.04", "0.000001"], ["$0.040000", "$0.000001"], id="something never is"),
        pytest.param(["1200", "0.5"], ["$1200.0000", "$0.5000"], id="thousands, as elsewhere"),
    ],
)
def test_parts_of_a_sum_are_told_in_dollars(parts: list[str], shown: list[str]) -> None:
    assert adding_up([*map(money, parts)], 4) == shown


@given(st.lists(AMOUNTS, min_size=1, max_size=9))
def test_dollars_add_up_to_their_sum_as_it_is_told(parts: list[Money]) -> None:
    shown = [text.removeprefix("$") for text in adding_up(parts, 4)]

    places = len(shown[0].partition(".")[2])
    assert f"${sum(map(Decimal, shown)):f}" == dollars(Money.total(parts), places)
    assert [bool(Decimal(text)) for text in shown] == [bool(part) for part in parts]


def test_a_change_has_a_sign_and_nothing_is_nothing() -> None:
    assert [signed(money("0")), signed(money("1")), signed(Money() - money("1"))] == [
        "0",
        "+1.0000",
        "-1.0000",
    ]
