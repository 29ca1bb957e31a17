"""From settings, markers and journals to thresholds and what they hold."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call, event, journal

from pytest_specbudget.core.finding import judge
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.score import Score
from pytest_specbudget.settings.settings import Settings
from pytest_specbudget.verdicts.quality_gates import quality_gate, ran, thresholds
from pytest_specbudget.verdicts.scores import score_values

if TYPE_CHECKING:
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.journal.schema import EventLine

TEST = "t.py::A::test_a"


def outcome(told: str = "passed", test: str = TEST, **others: Any) -> EventLine:
    return event("outcome", test=test, outcome=told, **others)


def mark(node: str = TEST, **limits: str) -> EventLine:
    return event("limit", node=node, single=True, origin=f"{node}:1 @spec", **limits)


def scored(value: str, number: int = 1, **others: Any) -> EventLine:
    values = {"kind": "agreement", "metric": "answer/1", "case": f"c{number}", "test": TEST}
    score = Score(value=Fraction(value), **{**values, **others})
    return event("score", **score_values(score, sample=f"r/main/7/{number}"))


def result(settings: Settings, *journals: Journal) -> str | None:
    gate = quality_gate(journals, settings)
    return None if gate is None else judge(Ledger([]), [gate]).result


def asked(key: str, least: str) -> Settings:
    return Settings(**{key: Fraction(least)}, origins={key: f"--{key}={least}"})  # type: ignore[arg-type]


def test_without_a_threshold_there_is_no_gate() -> None:
    assert result(Settings(), journal(scored("0"), outcome("failed"))) is None


@pytest.mark.parametrize(
    ("good", "expected"),
    [
        pytest.param(23, "pass", id="0.92"),
        pytest.param(22, "fail", id="0.88"),
    ],
)
def test_a_suite_whose_agreement_falls_fails(good: int, expected: str) -> None:
    events = [scored("1" if number < good else "0", number) for number in range(25)]

    assert result(asked("min_agreement", "0.90"), journal(*events)) == expected


def test_the_threshold_itself_passes() -> None:
    events = [scored("1" if number else "0", number) for number in range(10)]

    assert result(asked("min_agreement", "0.90"), journal(*events)) == "pass"


def test_a_threshold_keeps_who_set_it() -> None:
    journals = [journal(mark(min_quality="17/20", min_agreement="0.9", budget="1"))] * 2

    found = thresholds(journals, asked("min_pass_rate", "1"))

    assert [(one.kind, one.least, one.origin, one.test) for one in found] == [
        ("pass-rate", 1, "--min_pass_rate=1", None),
        ("quality", Fraction(17, 20), f"{TEST}:1 @spec", TEST),
        ("agreement", Fraction(9, 10), f"{TEST}:1 @spec", TEST),
    ]


@pytest.mark.parametrize(
    ("node", "outcomes", "held"),
    [
        pytest.param(TEST, [outcome()], True, id="its test ran"),
        pytest.param(TEST, [outcome("failed")], True, id="its test ran and failed"),
        pytest.param("t.py", [outcome()], True, id="a test of its module ran"),
        pytest.param(TEST, [outcome("skipped")], False, id="its test was skipped"),
        pytest.param(TEST, [outcome(test="t.py::other")], False, id="another test ran"),
        pytest.param(TEST, [], True, id="nobody wrote down what ran"),
    ],
)
def test_a_marker_holds_what_ran(node: str, outcomes: list[EventLine], *, held: bool) -> None:
    found = thresholds([journal(mark(node, min_quality="0.9"), *outcomes)], Settings())

    assert bool(found) is held


def test_a_marked_test_that_ran_and_recorded_nothing_is_in_doubt() -> None:
    assert result(Settings(), journal(mark(min_quality="0.9"), outcome())) == "inconclusive"


@pytest.mark.parametrize(
    ("events", "passed"),
    [
        pytest.param([outcome()], [True], id="passed"),
        pytest.param([outcome("failed")], [False], id="failed"),
        pytest.param([outcome(), outcome("failed")], [False], id="failed in its teardown"),
        pytest.param([outcome("skipped")], [], id="skipped, or failed as expected"),
        pytest.param([outcome("failed"), outcome(attempt=2)], [True], id="passed when rerun"),
        pytest.param([outcome(attempt=2), outcome("failed")], [True], id="in whatever order"),
        pytest.param([outcome(), outcome("failed", "t.py::b")], [True, False], id="two tests"),
    ],
)
def test_what_passed(events: list[EventLine], passed: list[bool]) -> None:
    assert [one.passed for one in ran([journal(*events)])] == passed


def test_a_test_keeps_its_owner() -> None:
    (one,) = ran([journal(outcome(spec="SPEC-1", command="plan", tier="C"))])

    assert (one.spec, one.command, one.tier, one.live) == ("SPEC-1", "plan", "C", False)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("live", "inconclusive", id="live"),
        pytest.param("record", "inconclusive", id="while it recorded"),
        pytest.param("replay", "pass", id="by replay"),
    ],
)
def test_a_test_that_a_provider_answered_is_a_sample(source: str, expected: str) -> None:
    told = journal(call(test=TEST, source=source), outcome())

    assert result(asked("min_pass_rate", "1"), told) == expected


def test_one_failed_test_of_a_thousand_is_below_one() -> None:
    events = [
        outcome("passed" if number else "failed", f"t.py::t{number}") for number in range(1000)
    ]

    assert result(asked("min_pass_rate", "1"), journal(*events)) == "fail"
    assert result(asked("min_pass_rate", "0.999"), journal(*events)) == "pass"
