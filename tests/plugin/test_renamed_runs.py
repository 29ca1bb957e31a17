"""Tests that are renamed with their recordings, and without, from one run to the next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Suite

TESTS = """
import pytest
from calls import ask

@pytest.mark.spec("RESEARCH", stage="plan")
@pytest.mark.parametrize("case", ["a", "b"])
def test_plan(case):
    ask(text=f"case {case}")
"""
OTHERWISE = TESTS.replace('["a", "b"]', '["a", "b"], ids=["first", "second"]')
FOLDER = "cassettes/test_it"
INDEX = "cassettes/specbudget-index.json"


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_what_is_renamed_is_neither_paid_for_again_nor_forgotten(
    suite: Suite, workers: str
) -> None:
    suite.write("test_it.py", TESTS)
    suite.run("--spec-record=once")
    suite.write("test_it.py", OTHERWISE)

    spared = suite.run("--spec-record=once", workers)
    (finding,) = (one for one in spared.facts["findings"] if one["rule"] == "recording-orphaned")
    for command in finding["remedy"].splitlines()[1:]:
        verb, old, new = command.split()
        assert verb == "mv"
        (suite.folder / old).rename(suite.folder / new)
    replayed = suite.run("--spec-forbid-live", workers)

    assert (spared.status, replayed.status) == (1, 0)
    assert spared.facts["totals"]["calls"] == 0
    assert "nothing was sent" in spared.text
    assert replayed.text.rstrip().endswith(
        f"brought up to date with the tests: {INDEX}; commit it with the recordings"
    )
    told = json.loads((suite.folder / INDEX).read_text("utf-8"))
    assert sorted((one["test"], one["spec"]) for one in told.values()) == [
        ("test_it.py::test_plan[first]", "RESEARCH"),
        ("test_it.py::test_plan[second]", "RESEARCH"),
    ]


def test_a_run_that_fails_leaves_the_index_as_it_is(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)
    suite.run("--spec-record=once")
    before = (suite.folder / INDEX).read_bytes()
    suite.write("test_it.py", TESTS.replace("RESEARCH", "BILLING") + "    assert case == 'a'\n")

    failed = suite.run("--spec-forbid-live")
    alone = suite.run("--spec-forbid-live", "-k", "a]")

    assert (failed.status, alone.status) == (1, 0)
    assert "brought up to date" not in failed.text
    assert "brought up to date" in alone.text
    told = json.loads((suite.folder / INDEX).read_text("utf-8"))
    assert [one["spec"] for one in told.values()] == ["BILLING", "RESEARCH"]
    assert json.loads(before).keys() == told.keys()
