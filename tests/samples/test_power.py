from __future__ import annotations

from math import inf

import pytest

from pytest_specbudget.samples.power import (
    mean_power,
    mean_runs,
    signed_rank_cases,
    signed_rank_power,
)


# Source: 20,000 normal samples each, tested with scipy 1.17.1 (`wilcoxon`, exact).
@pytest.mark.parametrize(
    ("n", "effect", "level", "power"),
    [(40, 0.8, 0.005, 0.9836), (20, 0.6, 0.05, 0.8094), (12, 1.2, 0.005, 0.7967)],
)
def test_the_power_of_ranks(n: int, effect: float, level: float, power: float) -> None:
    assert signed_rank_power(n, effect, level) == pytest.approx(power, abs=0.05)


# Source: scipy 1.17.1, `1 - nct.cdf(t.ppf(1 - level, freedom), freedom, shift)`.
@pytest.mark.parametrize(
    ("shift", "freedom", "level", "power"),
    [
        (3, 6, 0.005, 0.35692550825256175),
        (4, 51.7, 0.0025, 0.8506997783014763),
        (2.5, 14, 0.05, 0.7677871563155899),
        (8.8, 6, 0.0000625, 0.579240463152482),
    ],
)
def test_the_power_of_t(shift: float, freedom: float, level: float, power: float) -> None:
    assert mean_power(shift, 1, freedom, level) == pytest.approx(power, abs=0.07)


@pytest.mark.parametrize(
    ("n", "power"),
    [pytest.param(7, 0.0, id="128 choices of signs"), pytest.param(8, 1.0, id="256 of them")],
)
def test_too_few_differences_show_nothing(n: int, power: float) -> None:
    assert signed_rank_power(n, 100, 0.005) == pytest.approx(power)


@pytest.mark.parametrize("effect", [0.3, 0.5, 0.8, 1.5])
def test_that_many_cases_have_the_power(effect: float) -> None:
    cases = signed_rank_cases(effect, 0.005, 0.8)

    assert cases is not None
    assert signed_rank_power(cases, effect, 0.005) >= 0.8
    assert signed_rank_power(cases - 1, effect, 0.005) < 0.8


def test_no_number_of_cases_shows_what_is_not_there() -> None:
    assert signed_rank_cases(0, 0.005, 0.8) is None
    assert signed_rank_cases(-1, 0.005, 0.8) is None


@pytest.mark.parametrize("freedom", [6, inf])
def test_that_many_runs_have_the_power(freedom: float) -> None:
    runs = mean_runs(0.25, 0.08, freedom, 0.005, 0.8)

    assert mean_power(0.25, (2 * 0.08 / runs) ** 0.5, freedom, 0.005) >= 0.8
    assert mean_power(0.25, (2 * 0.08 / (runs - 1)) ** 0.5, freedom, 0.005) < 0.8
