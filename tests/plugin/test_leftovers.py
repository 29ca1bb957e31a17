"""What a run leaves for its end: fixtures of a test that was broken off, tests that never ran."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from support.booked import charges, journals

from pytest_specbudget.meters.scope import Owner, Scope, attribute, entered
from pytest_specbudget.plugin.collected import Collected
from pytest_specbudget.plugin.owners import ending_of, working_for
from pytest_specbudget.verdicts.closing import report_of_journals

if TYPE_CHECKING:
    from support.suites import Suite

BROKEN_OFF = """
import pytest
from calls import ask

@pytest.fixture(scope="module")
def corpus():
    yield
    ask()

@pytest.fixture
def plan():
    yield
    ask()

@pytest.mark.spec("SPEC-1")
def test_first(corpus, plan):
    {ends}

def test_second():
    ask()
"""
TEST, FIXTURE = "test_it.py::test_first", "<fixture module:corpus>"
MODULE = Owner(test=FIXTURE, within="test_it.py", spec="PLAN")


@pytest.mark.parametrize(
    ("owner", "test", "attempt"),
    [
        pytest.param(None, TEST, 3, id="of a test, and of its attempt"),
        pytest.param(MODULE, FIXTURE, 3, id="of a fixture that outlives tests"),
    ],
)
def test_a_fixture_that_ends_in_no_test_ends_for_who_asked_for_it(
    owner: Owner | None, test: str, attempt: int
) -> None:
    with entered(Scope(owner=Owner(test=TEST, spec="PLAN"), when="setup", attempt=3)):
        alone = ending_of(owner, "some:fixture")

    with working_for(owner, "some:fixture", ends=True, alone=alone):
        found, _ = attribute()

    assert (found.test, found.spec, found.attempt) == (test, "PLAN", attempt)
    assert (found.when, found.fixture, found.via) == ("teardown", "some:fixture", "context")
    assert attribute()[0].test != test


def test_a_fixture_that_nobody_asked_for_ends_for_nobody() -> None:
    with working_for(None, "some:fixture", ends=True, alone=ending_of(None, "some:fixture")):
        found, _ = attribute()

    assert found.via != "context"


@pytest.mark.parametrize(
    "ends", ["raise KeyboardInterrupt", 'pytest.exit("enough", 7)'], ids=["a key", "pytest.exit"]
)
def test_what_fixtures_call_after_a_run_was_broken_off_is_theirs(suite: Suite, ends: str) -> None:
    suite.write("test_it.py", BROKEN_OFF.format(ends=ends))

    outcome = suite.run("--spec-budget=9")

    assert outcome.facts["partial"]
    assert {row["name"]: row["calls"] for row in outcome.facts["tests"]} == {TEST: 1, FIXTURE: 1}
    assert outcome.row("specs", "SPEC-1")["calls"] == 1
    assert {charge.attribution.when for charge in charges(suite)} == {"teardown"}


def test_a_run_that_was_to_stop_early_says_so_when_it_is_judged_again(suite: Suite) -> None:
    suite.write("test_it.py", BROKEN_OFF.format(ends="assert False"))

    outcome = suite.run("--spec-budget=9", "-x")
    again = report_of_journals([suite.folder / ".specbudget" / "journal"])

    ended = [event for one in journals(suite) for event in one.events if event.event == "ended"]
    assert [(one.values.get("early"), one.values.get("why")) for one in ended] == [
        ("stopped early", None)
    ]
    assert outcome.facts["partial_reasons"] == [*again.partial] == ["stopped early"]


@pytest.mark.parametrize(
    ("reported", "missed"),
    [
        pytest.param(["a", "b", "c"], 0, id="all ran"),
        pytest.param(["a", "a", "a", "b"], 1, id="each is reported more than once"),
        pytest.param(["a", "b", "c of another name"], 0, id="one is reported by another name"),
        pytest.param(["a", "b", "c", "c (part)"], 0, id="its parts are reported, too"),
        pytest.param([], 3, id="none ran"),
    ],
)
@pytest.mark.parametrize("distributed", [False, True], ids=["one process", "workers"])
def test_tests_that_were_to_run_and_did_not_are_counted(
    reported: list[str], missed: int, *, distributed: bool
) -> None:
    collected, chosen = Collected(), ["a", "b", "c"]
    for _ in range(2):
        if distributed:
            collected.pytest_xdist_node_collection_finished(chosen)
        else:
            items = [SimpleNamespace(nodeid=name) for name in chosen]
            collected.pytest_collection_finish(cast("Any", SimpleNamespace(items=items)))

    for name in reported:
        collected.pytest_runtest_logreport(cast("Any", SimpleNamespace(nodeid=name)))

    assert collected.missed == missed


SKIPPED_OVER = """
def pytest_runtest_protocol(item):
    return True if item.name == "test_second" else None
"""


def test_a_run_in_which_a_test_was_passed_over_is_partial_and_not_broken_off(suite: Suite) -> None:
    suite.write("test_it.py", BROKEN_OFF.format(ends="pass"))
    suite.write("conftest.py", SKIPPED_OVER)

    outcome = suite.run("--spec-budget=9")

    assert (outcome.status, outcome.rules()) == (0, [])
    assert outcome.facts["partial_reasons"] == ["1 test did not run"]
