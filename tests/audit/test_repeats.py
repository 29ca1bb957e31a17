from __future__ import annotations

import pytest

from pytest_specbudget.audit.repeats import base_name, run_id


@pytest.mark.parametrize(
    ("node", "base", "run"),
    [
        ("t.py::test_a[run1]", "t.py::test_a", 1),
        ("t.py::test_a[gpt-4o-run12]", "t.py::test_a[gpt-4o]", 12),
        ("t.py::TestA::test_a[run3]", "t.py::TestA::test_a", 3),
        ("t.py::test_a[run2-run1]", "t.py::test_a[run2]", 1),
        ("t.py::test_a[a]b-run1]", "t.py::test_a[a]b]", 1),
        ("t.py::test_a[-run1]", "t.py::test_a[]", 1),
        ("t.py::test_a", "t.py::test_a", None),
        ("t.py::test_a[rerun1]", "t.py::test_a[rerun1]", None),
        ("t.py::test_a[run0]", "t.py::test_a[run0]", None),
        ("t.py::test_a[run\u0661]", "t.py::test_a[run\u0661]", None),
        ("<fixture session:run1>", "<fixture session:run1>", None),
    ],
)
def test_a_run_is_taken_out_of_a_name(node: str, base: str, run: int | None) -> None:
    assert base_name(node) == (base, run)


def test_what_is_put_in_is_taken_out() -> None:
    assert base_name(f"t.py::test_a[{run_id(7)}]") == ("t.py::test_a", 7)
