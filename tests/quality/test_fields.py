"""Field agreement of two documents: exact, over the fields of both."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, strategies
from pydantic import BaseModel

from pytest_specbudget.quality.fields import ANY_ORDER, FieldRules, Fields, agreement, mismatches

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, 1, id="the order of keys does not count"),
        pytest.param({"a": 1, "b": 2}, {"a": 1, "b": 3}, HALF, id="one of two"),
        pytest.param({"a": 1}, {"a": 1, "b": 2}, HALF, id="a field that one has not"),
        pytest.param({"a": None}, {}, 0, id="null is not nothing"),
        pytest.param({"a": "Yes."}, {"a": "yes"}, 1, id="texts by their spelling"),
        pytest.param({"a": 1}, {"a": 1.0}, 1, id="numbers by their value"),
        pytest.param({"a": 1}, {"a": True}, 0, id="true is not 1"),
        pytest.param({"a": "1"}, {"a": 1}, 0, id="a text is no number"),
        pytest.param([1, 2, 3], [1, 3, 2], Fraction(1, 3), id="lists in their order"),
        pytest.param([1, 2], [1, 2, 3], Fraction(2, 3), id="a longer list"),
        pytest.param({"a": {"x": 1, "y": 2}}, {"a": 5}, 0, id="an object against a number"),
        pytest.param({}, {}, 1, id="two empty objects"),
        pytest.param({}, [], 0, id="an object is no list"),
        pytest.param({"a": []}, {"a": []}, 1, id="empty lists"),
        pytest.param("x", "X", 1, id="bare values"),
    ],
)
def test_agreement(first: Any, second: Any, expected: Fraction | int) -> None:
    assert agreement(first, second) == expected
    assert agreement(second, first) == expected


@pytest.mark.parametrize(
    ("first", "second", "rules", "expected"),
    [
        pytest.param(
            {"a": 1.0}, {"a": 1.1}, FieldRules(absolute=Fraction("0.1")), 1, id="exactly as far off"
        ),
        pytest.param(
            {"a": 1.0}, {"a": 1.11}, FieldRules(absolute=Fraction("0.1")), 0, id="a bit further"
        ),
        pytest.param(
            {"a": 95}, {"a": 100}, FieldRules(relative=Fraction("0.05")), 1, id="5 % of the larger"
        ),
        pytest.param(
            {"a": 1, "b": 2}, {"a": 1, "b": 3}, FieldRules(ignore=("$.b",)), 1, id="ignored"
        ),
        pytest.param(
            {"a": [{"id": 1}, {"id": 2}]},
            {"a": [{"id": 8}, {"id": 9}], "b": 1},
            FieldRules(ignore=("$.a[*].id",)),
            0,
            id="ignored in every item",
        ),
        pytest.param(
            {"v": "x", "b": 1, "c": 1},
            {"v": "y", "b": 1, "c": 1},
            FieldRules(required=("$.v",)),
            0,
            id="a required field that differs",
        ),
        pytest.param({"a": 1}, {"a": 1}, FieldRules(required=("$.v",)), 0, id="that neither has"),
        pytest.param(
            {"a": 1, "b": 1},
            {"a": 2, "b": 1},
            FieldRules(weights={"$.a": Fraction(3)}),
            Fraction(1, 4),
            id="a weight",
        ),
        pytest.param(
            {"a": {"x": 1, "y": 1}},
            {"a": {"x": 1, "y": 2}},
            FieldRules(weights={"$.a": Fraction(9), "$.a.y": Fraction(1)}),
            Fraction(9, 10),
            id="the longest place wins",
        ),
        pytest.param(
            {"a": [3, 1, 2]},
            {"a": [1, 2, 3]},
            FieldRules(lists={"$.a": ANY_ORDER}),
            1,
            id="a list in any order",
        ),
        pytest.param(
            [{"n": "x", "v": 1}, {"n": "y", "v": 2}],
            [{"n": "y", "v": 2}, {"n": "x", "v": 3}],
            FieldRules(lists={"$": ANY_ORDER}),
            Fraction(3, 4),
            id="the likest items belong together",
        ),
        pytest.param(
            [{"n": "x", "v": 1}, {"n": "y", "v": 2}],
            [{"n": "Y", "v": 2}, {"n": "z", "v": 1}],
            FieldRules(lists={"$": "n"}),
            Fraction(2, 6),
            id="items by their key",
        ),
        pytest.param([1, 1], [1], FieldRules(lists={"$": ANY_ORDER}), HALF, id="twice is not once"),
        pytest.param(
            {"a": "the quick brown fox"},
            {"a": "the quick red fox"},
            FieldRules(likeness=Fraction(3, 4)),
            1,
            id="texts by likeness, on request",
        ),
    ],
)
def test_rules(first: Any, second: Any, rules: FieldRules, expected: Fraction | int) -> None:
    assert agreement(first, second, rules) == expected
    assert agreement(second, first, rules) == expected


def test_mismatches_are_named_by_their_way() -> None:
    assert mismatches({"a": [1, 2], "b": 1}, {"a": [1, 3], "c": 1}) == [("a", 1), ("b",), ("c",)]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        pytest.param(FieldRules(ignore=("$",)), "nothing is left to compare", id="all is ignored"),
        pytest.param(FieldRules(ignore=("a.b",)), "is no path", id="no path"),
    ],
)
def test_rules_that_make_no_sense(rules: FieldRules, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        agreement({"a": 1}, {"a": 1}, rules)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param('{"a": 0.1}', '```json\n{"a": 0.10}\n```', 1, id="in a fence"),
        pytest.param('{"a": 0.1}', '{"a": 0.10000000000000001}', 0, id="exact, not by floats"),
        pytest.param("no JSON", "no JSON", 0, id="what is no JSON agrees with nothing"),
        pytest.param('{"a": NaN}', '{"a": NaN}', 0, id="NaN is no JSON"),
        pytest.param("[" * 3000, "[" * 3000, 0, id="damage"),
        pytest.param("1e999999", "1e999998", 0, id="absurd numbers"),
    ],
)
def test_answers_as_text(first: str, second: str, expected: int) -> None:
    metric = Fields(FieldRules(relative=Fraction(1, 1000)) if "9999" in first else FieldRules())

    assert metric(first, second) == expected
    assert metric.name == "fields/1"


def test_pydantic_models_are_documents() -> None:
    class Plan(BaseModel):
        steps: list[str]
        cost: float

    assert agreement(Plan(steps=["a"], cost=0.1), {"steps": ["A"], "cost": 0.1}) == 1


DOCUMENTS = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.text(max_size=5),
    lambda inner: (
        strategies.lists(inner, max_size=3)
        | strategies.dictionaries(strategies.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(DOCUMENTS, DOCUMENTS)
def test_agreement_is_symmetric_and_whole_with_itself(first: Any, second: Any) -> None:
    rules = FieldRules(lists={"$": ANY_ORDER})

    assert agreement(first, first) == 1
    assert agreement(first, second) == agreement(second, first)
    assert agreement(first, first, rules) == 1
    assert 0 <= agreement(first, second, rules) <= 1
