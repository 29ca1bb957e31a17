from __future__ import annotations

from support.charges import charge

from pytest_specbudget.bookkeeping.rows import spec_rows
from pytest_specbudget.core.ledger import Ledger


def test_fixtures_charge_a_spec_and_are_no_tests_of_it() -> None:
    names = ("a.py::test_a", "a.py::test_b", "a.py::test_b", "<fixture class:shop>", "<late>")
    ledger = Ledger([charge("0.1", test=name, spec="A") for name in names])

    (row,) = spec_rows(ledger, None)

    assert (row.tests, row.totals.calls) == (2, 5)
