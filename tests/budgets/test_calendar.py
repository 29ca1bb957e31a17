"""Ceilings of days and months: what was spent before a run and in it, judged together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import bound, charge

from pytest_specbudget.budgets.calendar import CalendarGate, alert_level, period_of, project_month
from pytest_specbudget.budgets.gate import Ceiling
from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Finding

TODAY = date(2026, 11, 22)
AT = "2026-11-22T10:00:00.000000Z"


def gate(ceiling: str, before: dict[date, str] | None = None, **others: Any) -> CalendarGate:
    values: dict[str, Any] = {
        "period": "month",
        "ceiling": Ceiling(amount=Money.parse(ceiling), origin="--spec-month-budget"),
        "today": TODAY,
        "before": {day: Money.parse(cost) for day, cost in (before or {}).items()},
    }
    return CalendarGate(**{**values, **others})


def paid(cost: str | None, at: str = AT, **others: Any) -> Charge:
    billed = None if cost is None else Money.parse(cost)
    return replace(charge(cost, source="live", at=at, **others), billed_cost=billed)


def found(one: CalendarGate, *charges: Charge) -> list[Finding]:
    return [*one.check(Ledger([*charges]))]


def rules(one: CalendarGate, *charges: Charge) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity) for finding in found(one, *charges)]


@pytest.mark.parametrize(
    ("spent", "projected", "budget", "level"),
    [
        pytest.param("145.67", "189.45", "200", "yellow", id="as the seeds have it"),
        pytest.param("145.67", "180.6308", "200", "yellow", id="by the run rate as well"),
        pytest.param("159.99", "159.999", "200", "green", id="a trifle below 80 % is green"),
        pytest.param("10", "160", "200", "yellow", id="exactly 80 % is yellow"),
        pytest.param("10", "199.999999", "200", "yellow", id="a trifle below all of it is yellow"),
        pytest.param("10", "200", "200", "red", id="exactly all of it is red"),
        pytest.param("201", "190", "200", "red", id="what is spent counts, not only what will be"),
        pytest.param("0", "0", "0", "green", id="nothing of nothing is green"),
        pytest.param("0.000001", "0", "0", "red", id="anything of nothing is red"),
    ],
)
def test_a_level_is_that_of_the_larger_amount(
    spent: str, projected: str, budget: str, level: str
) -> None:
    assert alert_level(Money.parse(spent), Money.parse(projected), Money.parse(budget)) == level


def test_periods_have_the_names_of_iso() -> None:
    assert period_of(date(2026, 3, 4), "day") == "2026-03-04"
    assert period_of(date(2026, 3, 4), "month") == "2026-03"


@pytest.mark.parametrize(
    ("before", "cost", "told"),
    [
        pytest.param("1.50", "0.50", ["budget-warning"], id="exactly the ceiling passes"),
        pytest.param("1.50", "0.50000001", ["budget-exceeded"], id="a trifle over fails"),
        pytest.param("2.50", "0", ["budget-exceeded"], id="so does what came before, alone"),
        pytest.param("0.50", "0.50", [], id="half of it is nothing to tell"),
    ],
)
def test_a_day_holds_the_run_and_what_came_before(before: str, cost: str, told: list[str]) -> None:
    one = gate("2", {TODAY: before, date(2026, 11, 21): "100"}, period="day")

    assert [rule for rule, _ in rules(one, paid(cost))] == told


def test_a_month_holds_its_days_and_no_others() -> None:
    before = {date(2026, 10, 31): "100", date(2026, 11, 1): "1", date(2025, 11, 2): "100"}

    (spending,) = gate("2", before).spendings(Ledger([paid("0.5")]))

    assert (spending.subject, spending.spent) == ("2026-11", Money.parse("1.5"))


def test_what_is_over_names_what_the_run_added() -> None:
    (breach,) = found(gate("2.00", {TODAY: "1.91"}), paid("0.50"))

    assert breach.message == 'month "2026-11" spent $2.41 billed of $2.00 (120.5 %)'
    assert breach.details == ("$1.91 by other runs, $0.50 in this one",)
    assert breach.origin == "--spec-month-budget"


def test_a_call_of_tomorrow_is_projected_as_if_it_had_been_made_today() -> None:
    daily = {date(2026, 11, 23): Money.parse("1"), date(2026, 12, 1): Money.parse("100")}

    told = project_month(daily, TODAY)

    assert (told.spent, told.run_rate) == (Money.parse("1"), Money(10**18 * 30 * 10 // 220))


def test_a_replayed_call_uses_nothing_up() -> None:
    assert not found(gate("0.01", period="day"), charge("5.00", at=AT))


def test_a_projection_over_the_ceiling_only_warns() -> None:
    (warning,) = found(gate("2.40"), paid("1.80"))

    assert (warning.rule, warning.severity) == ("budget-projected", "warning")
    assert warning.message == 'month "2026-11" is bound for $2.45 of $2.40 (102.3 %)'
    assert "too few days" in warning.details[0]


def test_a_projection_by_weekdays_says_how_sure_it_is() -> None:
    before = {date(2026, month, day): "1" for month in (8, 9, 10, 11) for day in range(1, 31)}

    (warning,) = found(gate("29", {day: cost for day, cost in before.items() if day < TODAY}))

    assert warning.message.startswith('month "2026-11" is bound for $')
    assert "80 % likely $" in warning.details[0]


def test_a_projection_that_just_reaches_the_ceiling_is_nothing_to_tell() -> None:
    assert not found(gate("30"), paid("22"))


def test_a_run_over_midnight_is_judged_on_both_days() -> None:
    one = gate("1", {date(2026, 11, 21): "0.75"}, period="day")

    subjects = [each.subject for each in found(one, paid("0.5", at="2026-11-21T23:59:59Z"))]

    assert subjects == ["2026-11-21"]


def test_a_bounded_call_counts_at_its_most() -> None:
    unknown = paid(None, bound=bound("0.75"))

    (breach,) = found(gate("1.00", {TODAY: "0.50"}, period="day"), unknown)

    assert breach.rule == "budget-exceeded"
    assert "$0.50 to $1.25" in breach.message


def test_calls_of_unknown_cost_leave_a_month_undecided() -> None:
    unknown = {date(2026, 11, 3): 2, date(2026, 10, 3): 5}

    (told,) = found(gate("2", {TODAY: "0.5"}, unknown=unknown))

    assert (told.rule, told.severity, told.inconclusive) == ("budget-uncertain", "error", True)
    assert "2 calls in the history are of unknown cost" in told.message


def test_a_month_that_is_over_is_over_whatever_is_unknown() -> None:
    one = gate("2", {TODAY: "2.5"}, unknown={TODAY: 2})

    assert [rule for rule, _ in rules(one)] == ["budget-exceeded"]


def test_calls_of_unknown_cost_are_named_and_the_command_that_settles_them() -> None:
    day, other = TODAY.replace(day=3), TODAY.replace(month=10)
    named = {day: ["c/1   t.py", "c/2   t.py", "c/3   t.py", "c/4   t.py"], other: ["c/0   t.py"]}
    unknown = {day: 5, other: 1}

    (uncertain,) = found(gate("9", unknown=unknown, named=named))

    assert uncertain.details == ("c/1   t.py", "c/2   t.py", "c/3   t.py", "and 2 more calls")
    assert "specbudget history show" in uncertain.remedy
    assert "specbudget history settle CALL --usd" in uncertain.remedy
