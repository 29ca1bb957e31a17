from __future__ import annotations

from dataclasses import replace

from support.charges import charge

from pytest_specbudget.bookkeeping.rows import spec_rows
from pytest_specbudget.core.ledger import Ledger


def test_fixtures_charge_a_spec_and_are_no_tests_of_it() -> None:
    names = ("a.py::test_a", "a.py::test_b", "a.py::test_b", "<fixture class:shop>", "<late>")
    ledger = Ledger([charge("0.1", test=name, spec="A") for name in names])

    (row,) = spec_rows(ledger, None)

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

    (row,) = spec_rows(ledger, None)

    assert {name: str(cost) for name, cost in row.stages.items()} == {"plan": "0.1", "x": "0"}
    assert {name: str(cost) for name, cost in row.model_costs.items()} == {"free": "0", "m": "0.1"}
    assert row.unknown_stages == {"plan": 1, "tasks": 1}
    assert row.unknown_models == {"m": 1, "new": 1}
