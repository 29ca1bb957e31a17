from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from support.sides import call, kinds, requote, side

from pytest_specbudget.audit.acks import Acknowledgement, acknowledged
from pytest_specbudget.audit.comparing import compare
from pytest_specbudget.audit.limits import Limits
from pytest_specbudget.audit.regression import RegressionGate
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pytest_specbudget.audit.comparison import Change, Comparison, Said
    from pytest_specbudget.core.ledger import Charge

TODAY = date(2026, 11, 22)
TEN = Limits(pct=Fraction(10), origin="--spec-max-regression=10")
TEST = "tests/test_a.py::test_a"


def ack(
    subject: str = "A", limit: Fraction | Money = Fraction(50), **others: Any
) -> Acknowledgement:
    values = {"until": TODAY, "reason": "longer plans", "origin": "acks, line 1", **others}
    return Acknowledgement(subject=subject, limit=limit, **values)


def costing(cost: str, spec: str = "A", **others: Any) -> Charge:
    return call(cost=cost, spec=spec, **others)


def compared(*pairs: tuple[Charge, Charge], limits: Limits = TEN) -> Comparison:
    base, head = ([pair[place] for pair in pairs] for place in (0, 1))
    return compare(side(*base), side(*head, name="head"), limits, requote, kinds)


def risen(cost: str = "1.20", **others: Any) -> Comparison:
    return compared((costing("1.00"), costing(cost)), **others)


def said_of(comparison: Comparison, scope: str, subject: str) -> Said:
    return change_of(comparison, scope, subject).said


def change_of(comparison: Comparison, scope: str, subject: str) -> Change:
    return next(one for one in comparison.changes if (one.scope, one.subject) == (scope, subject))


def fails(comparison: Comparison) -> list[str]:
    return [finding.subject for finding in RegressionGate(comparison).check(Ledger())]


@pytest.mark.parametrize(
    ("limit", "covered"),
    [
        pytest.param(Fraction(20), True, id="exactly the percentage"),
        pytest.param(Fraction("19.999999999"), False, id="a little less"),
        pytest.param(Money.parse("0.20"), True, id="exactly the dollars"),
        pytest.param(Money.parse("0.199999999999999999"), False, id="an attodollar less"),
    ],
)
def test_a_limit_is_inclusive(limit: Fraction | Money, covered: bool) -> None:  # noqa: FBT001
    settled, _ = acknowledged(risen(), [ack(limit=limit)], TODAY)

    assert (said_of(settled, "spec", "A") == "acknowledged") is covered
    assert fails(settled) == ([] if covered else ["A"])


@pytest.mark.parametrize(
    ("until", "covered", "rules"),
    [
        pytest.param(date(2026, 11, 22), True, [], id="today is the last day"),
        pytest.param(date(2026, 11, 21), False, ["ack-expired"], id="yesterday was"),
    ],
)
def test_a_day_is_inclusive(until: date, covered: bool, rules: list[str]) -> None:  # noqa: FBT001
    settled, findings = acknowledged(risen(), [ack(until=until)], TODAY)

    assert (fails(settled) == []) is covered
    assert [finding.rule for finding in findings] == rules
    assert {finding.severity for finding in findings} <= {"warning"}


def test_what_was_accepted_is_shown_with_its_limit_and_its_place() -> None:
    settled, findings = acknowledged(risen(), [ack()], TODAY)

    change = change_of(settled, "spec", "A")
    assert (change.said, change.limit, change.origin) == (
        "acknowledged",
        "50 % (acknowledged)",
        f"acks, line 1, until {TODAY}: longer plans",
    )
    assert findings == []


def test_what_was_accepted_of_a_spec_is_accepted_of_all_that_it_accounts_for() -> None:
    settled, _ = acknowledged(risen(), [ack()], TODAY)

    assert {change.said for change in settled.changes} == {"acknowledged"}


def test_a_test_with_a_limit_of_its_own_is_accepted_by_its_own_name_only() -> None:
    limits = replace(TEN, tests={TEST: (Fraction(15), "marker")})
    comparison = risen(limits=limits)

    assert fails(acknowledged(comparison, [ack()], TODAY)[0]) == [TEST]
    assert fails(acknowledged(comparison, [ack(), ack(TEST)], TODAY)[0]) == []


def test_another_spec_that_rose_too_still_fails() -> None:
    comparison = compared(
        (costing("1.00"), costing("1.20")),
        (
            costing("1.00", "B", test="tests/test_b.py::test_b"),
            costing("1.20", "B", test="tests/test_b.py::test_b"),
        ),
    )

    settled, _ = acknowledged(comparison, [ack()], TODAY)

    assert fails(settled) == ["B"]
    assert said_of(settled, "run", "whole run") == "regressed"


def test_a_stage_that_rose_by_more_than_the_specs_did_still_fails() -> None:
    comparison = risen()
    stage = replace(change_of(risen("1.30"), "spec", "A"), scope="stage", subject="plan")

    settled, _ = acknowledged(
        replace(comparison, changes=(*comparison.changes, stage)), [ack()], TODAY
    )

    assert said_of(settled, "stage", "plan") == "regressed"
    assert said_of(settled, "run", "whole run") == "acknowledged"


@pytest.mark.parametrize(
    ("scope", "subject", "covered"),
    [
        pytest.param("spec", "A", True, id="the right scope"),
        pytest.param("stage", "A", False, id="another scope"),
        pytest.param(None, "A", True, id="any scope"),
        pytest.param(None, "a", False, id="names have case"),
    ],
)
def test_a_scope_narrows_what_is_meant(scope: Any, subject: str, covered: bool) -> None:  # noqa: FBT001
    settled, _ = acknowledged(risen(), [ack(subject, scope=scope)], TODAY)

    assert (fails(settled) == []) is covered


def test_a_renamed_test_is_still_meant_by_its_old_name() -> None:
    change = replace(change_of(risen(), "test", TEST), subject="t.py::new")
    comparison = replace(risen(), changes=(change,), renamed=((TEST, "t.py::new"),))

    settled, findings = acknowledged(comparison, [ack(TEST)], TODAY)

    assert (settled.changes[0].said, findings) == ("acknowledged", [])


def test_a_rise_in_calls_alone_is_accepted_by_any_limit() -> None:
    base, head = costing("1.00"), (costing("0.50"), costing("0.50", prompt="more"))
    comparison = compare(side(base), side(*head), Limits(), requote, kinds)
    assert said_of(comparison, "spec", "A") == "regressed"

    settled, _ = acknowledged(comparison, [ack(limit=Fraction(0))], TODAY)

    assert fails(settled) == []


def test_what_cannot_be_judged_is_not_accepted_and_its_entry_is_left_alone() -> None:
    comparison = compared((costing("1.00"), call(cost=None, spec="A")))

    settled, findings = acknowledged(comparison, [ack()], TODAY)

    assert said_of(settled, "spec", "A") == "inconclusive"
    assert findings == []


@pytest.mark.parametrize(
    ("comparison", "entry", "told"),
    [
        pytest.param(
            risen("1.05"),
            ack(),
            "is not needed: it did not get dearer",
            id="it stayed in the limit",
        ),
        pytest.param(
            risen(),
            ack(limit=Fraction(12)),
            "(12 %) does not cover it: it rose by $0.2000, and $0.1200 were accepted",
            id="beyond it",
        ),
        pytest.param(
            risen(),
            ack(limit=Money.parse("0.1999999")),
            "it rose by $0.2000000, and $0.1999999 were accepted",
            id="beyond it by little",
        ),
        pytest.param(
            compared((costing("1.00", "ALPHA"), costing("1.20", "ALPHA"))),
            ack("ALPA"),
            'fits nothing; did you mean "ALPHA"?',
            id="a slip",
        ),
    ],
)
def test_an_entry_that_nothing_needs_is_told(
    comparison: Comparison, entry: Acknowledgement, told: str
) -> None:
    _, findings = acknowledged(comparison, [entry], TODAY)

    assert [finding.rule for finding in findings] == ["ack-unused"]
    assert told in findings[0].message
    assert findings[0].details == ("reason: longer plans",)


@pytest.mark.parametrize("where", ["unrun", "new", "vanished"])
def test_an_entry_for_a_test_that_is_not_on_both_sides_is_left_alone(where: str) -> None:
    other = "tests/test_b.py::test_b"
    only = side(costing("1.00"), costing("1.00", test=other))
    both = side(costing("1.00"))
    base, head = (both, only) if where == "new" else (only, both)
    if where == "unrun":
        head = replace(head, unrun=None)
    comparison = compare(base, head, TEN, requote, kinds)

    assert acknowledged(comparison, [ack(other)], TODAY)[1] == []


def test_of_two_entries_for_one_subject_the_one_that_covers_counts() -> None:
    entries = [ack(limit=Fraction(12)), ack(limit=Fraction(25))]

    settled, findings = acknowledged(risen(), entries, TODAY)

    assert change_of(settled, "spec", "A").limit == "25 % (acknowledged)"
    assert [finding.rule for finding in findings] == ["ack-unused"]


def test_an_entry_that_expired_says_who_accepted_what_and_why() -> None:
    entry = ack(until=date(2026, 10, 31), owner="ana@example.com")

    _, (finding,) = acknowledged(risen(), [entry], TODAY)

    assert finding.message == 'what was accepted of "A" (50 %) expired on 2026-10-31'
    assert finding.details == ("reason: longer plans", "owner: ana@example.com")
    assert finding.origin == "acks, line 1"


@pytest.mark.parametrize("subject", ["whole run", "(unassigned)"])
@pytest.mark.parametrize("scoped", [True, False])
def test_where_no_spec_exists_what_was_accepted_of_the_whole_run_accepts_all(
    subject: str, *, scoped: bool
) -> None:
    scope = ("run" if subject == "whole run" else "spec") if scoped else None
    comparison = compared((call(cost="1.00"), call(cost="1.20")))

    settled, left = acknowledged(comparison, [ack(subject, scope=scope)], TODAY)

    assert fails(comparison) == ["whole run"]
    assert (fails(settled), left) == ([], [])
    assert {one.said for one in settled.changes} == {"acknowledged"}


def test_beside_a_spec_the_whole_run_is_accepted_by_itself() -> None:
    nobodys = call("b", cost="1.00"), call("b", cost="1.20")
    comparison = compared(nobodys, (costing("1.00"), costing("1.00")))

    settled, _ = acknowledged(comparison, [ack("whole run")], TODAY)

    assert fails(settled) == ["(unassigned)"]
