"""Agreement of several answers, and coefficients against published examples worked by hand."""

from __future__ import annotations

from fractions import Fraction
from importlib.util import find_spec

import pytest

from pytest_specbudget.quality.answers import Answers
from pytest_specbudget.quality.metric import Named
from pytest_specbudget.quality.pairwise import (
    agreement_of,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
)
from pytest_specbudget.quality.texts import Texts, likeness


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param(["a", "A"], Fraction(1), id="a pair"),
        pytest.param(["a", "a", "b"], Fraction(1, 3), id="one of three pairs"),
        pytest.param(["a"], None, id="one answer agrees with nobody"),
        pytest.param([], None, id="nothing"),
    ],
)
def test_agreement_is_the_share_of_equal_pairs(
    answers: list[str], expected: Fraction | None
) -> None:
    assert agreement_of(answers, Answers()) == expected


def test_alpha_counts_what_is_missing_as_missing() -> None:
    units: list[list[str | None]] = [
        ["a", "a"],
        ["a", "b"],
        ["b", "b"],
        ["a", None],
        [None, None],
    ]

    # Six values in three pairs, 3 a and 3 b: Do = 2/6, De = 18/30.
    assert krippendorff_alpha(units) == 1 - Fraction(2, 6) / Fraction(18, 30)


@pytest.mark.parametrize(
    ("coefficient", "arguments"),
    [
        pytest.param(krippendorff_alpha, ([["a", "a"], ["a", "a"]],), id="alpha"),
        pytest.param(cohen_kappa, (["a", "a"], ["a", "a"]), id="Cohen"),
        pytest.param(fleiss_kappa, ([["a", "a"], ["a", "a"]],), id="Fleiss"),
        pytest.param(fleiss_kappa, ([],), id="Fleiss of nothing"),
        pytest.param(krippendorff_alpha, ([],), id="alpha of nothing"),
    ],
)
def test_a_single_category_leaves_a_coefficient_undefined(
    coefficient: object, arguments: tuple[object, ...]
) -> None:
    assert coefficient(*arguments) is None  # type: ignore[operator]


def test_cohen_against_a_table_worked_by_hand() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.7, by chance 0.5.
    first = ["y"] * 25 + ["n"] * 25
    second = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15

    assert cohen_kappa(first, second) == Fraction(4, 10)


def test_fleiss_against_a_table_worked_by_hand() -> None:
    # Shares 7/12 and 5/12, by chance 74/144; observed (1 + 1/3 + 1/3 + 1) / 4 = 2/3.
    units = [["y", "y", "y"], ["y", "y", "n"], ["y", "y", "n"], ["n", "n", "n"]]
    by_chance = Fraction(74, 144)

    assert fleiss_kappa(units) == (Fraction(2, 3) - by_chance) / (1 - by_chance)


def test_fleiss_wants_equally_many_answers() -> None:
    with pytest.raises(ValueError, match="equally many"):
        fleiss_kappa([["a", "b"], ["a"]])


def test_likeness_is_exact_and_named_by_its_engine() -> None:
    assert likeness("a b c d", "A b c e", "difflib") == Fraction(3, 4)
    assert Texts("difflib").name == "text-difflib/1"
    assert Texts("rapidfuzz").name == "text-rapidfuzz/1"
    assert likeness("", "", "difflib") == 1


@pytest.mark.skipif(find_spec("rapidfuzz") is not None, reason="rapidfuzz is installed here")
def test_an_engine_that_is_not_installed_is_named() -> None:
    assert likeness("a b", "b a") == likeness("a b", "b a", "difflib")
    with pytest.raises(ModuleNotFoundError, match="pip install rapidfuzz"):
        likeness("a", "b", "rapidfuzz")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(True, Fraction(1), id="true"),
        pytest.param(0.1, Fraction(1, 10), id="a float, as Python prints it"),
        pytest.param(Fraction(2, 3), Fraction(2, 3), id="a fraction"),
        pytest.param(1, Fraction(1), id="a whole number"),
    ],
)
def test_a_users_function_is_a_metric(told: object, expected: Fraction) -> None:
    assert Named("own/1", lambda _a, _b: told)("x", "y") == expected


@pytest.mark.parametrize("told", [1.5, -0.1, None, "good", float("nan")])
def test_a_users_function_that_returns_no_share_is_named(told: object) -> None:
    with pytest.raises(ValueError, match='"own/1" returned'):
        Named("own/1", lambda _a, _b: told)("x", "y")
