"""Validators: what they accept, at which strictness, and how often they are right."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from pytest_specbudget.core.money import Money
from pytest_specbudget.quality.validators import (
    Check,
    Function,
    JsonSchema,
    Judged,
    Matches,
    Model,
    Rubric,
    Strictness,
    Validator,
    break_even,
    confusion,
    least_of,
    prefiltered,
    same_model,
    schema_only,
)

SCHEMA = {
    "type": "object",
    "required": ["verdict"],
    "properties": {"verdict": {"enum": ["pass", "fail"]}, "risk": {"type": "number", "maximum": 1}},
}
BARE = '{"verdict": "pass", "risk": 0.5}'
FENCED = f"```json\n{BARE}\n```"
IN_PROSE = f"Here you are: {BARE} I hope it helps."


class Plan(BaseModel):
    verdict: str
    risk: float = 0.0


@pytest.mark.parametrize("validator", [JsonSchema, Model], ids=["schema", "pydantic model"])
@pytest.mark.parametrize(
    ("answer", "passes"),
    [
        pytest.param(BARE, {"lenient", "normal", "strict"}, id="bare"),
        pytest.param(FENCED, {"lenient", "normal"}, id="in a fence"),
        pytest.param(IN_PROSE, {"lenient"}, id="in prose"),
        pytest.param('{"risk": 0.5}', set(), id="a field is missing"),
        pytest.param("sorry", set(), id="no JSON"),
        pytest.param("[" * 5000, set(), id="damage"),
    ],
)
def test_strictness_says_where_a_document_may_stand(
    validator: Any, answer: str, passes: set[str]
) -> None:
    wanted = SCHEMA if validator is JsonSchema else Plan
    levels: tuple[Strictness, ...] = ("lenient", "normal", "strict")

    passed = {level for level in levels if validator(wanted, level)(answer).passed}

    assert passed == passes


def test_a_schema_says_what_is_wrong_and_where() -> None:
    judged = JsonSchema(SCHEMA)('{"verdict": "maybe", "risk": 2.5}')

    assert judged.score == 0
    assert judged.name == "schema/1"
    assert "$.verdict: 'maybe' is not one of ['pass', 'fail']" in judged.reason
    assert "$.risk: 2.5 is greater than the maximum of 1" in judged.reason


def test_a_schema_that_makes_no_sense_is_an_error_and_no_rejection() -> None:
    with pytest.raises(ValueError, match=r"the schema makes no sense at \$\.type"):
        JsonSchema({"type": "objekt"})("{}")


def test_without_jsonschema_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema.validators", None)

    with pytest.raises(ModuleNotFoundError, match=r"pytest-specbudget\[schema\]"):
        JsonSchema(SCHEMA)(BARE)


def test_a_model_says_what_is_wrong_and_where() -> None:
    judged = Model(Plan)('{"verdict": "pass", "risk": "high"}')

    assert judged.name == "model:Plan/1"
    assert judged.reason.startswith("$.risk: Input should be a valid number")
    assert Model(TypeAdapter(list[int]))("[1, 2]").passed


@pytest.mark.parametrize(
    ("answer", "passes"),
    [
        pytest.param("VERDICT", {"lenient", "normal", "strict"}, id="all of it"),
        pytest.param("the VERDICT is", {"lenient", "normal"}, id="some part"),
        pytest.param("the verdict is", {"lenient"}, id="another case"),
        pytest.param("nothing", set(), id="none"),
    ],
)
def test_strictness_of_a_pattern(answer: str, passes: set[str]) -> None:
    levels: tuple[Strictness, ...] = ("lenient", "normal", "strict")

    assert {one for one in levels if Matches("VERDICT", one)(answer).passed} == passes


@pytest.mark.parametrize(
    ("strictness", "least"), [("lenient", "0.775"), ("normal", "0.85"), ("strict", "0.925")]
)
def test_strictness_shifts_a_threshold(strictness: Strictness, least: str) -> None:
    assert least_of(Fraction("0.85"), strictness) == Fraction(least)
    assert least_of(Fraction(1), strictness) == 1
    assert least_of(Fraction(0), strictness) >= 0


def rubric(good: int, strictness: Strictness = "normal", of: int = 20) -> Rubric:
    checks = [Check(name=f"check {n}", check=lambda _, n=n: n < good) for n in range(of)]  # type: ignore[misc]
    return Rubric(checks, strictness=strictness)


@pytest.mark.parametrize(
    ("good", "strictness", "passes"),
    [
        pytest.param(17, "normal", True, id="0.85 is enough"),
        pytest.param(16, "normal", False, id="0.80 is not"),
        pytest.param(16, "lenient", True, id="for a lenient one it is"),
        pytest.param(18, "strict", False, id="0.90 is not enough for a strict one"),
        pytest.param(19, "strict", True, id="0.95 is"),
    ],
)
def test_a_rubric_passes_from_its_threshold_on(
    good: int, strictness: Strictness, *, passes: bool
) -> None:
    judged = rubric(good, strictness)("x")

    assert judged.passed is passes
    assert judged.score == Fraction(good, 20)


def test_a_rubric_weighs_its_checks_and_names_what_is_missed() -> None:
    judged = Rubric(
        [
            Check(name="names a risk", check=lambda text: "risk" in text, weight=Fraction(3)),
            Check(name="is short", check=lambda text: len(text) < 3),
            Check(name="half", check=lambda _: 0.5, weight=Fraction(2)),
        ]
    )("one risk")

    assert judged.score == Fraction(3 + 1, 6)
    assert judged.reason == "not met: is short; not met: half"


def test_a_rubric_without_a_check_is_an_error() -> None:
    with pytest.raises(ValueError, match="needs a check"):
        Rubric([])("x")


def looks_up(answer: str) -> bool:
    return {"a": True}[answer]


def asserts(answer: str) -> None:
    assert "risk" in answer, "no risk is named"


@pytest.mark.parametrize(
    ("function", "score", "passed", "reason"),
    [
        pytest.param(asserts, 0, False, "no risk is named", id="an assertion"),
        pytest.param(int, 0, False, "invalid literal", id="a parser that raises ValueError"),
        pytest.param(lambda _: None, 1, True, "", id="one that only asserts, and holds"),
        pytest.param(lambda _: 0.85, Fraction("0.85"), True, "", id="exactly enough"),
        pytest.param(lambda _: 0.849, Fraction("0.849"), False, "0.849", id="not quite"),
        pytest.param(lambda _: False, 0, False, '"own" says no', id="false"),
    ],
)
def test_a_users_function(
    function: Any, score: Fraction | int, reason: str, *, passed: bool
) -> None:
    judged = Function(function, called="own")("an answer")

    assert (judged.score, judged.passed) == (score, passed)
    assert reason in judged.reason
    assert judged.name == "function:own"


def test_a_users_function_may_judge_itself_and_its_mistakes_are_raised() -> None:
    own = Judged(score=Fraction(1, 3), passed=True, name="own/2")

    assert Function(lambda _: own)("x") is own
    with pytest.raises(KeyError):
        Function(looks_up)("x")


ANSWERS = {
    '{"verdict": "pass"}': True,
    '{"verdict": "fail"}': True,
    '{"verdict": "pass", "note": "password: hunter2"}': False,
    '{"verdict": "maybe"}': False,
    "pass": False,
    '{"verdict": "pass", "risk": 7}': False,
}


def leaks(answer: str) -> bool:
    return "password" not in answer


@pytest.mark.parametrize(
    ("guardrail", "accepted_bad", "rejected_good"),
    [
        pytest.param(
            prefiltered(Matches("verdict"), Function(leaks)), 2, 0, id="A: a prefilter, then policy"
        ),
        pytest.param(same_model(Matches("pass")), 3, 1, id="B: the model itself"),
        pytest.param(schema_only(JsonSchema(SCHEMA)), 1, 0, id="C: the schema alone"),
        pytest.param(
            schema_only(JsonSchema(SCHEMA), Function(leaks)), 0, 0, id="C with a structural check"
        ),
    ],
)
def test_the_confusion_of_each_guardrail(
    guardrail: Validator, accepted_bad: int, rejected_good: int
) -> None:
    judged = [guardrail(answer) for answer in ANSWERS]

    found = confusion(judged, [*ANSWERS.values()], Money.parse("0.006"))

    assert (found.accepted_bad, found.rejected_good) == (accepted_bad, rejected_good)
    assert found.n == 6
    assert found.false_acceptances == Fraction(accepted_bad, 4)
    assert found.false_rejections == Fraction(rejected_good, 2)


def test_a_policy_model_is_not_asked_about_what_the_prefilter_rejects() -> None:
    asked: list[str] = []
    guardrail = prefiltered(Matches("ok"), Function(asked.append))

    assert not guardrail("no").passed
    assert guardrail("ok").passed
    assert asked == ["ok"]


@pytest.mark.parametrize(
    ("prices", "rate"),
    [
        pytest.param(("0.01", "0.01", "0.10"), Fraction(8, 10), id="pays up to 80 % escalations"),
        pytest.param(("0.01", "0.134", "0.10"), Fraction(-44, 100), id="a dear judge never pays"),
        pytest.param(("0.01", "0", "0"), None, id="a premium answer for nothing"),
    ],
)
def test_break_even(prices: tuple[str, str, str], rate: Fraction | None) -> None:
    cheap, judge, premium = map(Money.parse, prices)

    assert break_even(cheap, judge, premium) == rate


def test_the_escalation_rate_is_that_of_rejections() -> None:
    found = confusion([True, False, False, True], [True, True, False, False])

    assert found.escalated == Fraction(1, 2)
    assert confusion([], []).escalated is None
