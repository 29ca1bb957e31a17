"""What several answers come to."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.quality.answers import Answers
from pytest_specbudget.quality.consensus import reach
from pytest_specbudget.quality.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Mapping

SAME = {"gemini": "PASS", "claude": "pass.", "gpt": "Pass"}
SPLIT = {"gemini": "pass", "claude": "pass", "gpt": "fail"}
ALL_OTHER = {"gemini": "a", "claude": "b", "gpt": "c"}
DRAW = {"a": "x", "b": "x", "c": "y", "d": "y"}


@pytest.mark.parametrize(
    ("answers", "extra", "status", "answer"),
    [
        pytest.param(SAME, {}, "ok", "PASS", id="all agree"),
        pytest.param(SPLIT, {}, "ok", "pass", id="two of three"),
        pytest.param(ALL_OTHER, {}, "conflict", None, id="nobody has more behind it"),
        pytest.param(DRAW, {}, "conflict", None, id="a draw"),
        pytest.param(ALL_OTHER, {"aggregated": "d"}, "ok", "d", id="an aggregator decides"),
        pytest.param({**SPLIT, "gpt": None}, {}, "degraded", "pass", id="one agent is missing"),
        pytest.param(
            {"a": "x", "b": None, "c": None}, {"min_agents": 2}, "conflict", None, id="too few"
        ),
        pytest.param(
            {"a": "x", "b": None},
            {"min_agents": 2, "aggregated": "x"},
            "conflict",
            None,
            id="too few, whatever an aggregator made of it",
        ),
        pytest.param({"a": None}, {}, "conflict", None, id="nobody answered"),
        pytest.param({}, {}, "conflict", None, id="nobody was asked"),
        pytest.param({"a": "x"}, {}, "ok", "x", id="one agent alone"),
        pytest.param(
            SPLIT,
            {"aggregator_missing": True},
            "degraded",
            "pass",
            id="without its aggregator the plurality stands",
        ),
        pytest.param(
            ALL_OTHER,
            {"aggregator_missing": True},
            "conflict",
            None,
            id="without its aggregator a conflict stays one",
        ),
    ],
)
def test_status_and_answer(
    answers: Mapping[str, str | None], extra: Mapping[str, object], status: str, answer: str | None
) -> None:
    found = reach(answers, metric=Answers(), **extra)  # type: ignore[arg-type]

    assert (found.status, found.answer) == (status, answer)


@pytest.mark.parametrize(
    ("answers", "agreement"),
    [
        pytest.param(SAME, Fraction(1), id="all"),
        pytest.param(SPLIT, Fraction(1, 3), id="one of three pairs"),
        pytest.param(ALL_OTHER, Fraction(0), id="none"),
        pytest.param({"a": "x", "b": None}, None, id="no pair, so unknown and not perfect"),
    ],
)
def test_agreement_is_of_pairs(
    answers: Mapping[str, str | None], agreement: Fraction | None
) -> None:
    assert reach(answers, metric=Answers()).agreement == agreement


@pytest.mark.parametrize(
    ("answers", "aggregated", "override", "sided"),
    [
        pytest.param(SPLIT, "Pass", False, "gemini", id="it confirms the plurality"),
        pytest.param(SPLIT, "fail", True, "gpt", id="it sides with the minority"),
        pytest.param(SPLIT, "unsure", True, None, id="it makes an answer of its own"),
        pytest.param(ALL_OTHER, "b", False, "claude", id="there was no plurality to override"),
        pytest.param(SPLIT, None, False, None, id="nobody aggregated"),
    ],
)
def test_an_override_is_told_from_a_confirmation(
    answers: Mapping[str, str | None], aggregated: str | None, sided: str | None, *, override: bool
) -> None:
    found = reach(answers, metric=Answers(), aggregated=aggregated)

    assert found.override is override
    assert found.sided_with == sided
    assert (found.override_reason is not None) is override


def test_the_reason_of_an_override_names_both_sides() -> None:
    found = reach(SPLIT, metric=Answers(), aggregated="fail")

    assert found.override_reason == "the aggregator sided with gpt against gemini and claude"


def test_disagreements_are_told_pair_by_pair_and_agents_by_name() -> None:
    found = reach({**SPLIT, "grok": None}, metric=Answers())

    assert [one.agents for one in found.disagreements] == [("gemini", "gpt"), ("claude", "gpt")]
    assert found.disagreed
    assert found.agents == ("gemini", "claude", "gpt")
    assert found.missing == ("grok",)
    assert found.metric == "answer/1"


def test_a_graded_metric_takes_nearly_equal_answers_for_the_same() -> None:
    base = {f"k{place}": place for place in range(10)}
    texts = [str(one).replace("'", '"') for one in (base, base | {"k0": 7}, {"k0": 1})]

    found = reach(dict(zip("abc", texts, strict=True)), metric=Fields())

    assert found.status == "ok"
    assert found.answer == texts[0]
    assert found.agreement == (Fraction(9, 10) + 0 + 0) / 3


def test_an_empty_answer_is_an_answer_and_no_consensus() -> None:
    found = reach({"a": "", "b": ""}, metric=Answers())

    assert found.status == "conflict"


def test_of_answers_in_a_row_the_middle_one_is_taken() -> None:
    texts = {"a": '{"k": 1, "l": 1}', "b": '{"k": 1, "l": 2}', "c": '{"k": 2, "l": 2}'}

    found = reach(texts, metric=Fields(), alike=Fraction(1, 2))

    assert found.answer == texts["b"]
