"""A ceiling has held only if that is certain: nothing is broken, and nothing is left open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import bound
from support.journals import call, event, journal

from pytest_specbudget.bookkeeping.recall import values_of
from pytest_specbudget.budgets.calendar import CalendarGate
from pytest_specbudget.budgets.gate import Ceiling
from pytest_specbudget.core.finding import Finding, Found
from pytest_specbudget.core.money import Money
from pytest_specbudget.histories.past import Past
from pytest_specbudget.reports import json_report
from pytest_specbudget.reports.rejudge import Ceilings, rejudge
from pytest_specbudget.settings.settings import Limit, Settings
from pytest_specbudget.verdicts.closing import RunFacts, close

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.reports.report import Report

SPECS = Settings(
    limits=(Limit(scope="spec", ceiling=Money.parse("1"), origin="--spec-budget=1"),), asked=True
)
TODAY = date(2026, 11, 21)
MONTH = "2026-11"
HELD = Ceiling(amount=Money.parse("1"), origin="--spec-month-budget=1")
KNOWN = call("0.10", spec="SPEC-1")
UNPRICED = call(None, spec="SPEC-1", model="gpt-999")
BOUNDED = call(None, spec="SPEC-1", model="gpt-999", bound=bound("0.05"))
CUT = call("0.10", spec="SPEC-1", usage_state="partial")
REPLAYED = call(None, spec="SPEC-1", source="replay", billed_cost=Money())


def judged(
    *made: Charge | Any, settings: Settings = SPECS, facts: RunFacts | None = None, **of: Any
) -> Report:
    return close(
        [journal(event("settings", **values_of(settings)), *made, **of)],
        settings,
        facts or RunFacts(run="r"),
    )


def passed(report: Report) -> dict[str, bool]:
    return {gate.subject: gate.passed for gate in report.gates}


def broken(report: Report) -> list[str]:
    return [gate.subject for gate in report.gates if gate.broken]


@pytest.mark.parametrize(
    ("made", "holds"),
    [
        pytest.param(KNOWN, True, id="all is known"),
        pytest.param(BOUNDED, True, id="all is bounded"),
        pytest.param(UNPRICED, False, id="no price"),
        pytest.param(CUT, False, id="counts that are a lower bound"),
        pytest.param(replace(UNPRICED, source="mock"), True, id="a fake's answer is not judged"),
    ],
)
def test_a_ceiling_held_only_if_all_calls_that_it_covers_have_a_cost(
    made: Charge, *, holds: bool
) -> None:
    report = judged(made, call("0.10", spec="SPEC-2"))

    assert passed(report) == {"SPEC-1": holds, "SPEC-2": True}
    assert broken(report) == []


@pytest.mark.parametrize(
    ("settings", "holds"),
    [
        pytest.param(SPECS, False, id="as a rule"),
        pytest.param(replace(SPECS, explicit_unknown="warn"), True, id="asked to be warned only"),
        pytest.param(replace(SPECS, explicit_unknown="error"), False, id="asked for an error"),
        pytest.param(replace(SPECS, explicit_mode="observe"), False, id="only looked at"),
    ],
)
def test_who_asks_only_to_be_warned_of_unknown_costs_lets_them_pass(
    settings: Settings, *, holds: bool
) -> None:
    assert passed(judged(KNOWN, UNPRICED, settings=settings)) == {"SPEC-1": holds}


@pytest.mark.parametrize(
    ("settings", "holds"),
    [
        pytest.param(SPECS, False, id="its list cost is unknown"),
        pytest.param(replace(SPECS, judge="billed"), True, id="what is billed is known"),
    ],
)
def test_a_replay_is_billed_nothing_whatever_its_price(settings: Settings, *, holds: bool) -> None:
    assert passed(judged(REPLAYED, settings=settings)) == {"SPEC-1": holds}


@pytest.mark.parametrize(
    ("doubt", "holds"),
    [
        pytest.param("fail", False, id="as a rule"),
        pytest.param("warn", False, id="a verdict in doubt"),
        pytest.param("pass", True, id="asked to let doubts pass"),
    ],
)
@pytest.mark.parametrize(
    ("happened", "ended"),
    [
        pytest.param((), False, id="a journal without its end"),
        pytest.param((event("trouble", where="httpx", error="E"),), True, id="metering failed"),
    ],
)
def test_no_ceiling_held_for_certain_where_calls_may_be_in_no_sum(
    happened: Iterable[Any], doubt: Any, *, ended: bool, holds: bool
) -> None:
    settings = replace(SPECS, on_inconclusive=doubt)

    report = judged(KNOWN, *happened, settings=settings, ended=ended)

    assert passed(report) == {"SPEC-1": holds}
    assert broken(report) == []


def test_a_task_that_no_model_took_leaves_no_sum_open() -> None:
    report = judged(KNOWN, event("routed", blocked=True, test="t.py::test_a", message="429"))

    assert report.verdict.result == "inconclusive"
    assert passed(report) == {"SPEC-1": True}


def past(*gates: Any, unknown: int = 0, settings: Settings = SPECS) -> dict[str, bool]:
    month = CalendarGate(
        period="month", ceiling=HELD, today=TODAY, before={}, unknown={TODAY: unknown}
    )
    facts = RunFacts(run="r", past=Past(gates=(month, *gates)))
    return passed(judged(KNOWN, settings=settings, facts=facts))


def doubt(rule: str, origin: str = "", *, inconclusive: bool = True) -> Found:
    return Found(
        (Finding(rule=rule, subject="x", message="m", origin=origin, inconclusive=inconclusive),)
    )


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        pytest.param((), True, id="other runs are known"),
        pytest.param((doubt("budget-uncertain", HELD.origin),), False, id="dated ahead"),
        pytest.param((doubt("journal-damaged"),), False, id="damaged"),
        pytest.param((doubt("price-drift", "--spec-max-drift=10"),), True, id="drift alone"),
        pytest.param(
            (doubt("budget-uncertain", HELD.origin, inconclusive=False),), True, id="only told"
        ),
    ],
)
def test_a_month_held_only_if_nothing_that_other_runs_spent_is_in_doubt(
    found: tuple[Found, ...], *, holds: bool
) -> None:
    assert past(*found) == {"SPEC-1": True, MONTH: holds}


def test_calls_of_unknown_cost_in_the_history_leave_the_month_open() -> None:
    lets_pass = replace(SPECS, on_inconclusive="pass")
    only_warned = replace(SPECS, explicit_unknown="warn")

    assert past(unknown=1)[MONTH] is False
    assert past(unknown=1, settings=only_warned)[MONTH] is False
    assert past(unknown=1, settings=lets_pass)[MONTH] is True


def test_what_a_ceiling_of_the_routing_table_said_is_among_them() -> None:
    toml = "[commands.plan]\nlimit = 0.05\n"
    table = event("routing_table", text=toml, source="routing.toml")

    report = judged(call("0.10", command="/speckit.plan"), table)

    (held,) = (gate for gate in report.gates if gate.scope == "command")
    assert (held.subject, held.passed, held.broken) == ("plan", False, True)
    assert held.origin == 'limit = 0.05 of command "plan" in routing.toml'


REPORTS = [
    pytest.param(judged(KNOWN), True, id="all is known"),
    pytest.param(judged(KNOWN, UNPRICED), False, id="a call without a price"),
    pytest.param(
        judged(KNOWN, UNPRICED, settings=replace(SPECS, explicit_unknown="warn")),
        True,
        id="asked to be warned only",
    ),
    pytest.param(judged(KNOWN, ended=False), False, id="a journal without its end"),
    pytest.param(judged(call("2", spec="SPEC-1")), False, id="a breach"),
]


@pytest.mark.parametrize(("report", "holds"), REPORTS)
def test_a_stored_report_says_the_same_when_it_is_judged_again(
    report: Report, *, holds: bool
) -> None:
    stored = json_report.load(json_report.render(report), "report.json")

    again = rejudge(stored, Ceilings())

    assert passed(again) == passed(report) == {"SPEC-1": holds}
    assert again.verdict.result == report.verdict.result


@pytest.mark.parametrize(("report", "holds"), REPORTS)
def test_a_new_ceiling_holds_for_certain_where_the_old_one_would(
    report: Report, *, holds: bool
) -> None:
    new = Ceilings(each=Ceiling(amount=Money.parse("1"), origin="--budget=1"))

    again = rejudge(report, new)

    assert passed(again) == {"SPEC-1": holds}
    assert (again.exitstatus == 0) is holds


def test_an_older_report_that_calls_an_open_gate_passed_is_not_believed() -> None:
    report = judged(KNOWN, UNPRICED)
    older = replace(report, gates=tuple(replace(gate, passed=True) for gate in report.gates))

    assert passed(rejudge(older, Ceilings())) == {"SPEC-1": False}
