"""The findings of a comparison: one a cause, and never against what they show."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sides import TEST, call, kinds, requote, side

from pytest_specbudget.audit.comparing import compare
from pytest_specbudget.audit.comparison import RequestChange
from pytest_specbudget.audit.limits import Limits
from pytest_specbudget.audit.regression import RegressionGate, limit_for
from pytest_specbudget.core.finding import judge
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pytest_specbudget.audit.comparison import Comparison, Said
    from pytest_specbudget.core.finding import Finding, Result
    from pytest_specbudget.core.ledger import Charge

ORIGIN = "--spec-max-regression=10"
TEN = Limits(pct=Fraction(10), origin=ORIGIN)
STRICT = Limits()
_MEASURED = re.compile(r"from \$([\d.]+) to \$([\d.]+) \(\+([\d.,]+) %\)")
OTHER = "tests/test_b.py::test_b"


def compared(base: list[Charge], head: list[Charge], limits: Limits = TEN) -> Comparison:
    return compare(side(*base), side(*head), limits, requote, kinds)


def found(comparison: Comparison) -> list[Finding]:
    return [*RegressionGate(comparison).check(Ledger())]


def findings(base: list[Charge], head: list[Charge], limits: Limits = TEN) -> list[Finding]:
    return found(compared(base, head, limits))


def result(base: list[Charge], head: list[Charge], limits: Limits = TEN) -> Result:
    return judge(Ledger(), [RegressionGate(compared(base, head, limits))]).result


def saying(comparison: Comparison, said: Said, *subjects: str) -> Comparison:
    """Return *comparison* with something else said of *subjects*."""
    changes = (
        replace(change, said=said) if change.subject in subjects else change
        for change in comparison.changes
    )
    return replace(comparison, changes=tuple(changes))


@pytest.mark.parametrize(
    ("head", "verdict"),
    [
        pytest.param("1.11", "fail", id="11 % over fails at 10 %"),
        pytest.param("1.10", "pass", id="10 % exactly does not"),
        pytest.param("1.100000000000000001", "fail", id="an attodollar over 10 % does"),
        pytest.param("0.90", "pass", id="less passes"),
        pytest.param(None, "inconclusive", id="nobody knows is not green"),
    ],
)
def test_the_verdict_is_exact(head: str | None, verdict: Result) -> None:
    assert result([call(cost="1.00")], [call(cost=head)]) == verdict


def test_a_finding_says_what_rose_beyond_what_and_why() -> None:
    base = [call("a", spec="RESEARCH", cost="1.00")]
    head = [call("a", spec="RESEARCH", cost="1.11", model="large")]

    (finding,) = findings(base, head)

    assert finding.rule == "cost-regression"
    assert finding.subject == "RESEARCH"
    assert finding.message == "RESEARCH rose from $1.00 to $1.11 (+11.0 %), the limit is 10 %"
    assert finding.origin == ORIGIN
    assert finding.details == ("small -> large", f"{TEST}   $1.00 -> $1.11   small -> large")
    assert 'specbudget ack "RESEARCH" --limit 11% --until DATE --reason ...' in finding.remedy
    assert finding.severity == "error"


@pytest.mark.parametrize(
    ("then", "now", "limits", "measured"),
    [
        pytest.param(
            "1.00",
            "1.1000001",
            TEN,
            "rose from $1.0000000 to $1.1000001 (+10.00001 %), the limit is 10 %",
            id="a little over shows that it is over",
        ),
        pytest.param(
            "0", "0.25", TEN, "rose from $0.0000 to $0.2500, the limit is 10 %", id="from nothing"
        ),
        pytest.param(
            "1.00",
            "1.11",
            STRICT,
            "rose from $1.00 to $1.11 (+11.0 %), and no limit allows that",
            id="strict",
        ),
        pytest.param(
            "3.00",
            "4.00",
            TEN,
            "rose from $3.00 to $4.00 (+33.3 %), the limit is 10 %",
            id="a share is rounded",
        ),
        pytest.param(
            "0.00105",
            "0.0012243",
            STRICT,
            "rose from $0.001050 to $0.001224 (+16.6 %), and no limit allows that",
            id="digits from which the percentage can be reckoned",
        ),
        pytest.param(
            "0.03",
            "0.4",
            TEN,
            "rose from $0.0300 to $0.4000 (+1,233.3 %), the limit is 10 %",
            id="thousands as in the tables",
        ),
    ],
)
def test_what_is_shown_does_not_contradict(
    then: str, now: str, limits: Limits, measured: str
) -> None:
    (finding,) = findings([call(cost=then)], [call(cost=now)], limits)

    assert finding.message == f"the whole run {measured}"


def test_what_only_shorter_answers_made_cheaper_is_not_said_to_have_risen() -> None:
    (finding,) = findings([call()], [call(tokens=(1_001, 10))], STRICT)

    assert "fell from $0.00200 to $0.00110, but only because its answers are shorter" in (
        finding.message
    )


def test_what_costs_the_same_and_asks_for_more_is_told_so() -> None:
    retried = [call(), call(outcome="failed", cost=None, tokens=(0, 0))]

    (finding,) = findings([call()], retried, STRICT)

    assert finding.message == "the whole run costs $0.0020 as it did, but asks for more"
    assert finding.details[:2] == ("1 call more", "1 failed call more")


def test_a_spec_speaks_for_its_tests_stages_models_and_the_run() -> None:
    base = [call("a", spec="A", stage="plan"), call("b", spec="B", test=OTHER)]
    head = [call("a", spec="A", stage="plan", cost="1"), call("b", spec="B", test=OTHER, cost="1")]

    assert [one.subject for one in findings(base, head)] == ["A", "B"]


def test_a_test_speaks_where_its_spec_did_not_regress() -> None:
    base = [call("a", cost="1"), call("b", test=OTHER, cost="100")]
    head = [call("a", cost="2"), call("b", test=OTHER, cost="100")]

    (finding,) = findings(base, head)

    assert finding.subject == TEST
    assert finding.message.startswith(f'test "{TEST}" rose from $1.00 to $2.00 (+100.0 %)')
    assert "--scope test" in finding.remedy


def test_a_test_with_a_limit_of_its_own_speaks_beside_its_spec() -> None:
    limits = replace(TEN, tests={TEST: (Fraction(5), "max_regression=5")})

    both = findings([call(cost="1")], [call(cost="2")], limits)

    assert [(one.subject, one.origin) for one in both] == [
        ("whole run", ORIGIN),
        (TEST, "max_regression=5"),
    ]


def test_a_stage_speaks_where_nothing_else_does() -> None:
    base = [call("a", stage="plan", cost="1"), call("b", stage="write", cost="1")]
    head = [call("a", stage="plan", cost="1.5"), call("b", stage="write", cost="0.5")]

    (finding,) = findings(base, head)

    assert finding.message == 'stage "plan" rose from $1.00 to $1.50 (+50.0 %), the limit is 10 %'


def test_the_dearest_tests_and_changed_requests_are_named() -> None:
    base = [call(f"p{n}", test=f"t.py::test_{n}", cost="1") for n in range(5)]
    head = [call(f"p{n}", test=f"t.py::test_{n}", cost=f"{n + 2}") for n in range(5)]
    change = RequestChange(
        test="t.py::test_4",
        places=("$.model", "$.messages[*].content"),
        base=Money.parse("1"),
        head=Money.parse("6"),
        cassette="test_4.yaml",
    )
    elsewhere = RequestChange(test="t.py::test_gone", places=("$.model",))

    (finding,) = found(replace(compared(base, head), requests=(change, elsewhere)))

    assert finding.details == (
        "t.py::test_4   $1.00 -> $6.00   $.model, $.messages[*].content differ (test_4.yaml)",
        "t.py::test_3   $1.00 -> $5.00",
        "t.py::test_2   $1.00 -> $4.00",
        "and 2 more tests",
    )


def asking(test: str, place: str = "$.model", cassette: str = "") -> RequestChange:
    return RequestChange(
        test=test,
        places=(place,),
        base=Money.parse("1"),
        head=Money.parse("2"),
        cassette=cassette,
    )


def test_what_is_left_out_is_counted_once_and_fits_into_a_block() -> None:
    tests = [f"t.py::test_{n}" for n in range(5)]
    base = [call(f"p{n}", test=test, cost="1") for n, test in enumerate(tests)]
    head = [call(f"p{n}", test=test, cost="2") for n, test in enumerate(tests)]
    changed = tuple(map(asking, tests))

    (finding,) = found(replace(compared(base, head), requests=changed))

    assert finding.details == (
        *(f"{test}   $1.00 -> $2.00   $.model differs" for test in tests[:3]),
        "and 2 more tests",
    )


def test_requests_of_tests_that_did_not_rise_are_listed_and_counted_by_themselves() -> None:
    still = [call(f"q{n}", test=f"t.py::still_{n}", cost="1") for n in range(9)]
    changed = (asking(TEST), *(asking(f"t.py::still_{n}") for n in range(9)))
    base, head = [call("a", cost="1"), *still], [call("a", cost="9"), *still]

    (finding,) = found(replace(compared(base, head), requests=changed))

    assert finding.details[0] == f"{TEST}   $1.00 -> $9.00   $.model differs"
    assert finding.details[1] == "t.py::still_0   $1.00 -> $2.00   $.model differs"
    assert finding.details[-1] == "and 3 more changed requests"
    assert len(finding.details) == 8


def test_several_requests_of_a_test_are_told_together() -> None:
    changed = (asking(TEST, "$.model", "a.yaml"), asking(TEST, "$.tools", "b.yaml"))

    (finding,) = found(replace(compared([call(cost="1")], [call(cost="2")]), requests=changed))

    assert finding.details == (
        f"{TEST}   $1.00 -> $2.00   2 requests: $.model, $.tools differ (a.yaml, b.yaml)",
    )


def test_a_request_of_unknown_cost_is_not_said_to_be_free() -> None:
    change = RequestChange(test=OTHER, places=("$.model",), head=Money.parse("6"))
    still = call("b", test=OTHER, cost="6")
    comparison = compared([call(cost="1"), still], [call(cost="6"), still])

    (finding,) = found(replace(comparison, requests=(change,)))

    assert finding.details[-1] == f"{OTHER}   unknown -> $6.00   $.model differs"


def test_what_nobody_can_tell_is_an_inconclusive_finding_of_the_spec() -> None:
    base = [call("a", spec="A"), call("b", spec="B", test=OTHER)]
    head = [call("a", spec="A", cost=None), call("b", spec="B", test=OTHER)]

    (finding,) = findings(base, head)

    assert (finding.rule, finding.subject) == ("gate-unavailable", "A")
    assert finding.inconclusive
    assert finding.message == (
        "A cannot be compared with the base: 1 call of unknown cost in the head"
    )
    assert finding.details == (f"{TEST}   1 call of unknown cost in the head",)


def test_an_accepted_spec_is_accepted_of_its_tests_its_models_and_the_run() -> None:
    base, head = [call(spec="A", stage="plan", cost="1")], [call(spec="A", stage="plan", cost="2")]

    accepted = saying(compared(base, head), "acknowledged", "A")

    assert not found(accepted)


def test_an_accepted_spec_hides_no_other() -> None:
    base = [call("a", spec="A", cost="1"), call("b", spec="B", test=OTHER, cost="1")]
    head = [call("a", spec="A", cost="2"), call("b", spec="B", test=OTHER, cost="2")]

    accepted = saying(compared(base, head), "acknowledged", "A")

    assert [one.subject for one in found(accepted)] == ["B"]


def test_an_accepted_spec_hides_no_stage_that_rose_by_more() -> None:
    base = [
        call("a", spec="A", cost="1"),
        call("b", spec="B", stage="plan", test=OTHER, cost="5"),
        call("c", spec="B", stage="write", test=OTHER, cost="5"),
    ]
    head = [
        call("a", spec="A", cost="2"),
        call("b", spec="B", stage="plan", test=OTHER, cost="8"),
        call("c", spec="B", stage="write", test=OTHER, cost="2"),
    ]

    accepted = saying(compared(base, head), "acknowledged", "A")

    assert [one.subject for one in found(accepted)] == ["plan"]


def test_an_accepted_spec_does_not_hide_what_nobody_can_tell() -> None:
    base = [call("a", spec="A", cost="1"), call("b", spec="A", cost="1")]
    head = [call("a", spec="A", cost="3"), call("b", spec="A", cost=None)]

    accepted = saying(compared(base, head), "acknowledged", "A")

    assert [(one.rule, one.subject) for one in found(accepted)] == [("gate-unavailable", "A")]


def test_new_and_vanished_tests_are_no_findings() -> None:
    base = [call("a"), call("b", test="t.py::test_gone")]
    head = [call("a"), call("c", test="t.py::test_new", cost="9")]

    assert result(base, head) == "pass"
    assert result(base, head, replace(TEN, strict_baseline=True)) == "fail"


@pytest.mark.parametrize(
    ("then", "now", "limit"),
    [
        pytest.param("3", "4", "33.34%", id="rounded up"),
        pytest.param("1", "1.2", "20%", id="exactly"),
        pytest.param("0", "0.25", "0.25USD", id="dollars where it cost nothing"),
    ],
)
def test_the_command_accepts_the_rise_and_stands_on_a_line_of_its_own(
    then: str, now: str, limit: str
) -> None:
    (finding,) = findings([call(cost=then)], [call(cost=now)])

    assert finding.remedy.splitlines()[1] == (
        f'specbudget ack "whole run" --limit {limit} --until DATE --reason ... --scope run'
    )


def test_what_belongs_to_no_spec_is_the_whole_run_only_where_no_spec_exists() -> None:
    alone = findings([call(cost="1")], [call(cost="2")])
    beside = [call("b", spec="B", test=OTHER, cost="1")]

    with_a_spec = findings([call(cost="1"), *beside], [call(cost="2"), *beside])

    assert [one.subject for one in alone] == ["whole run"]
    assert [one.subject for one in with_a_spec] == ["(unassigned)"]
    assert 'specbudget ack "(unassigned)"' in with_a_spec[0].remedy


@given(st.integers(0, 10**22), st.integers(0, 10**22))
def test_the_limit_that_is_advised_covers_the_rise(then: int, now: int) -> None:
    whole = compared([call(cost=str(Money(then)))], [call(cost=str(Money(now)))]).whole
    assert whole is not None

    limit = limit_for(whole)

    allowed = limit if isinstance(limit, Money) else Money(int(then * limit / 100))
    assert Money(now) <= Money(then) + allowed


@given(st.integers(1, 10**22), st.integers(1, 10**22))
def test_a_share_can_be_reckoned_from_the_amounts_beside_it(then: int, rise: int) -> None:
    (finding,) = findings([call(cost=str(Money(then)))], [call(cost=str(Money(then + rise)))],
                          Limits(pct=Fraction(0)))  # fmt: skip

    was, now, share = _MEASURED.findall(finding.message)[0]

    reckoned = (Fraction(now) / Fraction(was) - 1) * 100
    places = len(share.partition(".")[2])
    unit = Fraction(1, 10 ** max(places, 1))
    assert abs(reckoned - Fraction(share.replace(",", ""))) <= unit / 2


def test_a_name_from_outside_runs_nothing_where_it_is_pasted() -> None:
    (finding,) = findings([call(spec='$(rm)"x', cost="1")], [call(spec='$(rm)"x', cost="2")])

    assert "specbudget ack '$(rm)\"x' --limit 100% --until" in finding.remedy


@given(
    st.integers(1, 10**22),
    st.integers(1, 10**22),
    st.one_of(st.none(), st.decimals(0, 200, places=3).map(Fraction)),
)
def test_there_is_a_finding_just_where_the_verdict_fails(
    then: int, now: int, pct: Fraction | None
) -> None:
    base, head = (call(cost=str(Money(atto))) for atto in (then, now))

    breached = Fraction(now, then) > 1 + (pct or 0) / 100
    told = findings([base], [head], Limits(pct=pct))

    assert bool(told) is breached
    assert all("rose from" in one.message for one in told)
