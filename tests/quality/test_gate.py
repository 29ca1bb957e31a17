"""Thresholds over a suite: exact, by SPEC, command, tier, test and whole run."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.core.finding import judge
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.score import Score, share
from pytest_specbudget.quality.gate import QualityGate, Ran, Threshold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.quality.thresholds import Kind

NOTHING: dict[str, str] = {}


def score(value: str, case: str = "a", **others: Any) -> Score:
    """Make a replayed agreement of command `plan`, tier C."""
    values = {"kind": "agreement", "metric": "answer/1", "test": "t.py::test_a", "command": "plan"}
    return Score(value=share(value), case=case, **{**values, "tier": "C", **others})


def agreeing(good: int, of: int, **others: Any) -> list[Score]:
    """Make *of* cases of which the first *good* agree."""
    return [
        score("1" if place < good else "0", f"case-{place:02}", **others) for place in range(of)
    ]


def threshold(
    least: str = "0.90", kind: Kind = "agreement", named: Mapping[str, str] = NOTHING
) -> Threshold:
    origin = f"--spec-min-{kind}={least}"
    return Threshold(kind=kind, least=share(least), origin=origin, **named)


def findings(
    scores: list[Score], *thresholds: Threshold, ran: list[Ran] | None = None
) -> list[Finding]:
    gate = QualityGate(scores=scores, thresholds=thresholds, ran=ran or [])
    return [*gate.check(Ledger([]))]


@pytest.mark.parametrize(
    ("good", "of", "passes"),
    [
        pytest.param(23, 25, True, id="0.92 passes at 0.90"),
        pytest.param(22, 25, False, id="0.88 fails at 0.90"),
        pytest.param(9, 10, True, id="9 of 10 is exactly 0.90, which passes"),
        pytest.param(8_999, 10_000, False, id="a ten-thousandth below fails"),
        pytest.param(27, 30, True, id="27 of 30 is exactly 0.90, too"),
    ],
)
def test_a_threshold_is_inclusive_and_exact(good: int, of: int, *, passes: bool) -> None:
    ones, zeros = score("1"), score("0")

    found = findings([ones] * good + [zeros] * (of - good), threshold())

    assert (found == []) is passes


def test_tenths_add_up_exactly() -> None:
    thirds = [score("0.1"), score("0.2"), score("0.3")]

    assert findings(thirds, threshold("0.2")) == []
    assert len(findings([*thirds, score("0.1999999")], threshold("0.2"))) == 1


def test_a_fall_below_the_threshold_says_which_command_tier_and_cases() -> None:
    (finding,) = findings(agreeing(22, 25), threshold())

    assert finding.rule == "agreement-below-threshold"
    assert finding.severity == "error"
    assert not finding.inconclusive
    assert finding.message == (
        'whole run, command "plan", tier C: mean agreement 0.88 of at least 0.90, over 25 cases'
    )
    assert finding.origin == "--spec-min-agreement=0.90"
    assert finding.details == (
        'case-22   0.00   command "plan", tier C, t.py::test_a',
        'case-23   0.00   command "plan", tier C, t.py::test_a',
        'case-24   0.00   command "plan", tier C, t.py::test_a',
        "measured by answer/1",
    )
    assert "lower the threshold where it was set" in finding.remedy


def test_only_the_lowest_cases_are_named_and_the_rest_counted() -> None:
    scores = [score(f"0.{place}", f"case-{place}") for place in range(8, 0, -1)]

    (finding,) = findings(scores, threshold())

    assert [line.split()[0] for line in finding.details[:5]] == [f"case-{n}" for n in range(1, 6)]
    assert finding.details[5] == "and 3 more cases below 0.90"


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        pytest.param(["0.8999"], "0.8999 of at least 0.9000", id="not rounded up to the threshold"),
        pytest.param(["1", "1", "0"], "0.67 of at least 0.90", id="two thirds, two places"),
    ],
)
def test_what_is_printed_never_contradicts_the_verdict(values: list[str], shown: str) -> None:
    (finding,) = findings([score(value) for value in values], threshold())

    assert shown in finding.message


GOOD = agreeing(20, 20, command="tasks", tier="M", spec="SPEC-1")
BAD = agreeing(3, 5, command="plan", tier="C", spec="SPEC-2", test="t.py::A::test_b")


@pytest.mark.parametrize(
    ("named", "subjects"),
    [
        pytest.param({}, ['SPEC-2, command "plan", tier C'], id="everything, each by itself"),
        pytest.param({"spec": "SPEC-2"}, ["SPEC-2"], id="a SPEC"),
        pytest.param({"spec": "SPEC-1"}, [], id="another SPEC"),
        pytest.param({"command": "plan"}, ['command "plan"'], id="a command"),
        pytest.param({"tier": "C"}, ["tier C"], id="a tier"),
        pytest.param({"tier": "M"}, [], id="another tier"),
        pytest.param({"test": "t.py::A::test_b"}, ['test "t.py::A::test_b"'], id="a test"),
        pytest.param({"test": "t.py::A"}, ['test "t.py::A"'], id="a class with its tests"),
        pytest.param({"test": "t.py::A::test"}, ['test "t.py::A::test"'], id="no start of a name"),
        pytest.param(
            {"command": "plan", "tier": "C"}, ['command "plan", tier C'], id="a command in a tier"
        ),
    ],
)
def test_what_a_threshold_holds(named: dict[str, str], subjects: list[str]) -> None:
    found = findings([*GOOD, *BAD], threshold(named=named))

    assert [finding.subject for finding in found] == subjects


def test_a_good_average_hides_no_bad_command() -> None:
    rows = {
        row.subject: row
        for row in QualityGate(scores=[*GOOD, *BAD], thresholds=[threshold()]).results()
    }

    assert rows["whole run"].said == "passed"
    assert rows["whole run"].mean == Fraction(23, 25)
    assert rows['command "plan"'].said == "failed"
    assert rows['command "plan"'].n == 5
    assert rows['command "tasks"'].said == "passed"


def test_a_wide_threshold_lifts_no_narrow_one() -> None:
    found = findings([*GOOD, *BAD], threshold("0.50"), threshold("0.70", named={"command": "plan"}))

    assert [finding.subject for finding in found] == ['command "plan"']


def test_quality_and_agreement_are_held_apart() -> None:
    scores = [score("0.5", kind="quality", metric="rubric/1"), score("0.95")]

    (finding,) = findings(scores, threshold("0.90"), threshold("0.85", "quality"))

    assert finding.rule == "quality-below-threshold"
    assert "mean quality 0.50 of at least 0.85, over 1 case" in finding.message


@pytest.mark.parametrize(
    ("values", "result"),
    [
        pytest.param(["1 live", "1 live"], "inconclusive", id="perfect live samples prove nothing"),
        pytest.param(["1", "1", "1 live"], "inconclusive", id="nor does one among replayed cases"),
        pytest.param(["0 live"], "inconclusive", id="nor does a bad one"),
        pytest.param(["0", "0", "1 live"], "fail", id="too low whatever the live case comes to"),
        pytest.param(["1", "1"], "pass", id="a census is exact"),
    ],
)
def test_live_samples_never_pass(values: list[str], result: str) -> None:
    scores = [score(value.split()[0], live="live" in value) for value in values]

    verdict = judge(Ledger([]), [QualityGate(scores=scores, thresholds=[threshold()])])

    assert verdict.result == result


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        pytest.param("quality", "3 live samples: mean 0.97 of at least 0.85", id="quality"),
        pytest.param("agreement", "3 live samples: mean 0.97 of at least 0.85", id="agreement"),
    ],
)
def test_live_samples_alone_do_not_tell_and_say_so(kind: Any, message: str) -> None:
    scores = [score(value, kind=kind, live=True) for value in ("1", "1", "9/10")]

    (finding,) = findings(scores, threshold("0.85", kind))

    assert f"{message}, not enough to tell" in finding.message
    assert "mean quality" not in finding.message


def test_a_live_sample_is_said_to_be_one() -> None:
    (finding,) = findings([score("1"), score("0.8", "b", live=True)], threshold())

    assert finding.message.endswith(
        "2 cases, 1 of them live: mean 0.90 of at least 0.90, not enough to tell"
    )
    assert finding.details[0].startswith("b   0.80 live")
    assert "replay" in finding.remedy


@pytest.mark.parametrize(
    ("named", "message"),
    [
        pytest.param(
            {}, "whole run: no agreement was recorded, 0.90 is the least", id="nothing at all"
        ),
        pytest.param(
            {"command": "plam"},
            'command "plam": no agreement was recorded, 0.90 is the least; did you mean "plan"?',
            id="a name that nothing has",
        ),
    ],
)
def test_a_threshold_without_a_case_is_inconclusive(named: dict[str, str], message: str) -> None:
    scores = [score("1")] if named else [score("1", kind="quality")]

    (finding,) = findings(scores, threshold(named=named))

    assert finding.inconclusive
    assert finding.message == message


def test_the_pass_rate_is_the_share_of_tests_that_passed() -> None:
    ran = [Ran(test=f"t.py::test_{place}", passed=place > 0, spec="SPEC-1") for place in range(10)]

    assert findings([], threshold("0.90", "pass-rate"), ran=ran) == []
    (finding,) = findings([], threshold("0.95", "pass-rate"), ran=ran)

    assert finding.rule == "pass-rate-below-threshold"
    assert finding.message == (
        "whole run, SPEC-1: pass rate 0.90 of at least 0.95, over 9 of 10 tests"
    )
    assert finding.details == ("t.py::test_0   failed   SPEC-1",)


def test_a_pass_rate_of_tests_that_were_answered_live_is_inconclusive() -> None:
    ran = [Ran(test="t.py::test_a", passed=True, live=True)]

    (finding,) = findings([], threshold("1", "pass-rate"), ran=ran)

    assert finding.inconclusive


def test_equal_cases_of_different_tests_are_all_counted() -> None:
    (row,) = QualityGate(
        scores=[score("1", test="t.py::test_a"), score("1", test="t.py::test_b")],
        thresholds=[threshold(named={"spec": "(unassigned)"})],
    ).results()

    assert row.n == 2


@pytest.mark.parametrize(
    ("values", "rolled_back"),
    [
        pytest.param(["0.85"], False, id="0.85 is acceptable"),
        pytest.param(["0.849"], True, id="below 0.85 a rollback is recommended"),
    ],
)
def test_a_rollback_is_recommended_below_its_own_threshold(
    values: list[str], *, rolled_back: bool
) -> None:
    (finding,) = findings([score(value) for value in values], threshold())

    assert ("--spec-route=premium" in finding.remedy) is rolled_back
