from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.charges import bound, charge

from pytest_specbudget.bookkeeping import rows
from pytest_specbudget.bookkeeping.merging import Merged
from pytest_specbudget.bookkeeping.rows import rows_by, shares_of, spec_rows, totals_of
from pytest_specbudget.bookkeeping.summing import command_of, model_of, stage_of
from pytest_specbudget.core.ledger import Ledger, Totals
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.core.ledger import Charge


def test_fixtures_charge_a_spec_and_are_no_tests_of_it() -> None:
    names = ("a.py::test_a", "a.py::test_b", "a.py::test_b", "<fixture class:shop>", "<late>")
    ledger = Ledger([charge("0.1", test=name, spec="A") for name in names])

    (row,) = spec_rows(shares_of(ledger), None)

    assert (row.tests, row.totals.calls) == (2, 5)


def test_a_stage_and_a_model_of_which_nothing_is_known_are_no_zero() -> None:
    made = [("0.1", "m", "plan"), (None, "m", "plan"), (None, "new", "tasks"), ("0", "free", "x")]
    charges = [charge(cost, spec="A", model=model) for cost, model, _ in made]
    owners = [
        replace(one.attribution, stage=stage)
        for one, (*_, stage) in zip(charges, made, strict=True)
    ]
    ledger = Ledger(
        [replace(one, attribution=each) for one, each in zip(charges, owners, strict=True)]
    )

    (row,) = spec_rows(shares_of(ledger), None)

    assert {name: str(cost) for name, cost in row.stages.items()} == {"plan": "0.1", "x": "0"}
    assert {name: str(cost) for name, cost in row.model_costs.items()} == {"free": "0", "m": "0.1"}
    assert row.unknown_stages == {"plan": 1, "tasks": 1}
    assert row.unknown_models == {"m": 1, "new": 1}


def varied() -> Ledger:
    """Make calls that differ in all that rows are made of, each kind of them several times."""
    kinds = [
        charge("0.1", spec="A", test="t.py::a", usage=Usage(input_tokens=7, output_tokens=3)),
        charge("0.2", spec="A", test="t.py::b", model="other", source="live", verdict="live"),
        charge("0.3", spec="B", test="t.py::b", source="mock", verdict="mocked"),
        charge(None, spec="B", test="<late>", reason="no price", bound=bound("0.5")),
        charge("0.4", spec="A", test="t.py::a", usage_state="partial", verdict="stale", workers=4),
        charge("0", spec="B", test="t.py::c", outcome="failed"),
    ]
    owned = [
        replace(one, attribution=replace(one.attribution, stage=stage, command=command))
        for one in kinds
        for stage, command in (("plan", None), (None, "build"))
    ]
    return Ledger([replace(one, id=f"{turn}{one.id}") for turn in range(3) for one in owned])


@pytest.mark.parametrize("key", [command_of, stage_of, model_of])
def test_a_row_is_the_sum_of_its_own_calls(key: Callable[[Charge], str]) -> None:
    ledger = varied()

    summed = rows_by(shares_of(ledger), key, None)

    assert {row.name: row.totals for row in summed} == ledger.by(key)
    for row in summed:
        own = [one for one in ledger if key(one) == row.name]
        tests = {one.attribution.test for one in own} - {"<late>"}
        assert row.tests == len(tests)
        assert row.models == tuple(sorted({one.reading.model for one in own}))
        assert row.workers == max(one.workers for one in own)


def test_the_shares_add_up_to_the_ledger() -> None:
    ledger = varied()

    assert totals_of(shares_of(ledger)) == ledger.totals()
    assert totals_of([]) == Totals()


def test_the_rows_of_tests_and_specs_are_the_sums_of_their_calls() -> None:
    ledger = varied()

    tests = rows.test_rows(Merged(ledger=ledger, retries={"t.py::gone": 2}), None)
    specs = spec_rows(shares_of(ledger), None)

    by_test = ledger.by(lambda one: one.attribution.test)
    assert {row.name: row.totals for row in tests} == by_test | {"t.py::gone": Totals()}
    assert [(row.spec, row.tests, row.retries) for row in tests] == [
        ("B", 0, 0),
        ("A", 1, 0),
        ("A, B", 1, 0),
        ("B", 1, 0),
        ("", 0, 2),
    ]
    assert {row.name: row.totals for row in specs} == ledger.by(lambda one: one.attribution.spec)
