"""Whether calls got longer, which no price explains."""

from __future__ import annotations

import statistics
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.audit.shift import FEWEST, Week, median, monday, shifts

MONDAY = date(2026, 11, 9)


def week(
    number: int, given: int, made: int = 100, *, stage: str = "plan", calls: int = FEWEST
) -> Week:
    start = MONDAY + timedelta(weeks=number)
    return Week(stage, "openai/gpt-5", start, calls, Fraction(given), Fraction(made))


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        pytest.param(100, 120, True, id="just 20 % more is a shift"),
        pytest.param(100, 119, False, id="19 % more is none"),
        pytest.param(100, 80, True, id="just 20 % less is one"),
        pytest.param(100, 81, False, id="19 % less is none"),
        pytest.param(0, 1, True, id="something instead of nothing is one"),
        pytest.param(0, 0, False, id="nothing as before is none"),
    ],
)
def test_a_median_may_move_by_less_than_a_fifth(before: int, after: int, *, moved: bool) -> None:
    assert bool(shifts([week(0, before), week(1, after)])) is moved


def test_input_and_output_are_told_apart() -> None:
    found = shifts([week(0, 100, 100), week(1, 100, 150)])

    assert [(one.kind, int(one.before), int(one.after)) for one in found] == [("output", 100, 150)]
    assert (found[0].monday, found[0].calls) == (MONDAY + timedelta(weeks=1), (FEWEST, FEWEST))


@pytest.mark.parametrize(
    "weeks",
    [
        pytest.param([week(0, 100)], id="there is one week"),
        pytest.param([week(0, 100), week(2, 200)], id="the week between had no call"),
        pytest.param([week(0, 100), week(1, 200, calls=FEWEST - 1)], id="there are few calls"),
        pytest.param([week(0, 100, calls=FEWEST - 1), week(1, 200)], id="there were few calls"),
        pytest.param([week(0, 100), week(1, 200), week(2, 200)], id="it moved a week ago"),
        pytest.param(
            [week(0, 100), week(1, 200), week(2, 9, stage="other")],
            id="the stage is not asked any more",
        ),
    ],
)
def test_there_is_no_shift_where(weeks: list[Week]) -> None:
    assert shifts(weeks) == ()


def test_stages_are_told_apart() -> None:
    weeks = [week(0, 100), week(1, 100), week(0, 100, stage="write"), week(1, 300, stage="write")]

    assert [one.stage for one in shifts(weeks)] == ["write"]


@given(st.lists(st.integers(0, 99), min_size=1))
def test_a_median_is_that_of_the_standard_library(counts: list[int]) -> None:
    assert median(counts) == statistics.median([Fraction(count) for count in counts])


def test_a_week_begins_on_monday() -> None:
    assert [monday(MONDAY + timedelta(days=day)) for day in (0, 6, 7)] == [
        MONDAY,
        MONDAY,
        MONDAY + timedelta(days=7),
    ]
