from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from support.charges import charge, ledger

from pytest_specbudget.budgets.gate import Ceiling, SpendGate, cost_of
from pytest_specbudget.core.finding import judge
from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.core.finding import Finding

ORIGIN = "--spec-budget=2.00"


def at_most(amount: str, origin: str = ORIGIN) -> Ceiling:
    return Ceiling(amount=Money.parse(amount), origin=origin)


def by_spec(one: Charge) -> Iterable[str]:
    return (one.attribution.spec,)


def by_test(one: Charge) -> Iterable[str]:
    return (one.attribution.test,)


def spec_gate(amount: str = "1.00", **named: str) -> SpendGate:
    ceilings = {name: at_most(ceiling, f"{name}={ceiling}") for name, ceiling in named.items()}
    return SpendGate(scope="spec", subjects=by_spec, each=at_most(amount), named=ceilings)


def found(gate: SpendGate, books: Ledger) -> list[Finding]:
    return list(gate.check(books))


@pytest.mark.parametrize(
    ("spent", "ceiling", "passes"),
    [
        pytest.param([], "0", True, id="nothing passes a zero ceiling"),
        pytest.param(["0.000000000001"], "0", False, id="a pico fails a zero ceiling"),
        pytest.param(["2.00"], "2.00", True, id="exactly the ceiling passes"),
        pytest.param(["2.00", "0.000000000001"], "2.00", False, id="a pico over fails"),
        pytest.param(["0.10"] * 3, "0.30", True, id="dimes add up exactly"),
        pytest.param(["0.000732"] * 1_000, "0.732", True, id="a thousand small calls fit exactly"),
        pytest.param(["0.000732"] * 1_001, "0.732", False, id="one small call more does not"),
    ],
)
def test_a_ceiling_is_inclusive(spent: list[str], ceiling: str, *, passes: bool) -> None:
    verdict = judge(ledger(*spent), [spec_gate(ceiling)])

    assert verdict.passed is passes


def test_a_ceiling_that_is_spent_to_the_last_says_so() -> None:
    (finding,) = found(spec_gate("0.00126"), ledger("0.00126"))

    assert finding.message.endswith("spent $0.00126 of $0.00126 (all of it)")


@pytest.mark.parametrize(
    ("spent", "level"),
    [
        pytest.param("0.7999", None, id="just below 80 % is quiet"),
        pytest.param("0.799999999999", None, id="a pico below 80 % is quiet"),
        pytest.param("0.80", "warning", id="80 % warns"),
        pytest.param("0.8999", "warning", id="just below 90 % still warns"),
        pytest.param("0.90", "critical", id="90 % is critical"),
        pytest.param("1.00", "critical", id="exactly the ceiling is critical and passes"),
        pytest.param("1.000000000001", "exceeded", id="a pico over is exceeded"),
    ],
)
def test_alerts_come_at_80_and_90_percent(spent: str, level: str | None) -> None:
    findings = found(spec_gate("1.00"), ledger(spent))

    told = [
        "exceeded" if one.rule == "budget-exceeded" else one.message.partition(":")[0]
        for one in findings
    ]
    assert told == ([level] if level else [])
    assert all((one.severity == "error") is (level == "exceeded") for one in findings)


def test_other_thresholds_can_be_set() -> None:
    gate = SpendGate(
        scope="spec",
        subjects=by_spec,
        each=at_most("1"),
        warning=Fraction(1, 2),
        critical=Fraction(3, 4),
    )

    (half,), (most,) = found(gate, ledger("0.50")), found(gate, ledger("0.75"))

    assert half.message.startswith("warning: ")
    assert most.message.startswith("critical: ")


def test_each_subject_is_judged_alone() -> None:
    books = Ledger([charge("0.70", spec="A"), charge("0.70", spec="B"), charge("0.70", spec="B")])

    (finding,) = found(spec_gate("1.00"), books)

    assert (finding.rule, finding.subject) == ("budget-exceeded", "B")


def test_a_named_ceiling_stands_instead_of_the_general_one() -> None:
    books = Ledger([charge("2", spec="A"), charge("2", spec="B")])

    findings = found(spec_gate("1.00", A="5.00"), books)

    assert [(one.subject, one.origin) for one in findings] == [("B", ORIGIN)]


def test_scopes_add_and_never_lift() -> None:
    books = Ledger([charge("0.60", spec="A", test="t1"), charge("0.60", spec="A", test="t2")])
    tests = SpendGate(scope="test", subjects=by_test, each=at_most("1.00"))

    verdict = judge(books, [tests, spec_gate("1.00")])

    assert [one.subject for one in verdict.findings] == ["A"]


def test_a_subject_without_a_charge_spent_nothing() -> None:
    (spending,) = SpendGate(scope="spec", subjects=by_spec, named={"A": at_most("1")}).spendings(
        Ledger()
    )

    assert (spending.subject, spending.spent, spending.breached) == ("A", Money(), False)


def test_what_has_no_ceiling_is_not_judged() -> None:
    gate = SpendGate(scope="spec", subjects=by_spec, named={"A": at_most("1")})

    assert not found(gate, ledger("9", spec="B"))


@pytest.mark.parametrize(
    ("one", "listed", "billed"),
    [
        pytest.param(charge("2"), "2", "0", id="replayed: listed, not billed"),
        pytest.param(
            charge("2", source="live", billed_cost=Money.parse("2")), "2", "2", id="live: both"
        ),
        pytest.param(charge("2", source="mock"), "0", "0", id="mocked: neither"),
        pytest.param(charge(None), "0", "0", id="unpriced: a finding elsewhere"),
    ],
)
def test_what_a_charge_adds_to_a_ceiling(one: Charge, listed: str, billed: str) -> None:
    assert (str(cost_of(one, "list")), str(cost_of(one, "billed"))) == (listed, billed)


def test_the_finding_says_what_whose_where_and_what_to_do() -> None:
    books = Ledger(
        [
            charge("1.50", test="tests/a.py::dear", model="big"),
            charge("0.50", test="tests/a.py::dear", model="small"),
            charge("0.3140", test="tests/a.py::cheap", model="small"),
            charge("0.90", test="tests/a.py::cheap", source="mock"),
            charge("0", test="tests/a.py::free"),
        ]
    )
    gate = SpendGate(
        scope="spec", subjects=by_spec, each=at_most("2.00"), show=lambda _spec: "whole run"
    )

    (finding,) = found(gate, books)

    assert finding.message == "whole run spent $2.31 of $2.00 (115.7 %)"
    assert finding.origin == ORIGIN
    assert finding.details == (
        "tests/a.py::dear   $2.00   2 calls, big, small",
        "tests/a.py::cheap   $0.31   1 call, small",
    )
    assert "raise the ceiling where it was set" in finding.remedy


def test_what_the_dearest_tests_cost_has_the_places_of_what_was_spent() -> None:
    books = Ledger([charge("0.01895", test="a"), charge("0.00002", test="b")])
    gate = SpendGate(scope="spec", subjects=by_spec, each=at_most("0.01896"))

    (finding,) = found(gate, books)

    assert "spent $0.01897 of $0.01896" in finding.message
    assert [line.split()[1] for line in finding.details] == ["$0.01895", "$0.00002"]


def test_the_finding_names_who_began_what_called_during_another_test() -> None:
    left, own = charge("0.50", test="a.py::now"), charge("0.50", test="a.py::now")
    left = replace(left, attribution=replace(left.attribution, stale="a.py::before"))
    own = replace(own, attribution=replace(own.attribution, stale="a.py::now"))

    (finding,) = found(spec_gate("0.10"), Ledger([left, own]))

    assert finding.details == (
        "a.py::now   $1.00   2 calls, gpt-5-mini, 1 from what a.py::before had begun",
    )


def test_a_breach_never_looks_like_a_pass() -> None:
    (finding,) = found(spec_gate("2.00"), ledger("2.000000000001"))

    assert "spent $2.000000000001 of $2.000000000000 (100.1 %)" in finding.message


def test_20_000_charges_of_5_000_tests_are_each_looked_at_once() -> None:
    looks: Counter[str] = Counter()

    def watched(one: Charge) -> Iterable[str]:
        looks[one.id] += 1
        return (one.attribution.test,)

    books = Ledger([charge("0.10", test=f"test_{number % 5_000}") for number in range(20_000)])
    gate = SpendGate(scope="test", subjects=watched, each=at_most("1.00"))

    assert judge(books, [gate]).passed
    assert {*looks.values()} == {1}
