from __future__ import annotations

from itertools import product
from math import sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.samples.wilcoxon import EXACT_UP_TO, critical_rank, signed_rank

FORTY = [round(sin(i * 1.7) + 0.3 + i / 1000, 6) for i in range(40)]
MANY = [round(sin(i * 1.7) + 0.1 + i / 10000, 6) for i in range(250)]
MANY_TIED = [((i * 7) % 11) - 4 for i in range(250)]


# Source: scipy 1.17.1, `wilcoxon(alternative="greater")`: `method="exact"`; with ties
# `PermutationMethod(n_resamples=inf)`; beyond 200 `method="asymptotic", correction=True`.
@pytest.mark.parametrize(
    ("differences", "statistic", "p"),
    [
        pytest.param([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 21, 0.015625, id="six that all rose"),
        pytest.param(
            [0.42, -0.11, 0.35, 0.07, -0.02, 0.51, 0.23, 0.19], 32, 0.02734375, id="two that fell"
        ),
        pytest.param([1, 1, 2, -1, 3, 3, -2, 4, 5, 5], 48.5, 0.017578125, id="equal sizes"),
        pytest.param([0, 0, 1, 2, -3, 4, 5, 6, 0], 18, 0.078125, id="zeros tell nothing"),
        pytest.param(FORTY, 607, 0.0036320327417342924, id="forty, exactly"),
        pytest.param(MANY, 19047, 0.001668399189594289, id="many, by the normal distribution"),
        pytest.param(MANY_TIED, 17757, 1.0837897896265558e-06, id="many with equal sizes"),
        pytest.param([0.0] * 9, 0, 1, id="nothing changed"),
        pytest.param([], 0, 1, id="nothing at all"),
    ],
)
def test_probabilities_are_those_of_scipy(
    differences: list[float], statistic: float, p: float
) -> None:
    found = signed_rank(differences)

    assert found.statistic == statistic
    assert found.p == pytest.approx(p, rel=1e-12)


@given(st.lists(st.integers(-6, 6), max_size=9))
def test_an_exact_probability_is_a_count_of_signs(differences: list[int]) -> None:
    found = signed_rank(differences)
    sizes = [abs(each) for each in differences if each]
    turned = [
        signed_rank([sign * size for sign, size in zip(signs, sizes, strict=True)]).statistic
        for signs in product((-1, 1), repeat=len(sizes))
    ]

    assert found.p == sum(each >= found.statistic for each in turned) / len(turned)


# Source: counted out with numpy; the same as in the tables of the test (two-sided 5 %: T + 1).
@pytest.mark.parametrize(
    ("n", "rank"), [(5, 0), (6, 1), (7, 3), (8, 4), (10, 9), (20, 53), (40, 265), (100, 1956)]
)
def test_critical_ranks(n: int, rank: int) -> None:
    assert critical_rank(n, 0.025) == rank


@pytest.mark.parametrize(("n", "tail", "rank"), [(101, 0.025, 1998), (150, 0.005, 4295)])
def test_where_counting_ends_ranks_are_nearly_right(n: int, tail: float, rank: int) -> None:
    assert n > EXACT_UP_TO
    assert critical_rank(n, tail) == pytest.approx(rank, rel=0.002)
