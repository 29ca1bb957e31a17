from __future__ import annotations

from decimal import Decimal
from math import log
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.samples.intervals import Interval
from pytest_specbudget.samples.verdicts import at_least, at_most, difference, ratio

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Result


def _interval(low: float, high: float) -> Interval:
    return Interval(estimate=(low + high) / 2, low=low, high=high, confidence=0.95)


@pytest.mark.parametrize(
    ("high", "p", "said"),
    [
        pytest.param(0.04, 0.2, "pass", id="a rise beyond the limit is ruled out"),
        pytest.param(0.05, 0.2, "pass", id="exactly the limit is allowed"),
        pytest.param(0.06, 0.2, "inconclusive", id="it may be beyond"),
        pytest.param(0.06, 0.001, "fail", id="it is beyond"),
    ],
)
def test_a_limit(high: float, p: float, said: Result) -> None:
    assert at_most(0.05, _interval(-0.1, high), shown=p < 0.005) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        pytest.param(0.90, 0.99, "pass", id="all of it reaches the threshold"),
        pytest.param(0.89, 0.99, "inconclusive", id="some of it does"),
        pytest.param(0.70, 0.90, "inconclusive", id="its end does"),
        pytest.param(0.70, 0.89, "fail", id="none of it does"),
    ],
)
def test_a_threshold(low: float, high: float, said: Result) -> None:
    assert at_least(0.90, _interval(low, high)) == said


def test_bounds_are_rounded_away_from_the_estimate() -> None:
    written = difference(_interval(0.12345, 0.23451))

    assert written["interval"] == ("0.1234", "0.2346")
    assert written["confidence"] == "0.95"


def test_how_a_float_is_stored_is_not_written() -> None:
    assert difference(_interval(1.4 - 1e-15, 1.4 + 1e-15))["interval"] == ("1.4000", "1.4000")


def test_what_is_hardly_bounded_can_be_written() -> None:
    assert ratio(_interval(-800, 800))["interval"][0] == "0.0000"
    assert len(ratio(_interval(-800, 800))["interval"][1]) > 300


def test_a_bound_just_beyond_the_limit_is_not_written_as_the_limit() -> None:
    high = ratio(_interval(0, log(1.05000001)))["interval"][1]

    assert Decimal(high) > Decimal("1.05")
