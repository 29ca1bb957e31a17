from __future__ import annotations

from math import inf

import pytest

from pytest_specbudget.samples.shift import Shift
from pytest_specbudget.samples.spread import Spread, spread_of, usual_spread

FREEDOMS = (6, 6, 6, 4, 6, 2)


def _spreads(*variances: float) -> list[Spread]:
    return [Spread(each, freedom) for each, freedom in zip(variances, FREEDOMS, strict=False)]


# Source: Smyth's formulas evaluated with scipy 1.17.1 (`special.polygamma`, `optimize.brentq`).
@pytest.mark.parametrize(
    ("found", "usual"),
    [
        pytest.param(
            _spreads(0.04, 0.09, 0.0625, 0.2, 0.03, 0.07),
            Spread(0.08739685802820707, inf),
            id="variances that differ by chance alone",
        ),
        pytest.param(
            _spreads(0.01, 0.9, 0.0625, 0.2, 0.003, 0.5),
            Spread(0.027855989041962848, 1.0211365730586053),
            id="variances that do not",
        ),
        pytest.param(
            [Spread(0.04, 0), Spread(0.09, 6)], Spread(0.09, 0), id="one is no knowledge of others"
        ),
    ],
)
def test_what_is_usual(found: list[Spread], usual: Spread) -> None:
    told = usual_spread(found)

    assert told is not None
    assert told.variance == pytest.approx(usual.variance, rel=1e-9)
    assert told.freedom == pytest.approx(usual.freedom, rel=1e-9)


def test_without_repeats_nothing_is_usual() -> None:
    assert usual_spread([Spread(0.04, 0)] * 40) is None


def test_a_variance_is_drawn_by_what_each_is_worth() -> None:
    drawn = Spread(0.5, 6).drawn_to(Spread(0.1, 2))

    assert drawn.variance == pytest.approx(0.4)
    assert drawn.freedom == 8
    assert Spread(0.5, 0).drawn_to(Spread(0.1, 0)) == Spread(0.1, 0)
    assert Spread(0.5, 6).drawn_to(Spread(0.1, inf)) == Spread(0.1, inf)


def test_groups_may_have_means_of_their_own() -> None:
    assert spread_of([1.0, 3.0], [10.0, 14.0]) == Spread(5.0, 2)


def test_what_never_varied_may_do_so_yet() -> None:
    assert spread_of([1.0, 1.0, 1.0], [2.0, 2.0]) == Spread(0.0001, 3)


# Source: scipy 1.17.1, `ttest_ind(after, before, alternative="greater")` and its confidence
# interval of 95 %, two-sided.
def test_a_shift_is_tested_as_by_student() -> None:
    shift = Shift.between([1.0, 1.2, 0.9, 1.1, 1.3], [1.6, 1.4, 1.5])

    interval = shift.interval(0.95)

    assert shift.p == pytest.approx(0.004118677072554052, rel=1e-9)
    assert (interval.low, interval.high) == pytest.approx(
        (0.14728403069007817, 0.6527159693099216), rel=1e-9
    )
