"""Whose the calls of a renamed recording are, and what is said where nobody knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.sides import call, side

from pytest_specbudget.audit.owners import with_owners

if TYPE_CHECKING:
    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.core.ledger import Charge

OLD, NEW, OTHER = "t.py::test_old", "t.py::test_new", "t.py::test_other"
NOBODYS = "(unassigned)"


def untold(*charges: Charge) -> Side:
    """Make a head that is told nothing of any of its tests."""
    tests = frozenset(one.attribution.test for one in charges)
    return replace(side(*charges), untold=tests)


def labels(head: Side) -> list[tuple[str, str | None]]:
    return [(one.attribution.spec, one.attribution.stage) for one in head.charges]


@pytest.mark.parametrize(
    ("base", "head", "told"),
    [
        pytest.param(
            [call("a", test=OLD, spec="A", stage="plan")],
            [call("a", test=NEW, spec=NOBODYS)],
            [("A", "plan")],
            id="a renamed test is whose it was",
        ),
        pytest.param(
            [call("a", test=OLD, spec="A")],
            [call("a", test=OLD, spec=NOBODYS)],
            [("A", None)],
            id="a test whose entry was lost is whose it was",
        ),
        pytest.param(
            [call("a", test=OLD, spec="A"), call("b", test=OLD, spec="B")],
            [call("b", test=NEW, spec=NOBODYS), call("a", test=NEW, spec=NOBODYS)],
            [("B", None), ("A", None)],
            id="each call of a test of several SPECs is whose it was",
        ),
        pytest.param(
            [call("a", test=OLD, spec="A"), call("b", test=OLD, spec="A")],
            [call(text, test=NEW, spec=NOBODYS) for text in "abc"],
            [("A", None)] * 3,
            id="a further call of a test of one SPEC is of that",
        ),
        pytest.param(
            [call("a", test=OLD, spec=NOBODYS)],
            [call("a", test=NEW, spec=NOBODYS)],
            [(NOBODYS, None)],
            id="what had no SPEC has none",
        ),
    ],
)
def test_the_head_is_told_by_the_base(
    base: list[Charge], head: list[Charge], told: list[tuple[str, str | None]]
) -> None:
    owned = with_owners(side(*base), untold(*head))

    assert labels(owned) == told
    assert not owned.notes


def test_a_run_knows_that_a_test_has_no_spec() -> None:
    head = side(call("a", test=NEW, spec=NOBODYS))

    assert with_owners(side(call("a", test=OLD, spec="A")), head) is head


def test_what_nobody_was_told_is_said() -> None:
    base = side(call("a", test=OTHER, spec="A"))
    head = untold(call("a", test=OTHER, spec=NOBODYS), call("b", test=NEW, spec=NOBODYS))

    (note,) = with_owners(base, head).notes

    assert note == (
        f"base: nobody tells which SPEC 1 of its tests belongs to, so what it costs counts for "
        f"none: {NEW}; run it, let `specbudget cassettes index` write it down, and commit that; "
        "or name it in `spec_by_path`."
    )


@pytest.mark.parametrize(
    ("base", "head", "said"),
    [
        pytest.param(True, False, True, id="the base has an index"),
        pytest.param(False, True, True, id="the head has one"),
        pytest.param(False, False, False, id="there never was one"),
    ],
)
def test_where_no_spec_is_known_it_is_said_if_there_is_an_index(
    *, base: bool, head: bool, said: bool
) -> None:
    then = replace(side(call("a", test=OLD, spec=NOBODYS)), indexed=base)
    now = untold(call("a", test=NEW, spec=NOBODYS), call("b", test=OTHER, spec=NOBODYS))

    notes = with_owners(then, replace(now, indexed=head)).notes

    assert [note for note in notes if "2 of its tests belong to, so what they cost" in note] == [
        *notes
    ]
    assert bool(notes) is said
