"""Which tests a run was of, whose entries in a stored baseline it replaces."""

from __future__ import annotations

import pytest

from pytest_specbudget.comparisons.saving import Ran

NAMES = ("a/t.py::test_x", "a/b/t.py::test_y", "ab/t.py::test_z", "<fixture session:s>")


@pytest.mark.parametrize(
    ("ran", "covered"),
    [
        pytest.param(Ran(), NAMES, id="the whole suite"),
        pytest.param(Ran(paths=("a",)), NAMES[:2], id="a folder, and not one named alike"),
        pytest.param(Ran(paths=("a/t.py", "ab")), (NAMES[0], NAMES[2]), id="a file and a folder"),
        pytest.param(Ran(tests={NAMES[0]}), NAMES[:1], id="what was not left out"),
        pytest.param(Ran(tests={NAMES[0]}, paths=("ab",)), (), id="both count"),
        pytest.param(Ran(unrun={NAMES[0]}), NAMES[1:], id="what was not skipped"),
        pytest.param(Ran(unrun={"a"}), NAMES[2:], id="what is in no folder that was"),
    ],
)
def test_a_run_is_of_what_was_chosen_and_not_left_out(ran: Ran, covered: tuple[str, ...]) -> None:
    assert tuple(name for name in NAMES if name in ran) == covered
