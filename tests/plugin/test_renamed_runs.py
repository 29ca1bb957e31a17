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


SINGLE = pytest.mark.parametrize(
    "asked",
    [
        pytest.param(["test_it.py::test_plan[first]"], id="one case"),
        pytest.param(["test_it.py::test_plan"], id="all cases"),
        pytest.param(["test_it.py::test_plan[first]", "-n2"], id="one case with workers"),
        pytest.param(["-k", "first"], id="what a word chose"),
        pytest.param(["-k", "first", "-n2"], id="what a word chose with workers"),
    ],
)


@SINGLE
def test_a_run_of_single_tests_knows_that_parameters_have_other_names(
    suite: Suite, asked: list[str]
) -> None:
    suite.write("test_it.py", TESTS)
    suite.run("--spec-record=once")
    suite.write("test_it.py", OTHERWISE)

    spared = suite.run("--spec-record=once", *asked)
    paid = suite.run("--spec-budget=9", *asked)

    assert spared.facts["totals"]["calls"] == 0, spared.text
    assert paid.facts["totals"]["calls"] > 0
    for outcome in (spared, paid):
        (finding,) = (one for one in outcome.facts["findings"] if "orphaned" in one["rule"])
        assert f"mv {FOLDER}/test_plan-a" in finding["remedy"]
        assert "test_plan-first" in finding["remedy"]


IN_CLASSES = """
import pytest
from calls import ask

@pytest.mark.parametrize("case", ["a", "b"])
def test_plan(spec_cassette, case):
    ask(text="the same")

class TestPlan:
    @pytest.mark.parametrize("case", ["a", "b"])
    def test_plan(self, spec_cassette, case):
        ask(text="the same")
"""


@SINGLE
def test_what_tests_use_that_were_not_asked_for_is_no_orphan(
    suite: Suite, asked: list[str]
) -> None:
    suite.write("test_it.py", IN_CLASSES.replace('"a"', '"first"'))
    suite.run("--spec-record=once")
    for gone in suite.folder.glob(f"{FOLDER}/test_plan-first*"):
        gone.unlink()

    outcome = suite.run("--spec-budget=9", *asked)

    assert outcome.facts["totals"]["calls"] > outcome.facts["totals"]["replayed_calls"]
    assert "recording-orphaned" not in outcome.rules()


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


def test_a_recording_that_is_a_link_to_nothing_is_no_leave_to_go_live(suite: Suite) -> None:
    suite.write("test_it.py", TESTS.replace("test_plan(case)", "test_plan(spec_cassette, case)"))
    suite.run("--spec-record=once")
    served = len(suite.emulator.served)
    for recording in suite.folder.glob(f"{FOLDER}/*.yaml"):
        recording.unlink()
        recording.symlink_to(suite.folder / "not-fetched.yaml")

    outcome = suite.run("--spec-budget=9")

    assert outcome.status == 1
    assert len(suite.emulator.served) == served
    assert "is a link to nothing" in outcome.text
