from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from support.charges import bound, charge
from support.reports import bounded, passing, row

from pytest_specbudget.audit.comparison import Side
from pytest_specbudget.comparisons.reported import (
    coarse,
    prices_of,
    reported_side,
    without_costs,
)
from pytest_specbudget.core.ledger import Charge, Ledger, Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage

_KEPT = [field.name for field in fields(Totals) if field.name != "billed_spread"]
"""Everything that a comparison looks at; what is billed it does not judge."""


def reported(*calls: Charge) -> Side:
    """Make a side of a report whose one test made *calls*."""
    totals = Ledger([*calls]).totals()
    models = tuple(sorted({one.reading.model for one in calls}))
    test = row("t.py::test_a", "0", spec="A", models=models)
    report = replace(passing(), tests=(replace(test, totals=totals),))
    return reported_side(report, "report.json")


def kept(totals: Totals) -> dict[str, Any]:
    return {name: getattr(totals, name) for name in _KEPT}


_TOLD = Usage(input_tokens=10, output_tokens=5, cache_read_input_tokens=2)


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param([], id="none"),
        pytest.param([charge("0.1", usage=_TOLD), charge("0.2")], id="two that cost something"),
        pytest.param([charge("0.1", source="live"), charge("0.2")], id="one live, one replayed"),
        pytest.param([charge("0"), charge("0", outcome="failed")], id="one that failed"),
        pytest.param([charge(None, outcome="failed")], id="none but one that failed"),
        pytest.param([charge("0.1"), charge(None, usage=_TOLD)], id="one without a price"),
        pytest.param([charge(None, usage=_TOLD)], id="none with a price"),
        pytest.param([charge("0.1"), charge(None, usage_state="none")], id="one without counts"),
        pytest.param([charge(None, outcome="unknown")], id="one without an answer"),
        pytest.param([charge("0.1", usage_state="partial"), charge("0.2")], id="one cut short"),
        pytest.param([charge("0.1", usage_state="partial")], id="none but one cut short"),
        pytest.param([charge("0.1", usage_state="estimated")], id="one estimated"),
        pytest.param([charge("0.1"), charge(None, bound=bound("0.5"))], id="one bounded"),
        pytest.param(
            [charge(None, bound=bound("0.5")), charge(None), charge(None, bound=bound("0.25"))],
            id="two of three bounded",
        ),
        pytest.param(
            [charge("0.1", usage_state="partial", bound=bound("0.5"))], id="one cut short, bounded"
        ),
    ],
)
def test_a_row_becomes_calls_with_its_sums(calls: list[Charge]) -> None:
    expected = kept(Ledger(calls).totals())

    assert kept(Ledger([*reported(*calls).charges]).totals()) == expected


def test_every_test_of_a_report_is_on_its_side() -> None:
    report = passing()

    side = reported_side(report, "report.json")

    totals = Ledger([*side.charges]).totals()
    sums = ("calls", "list_cost", "input_tokens", "output_tokens")
    assert [getattr(totals, name) for name in sums] == [
        getattr(report.totals, name) for name in sums
    ]
    assert len({one.id for one in side.charges}) == totals.calls
    assert (side.unrun, len(side.notes)) == (frozenset(), 1)


def test_a_bounded_report_keeps_its_upper_end() -> None:
    side = reported_side(bounded(), "report.json")

    assert str(Ledger([*side.charges]).totals().list_upper) == "0.062"


def test_one_model_keeps_its_name_and_several_share_one() -> None:
    models = {
        one.attribution.test: f"{one.reading.provider}/{one.reading.model}"
        for one in reported_side(passing(), "report.json").charges
    }

    assert models["tests/billing/test_refunds.py::test_plan"] == "openai/gpt-5-mini"
    assert models["tests/research/test_dive.py::test_deep_dive[eu]"] == (
        "(several)/claude-opus-4-5, gpt-5-mini"
    )


def test_nobody_knows_what_a_partial_run_left_out() -> None:
    report = replace(passing(), partial=("3 tests deselected",))

    assert reported_side(report, "report.json").unrun is None


def test_live_calls_of_a_report_are_noted() -> None:
    report = replace(passing(), sources={"live": 3})

    assert "live calls of r.json" in reported_side(report, "r.json").notes[1]


def test_a_report_in_which_nothing_was_priced_has_no_prices() -> None:
    assert prices_of(replace(passing(), catalogue=None)) is None
    assert prices_of(passing()) == prices_of(bounded())


def test_a_side_is_made_as_coarse_as_a_report_of_it() -> None:
    calls = [
        charge("0.1", test="t.py::a", spec="A", fingerprint="f"),
        charge("0.2", test="t.py::a", spec="B", model="o3"),
        charge("0.4", test="t.py::b", spec="B"),
    ]

    side = coarse(Side(name="run", charges=tuple(calls), own_costs={calls[0].id: Money()}))

    assert Ledger([*side.charges]).by(lambda one: one.attribution.spec).keys() == {"A, B", "B"}
    assert {one.fingerprint for one in side.charges} == {None}
    assert side.own_costs == {}
    assert kept(Ledger([*side.charges]).totals()) == kept(Ledger(calls).totals())


def test_costs_at_other_prices_are_unknown_and_those_of_nothing_stay() -> None:
    side = without_costs(reported(charge("0.1"), charge("0.2"), charge("0", outcome="failed")))

    totals = Ledger([*side.charges]).totals()
    assert (totals.unpriced_calls, totals.list_cost, totals.failed_calls) == (1, Money(), 1)
    assert "cannot be priced anew" in side.notes[-1]
