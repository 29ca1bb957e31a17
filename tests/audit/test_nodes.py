"""Which test lies in which class, file or folder."""

from __future__ import annotations

import pytest

from pytest_specbudget.audit.nodes import is_among

TEST = "tests/unit/test_a.py::TestPlan::test_one[a::b/c]"


@pytest.mark.parametrize(
    ("node", "lies"),
    [
        pytest.param(TEST, True, id="itself"),
        pytest.param("tests/unit/test_a.py::TestPlan::test_one", True, id="its function"),
        pytest.param("tests/unit/test_a.py::TestPlan", True, id="its class"),
        pytest.param("tests/unit/test_a.py", True, id="its file"),
        pytest.param("tests/unit", True, id="its folder"),
        pytest.param("tests", True, id="the folder of that"),
        pytest.param("tests/unit/test_a.py::TestPlan::test_one[b]", False, id="other parameters"),
        pytest.param("tests/unit/test_a.py::test_one", False, id="a function of the same name"),
        pytest.param("tests/unit/test_a", False, id="a file of another kind"),
        pytest.param("unit", False, id="a folder of the same name"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_test_lies_in(node: str, lies: bool) -> None:  # noqa: FBT001 - a column
    assert is_among({node}, TEST) is lies
