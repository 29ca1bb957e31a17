"""How far prices may move what a history cost, and what is said of it."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.audit.drift import Priced, drift
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from random import Random

    from pytest_specbudget.audit.drift import Drift
    from pytest_specbudget.core.finding import Result

DAY = date(2026, 11, 2)
AMOUNTS = st.integers(0, 10**6).map(Money)
GROUPS = st.lists(
    st.builds(
        Priced,
        model=st.sampled_from(["a", "b", "c"]),
        day=st.dates(DAY, DAY + timedelta(days=40)),
        calls=st.integers(1, 9),
        recorded=AMOUNTS,
        repriced=AMOUNTS,
        unknown=st.integers(0, 2),
        reasons=st.lists(st.sampled_from(["no price", "no batch price"])).map(tuple),
    ),
    max_size=12,
)


def priced(model: str, recorded: str, repriced: str, day: date = DAY, unknown: int = 0) -> Priced:
    return Priced(
        model=model,
        day=day,
        calls=1,
        recorded=Money.parse(recorded),
        repriced=Money.parse(repriced),
        unknown=unknown,
        reasons=('no price for "x"',) if unknown else (),
    )


def held(*groups: tuple[str, str, str], limit: str = "10") -> Drift:
    return drift([priced(*group) for group in groups], Fraction(limit))


@pytest.mark.parametrize(
    ("repriced", "limit", "result"),
    [
        pytest.param("1.12", "10", "fail", id="12 % more fails at 10 %"),
        pytest.param("1.10", "10", "fail", id="just 10 % more fails"),
        pytest.param("1.099999999999999999", "10", "pass", id="an attodollar less passes"),
        pytest.param("1.09", "10", "pass", id="9 % more passes"),
        pytest.param("0.90", "10", "fail", id="just 10 % less fails"),
        pytest.param("0.91", "10", "pass", id="9 % less passes"),
        pytest.param("1.00", "0", "pass", id="no move passes any limit"),
        pytest.param("1.000000000000000001", "0", "fail", id="any move fails a limit of 0 %"),
        pytest.param("1.025", "2.5", "fail", id="limits have fractions"),
        pytest.param("0", "100", "fail", id="what became free moved by 100 %"),
    ],
)
def test_a_move_of_just_the_limit_is_too_far(repriced: str, limit: str, result: Result) -> None:
    assert held(("a", "1.00", repriced), limit=limit).result == result


def test_what_was_free_and_has_a_price_moved_too_far() -> None:
    assert held(("a", "0", "0.01"), limit="1000").drifted


def test_nothing_at_all_did_not_move() -> None:
    assert held(limit="0").result == "pass"


def test_a_total_that_moved_a_little_hides_no_model() -> None:
    told = held(("o3", "10", "2.10"), ("rest", "90", "83.10"))

    assert told.total.change == Money() - Money.parse("14.80")
    assert [one.subject for one in told.drifted] == ["o3"]
    assert {one.subject: one.said for one in told.models} == {"o3": "drifted", "rest": "tolerated"}


def test_opposite_moves_do_not_cancel() -> None:
    told = held(("up", "1", "1.30"), ("down", "1", "0.70"))

    assert told.total.said == "same"
    assert (told.gross, told.gross_said) == (Money.parse("0.60"), "drifted")
    assert told.result == "fail"


@pytest.mark.parametrize(
    ("recorded", "repriced", "said"),
    [
        pytest.param("0.50", "1.00", "small", id="below 1 % on both sides it is a trifle"),
        pytest.param("1.00", "1.90", "drifted", id="just 1 % of what was spent is none"),
        pytest.param("0.50", "1.02", "drifted", id="nor is what would be 1 % now"),
    ],
)
def test_a_model_is_judged_by_itself_from_one_percent(
    recorded: str, repriced: str, said: str
) -> None:
    rest = Money.parse(100) - Money.parse(recorded)

    told = held(("small", recorded, repriced), ("rest", str(rest), str(rest)))

    assert told.models[0].said == said


def test_many_trifles_that_move_against_each_other_are_none_together() -> None:
    up = [priced(f"up{place}", "0.5", "0.6") for place in range(100)]
    down = [priced(f"down{place}", "0.5", "0.4") for place in range(100)]

    told = drift([*up, *down], Fraction(10))

    assert {one.said for one in told.models} == {"small"}
    assert (told.total.said, told.gross_said, told.result) == ("same", "drifted", "fail")


@pytest.mark.parametrize(
    ("repriced", "result"),
    [
        pytest.param("1", "inconclusive", id="what has no price leaves it open"),
        pytest.param("2", "fail", id="but not where the rest moved too far"),
    ],
)
def test_an_unknown_is_no_zero(repriced: str, result: Result) -> None:
    told = drift([priced("a", "1", repriced), priced("b", "0", "0", unknown=3)], Fraction(10))

    assert told.result == result
    assert [(one.subject, one.unknown) for one in told.doubted] == [("b", 3)]
    assert told.doubted[0].reasons == ('no price for "x"',)


@given(GROUPS, st.randoms(use_true_random=False))
def test_neither_order_nor_cut_matters(groups: list[Priced], random: Random) -> None:
    shuffled = random.sample(groups, len(groups))

    assert drift(shuffled, Fraction(10)) == drift(groups, Fraction(10))


@given(GROUPS)
def test_models_add_up_to_the_total(groups: list[Priced]) -> None:
    told = drift(groups, Fraction(10))

    assert Money.total(one.change for one in told.models) == told.total.change
    assert told.gross >= told.total.size
