"""Every figure here was computed by scipy 1.17.1: `stats.t`, `special`."""

from __future__ import annotations

from math import inf

import pytest

from pytest_specbudget.samples import normal, student
from pytest_specbudget.samples.gamma import digamma, trigamma, trigamma_inverse


@pytest.mark.parametrize(
    ("t", "freedom", "tail"),
    [
        (0, 3, 0.5),
        (1.5, 6, 0.09214036807074101),
        (-1.5, 6, 0.907859631929259),
        (8.8, 6, 5.973438581958781e-05),
        (3.1, 51.7, 0.0015646810892767757),
        (2.0, 1, 0.14758361765043326),
        (4.5, 1e6, 3.398055252476953e-06),
        (0.01, 2.5, 0.49638199717895415),
        (5, inf, 2.866515718791933e-07),
        (inf, 6, 0),
        (-inf, 6, 1),
    ],
)
def test_tails_of_t(t: float, freedom: float, tail: float) -> None:
    assert student.upper_tail(t, freedom) == pytest.approx(tail, rel=1e-9)


@pytest.mark.parametrize(
    ("share", "freedom", "t"),
    [
        (0.975, 6, 2.4469118511449786),
        (0.975, 51.7, 2.006924000651945),
        (0.9975, 6, 4.316827103633413),
        (0.99995, 12, 5.694465793270642),
        (0.975, inf, 1.959963984540054),
    ],
)
def test_quantiles_of_t(share: float, freedom: float, t: float) -> None:
    assert student.quantile(share, freedom) == pytest.approx(t, rel=1e-9)


@pytest.mark.parametrize(
    ("x", "a", "b", "share"),
    [
        (0.1, 2, 3, 0.0523),
        (0.9, 2, 3, 0.9963),
        (0.5, 0.5, 0.5, 0.5),
        (0.99, 60, 1.5, 0.7503567686335016),
        (0.3, 46, 2, 2.942495455724625e-23),
        (0, 2, 3, 0),
        (1, 2, 3, 1),
    ],
)
def test_shares_of_the_beta_distribution(x: float, a: float, b: float, share: float) -> None:
    assert student.beta_share(x, a, b) == pytest.approx(share, rel=1e-9)


@pytest.mark.parametrize(
    ("x", "first", "second"),
    [
        (0.1, -10.423754940411076, 101.43329915079275),
        (0.5, -1.9635100260214235, 4.934802200544679),
        (1, -0.5772156649015329, 1.6449340668482264),
        (3, 0.9227843350984671, 0.3949340668482264),
        (250, 5.519459584531046, 0.004008010666632532),
    ],
)
def test_derivatives_of_log_gamma(x: float, first: float, second: float) -> None:
    assert digamma(x) == pytest.approx(first, rel=1e-11)
    assert trigamma(x) == pytest.approx(second, rel=1e-11)
    assert trigamma_inverse(trigamma(x)) == pytest.approx(x, rel=1e-9)


def test_normal_tails_far_out() -> None:
    assert normal.upper_tail(5) == pytest.approx(2.866515718791933e-07, rel=1e-12)
    assert normal.quantile(0.975) == pytest.approx(1.959963984540054, rel=1e-12)
