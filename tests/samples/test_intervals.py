from __future__ import annotations

from itertools import combinations_with_replacement
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.samples.intervals import hodges_lehmann
from pytest_specbudget.samples.wilcoxon import critical_rank

DIFFERENCES = st.lists(st.floats(-5, 5).map(lambda each: round(each, 3)), min_size=6, max_size=25)


def _means(differences: list[float]) -> list[float]:
    return sorted((one + other) / 2 for one, other in combinations_with_replacement(differences, 2))


@given(DIFFERENCES)
def test_the_estimate_is_the_median_of_the_means_of_pairs(differences: list[float]) -> None:
    found = hodges_lehmann(differences, 0.95)

    assert found is not None
    assert found.estimate == pytest.approx(median(_means(differences)), abs=1e-12)


@given(DIFFERENCES)
def test_the_bounds_leave_as_many_means_outside_as_the_test_refuses(
    differences: list[float],
) -> None:
    found = hodges_lehmann(differences, 0.95)
    outside = critical_rank(len(differences), 0.025)
    means = _means(differences)

    assert found is not None
    assert found.low == pytest.approx(means[outside - 1], abs=1e-12)
    assert found.high == pytest.approx(means[-outside], abs=1e-12)


def test_equal_differences_are_certain() -> None:
    found = hodges_lehmann([0.25] * 6, 0.95)

    assert found is not None
    assert (found.low, found.estimate, found.high) == (0.25, 0.25, 0.25)


def test_five_differences_have_no_bounds_of_95_percent() -> None:
    assert hodges_lehmann([1, 2, 3, 4, 5], 0.95) is None
    assert hodges_lehmann([1, 2, 3, 4, 5, 6], 0.95) is not None
