"""What is an attempt of a test, whichever plugin tries it again, and what is a repetition."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from support.booked import charges

from pytest_specbudget.plugin.owners import attempt_of, attempts_of, begin_attempt

if TYPE_CHECKING:
    from support.suites import Suite

WITHIN_THE_PROTOCOL = """
from _pytest.runner import runtestprotocol

def pytest_runtest_protocol(item, nextitem):
    while any(report.failed for report in runtestprotocol(item, nextitem=nextitem, log=False)):
        pass
    runtestprotocol(item, nextitem=nextitem)
    return True
"""
"""As flaky does: the whole of it again, until a test has failed no more and then passed once."""

WITHIN_THE_REPORT = """
import pytest

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    report = yield
    while call.when == "call" and call.excinfo is not None:
        item.ihook.pytest_runtest_teardown(item=item, nextitem=None)
        item._initrequest()
        item.ihook.pytest_runtest_setup(item=item)
        again = lambda: item.ihook.pytest_runtest_call(item=item)
        call = pytest.CallInfo.from_call(again, when="call")
        report = pytest.TestReport.from_item_and_call(item, call)
    return report
"""
"""As pytest-retry does: from the report of the call that failed."""

REPEATED = """
def pytest_runtestloop(session):
    for item in session.items:
        for _ in range(3):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
    return True
"""
"""As pytest-stress does: one item, run through again and again."""

TESTS = """
import pytest
from calls import ask

tries = []

@pytest.fixture
def prepared():
    ask(text="prepared " * 20)

@pytest.mark.spec("SPEC-1")
def test_flaky(prepared, spec_cassette, spec_spend):
    tries.append(1)
    ask(text="asked " * 50)
    assert spec_spend.calls == 2
    assert len(tries) >= {tries}
"""
TEST = "test_it.py::test_flaky"


def record(suite: Suite) -> None:
    suite.write("test_it.py", TESTS.format(tries=1))
    assert suite.run("--spec-budget=9", "--spec-record=all").status == 0


@pytest.mark.parametrize(
    ("plugin", "tries"),
    [
        pytest.param(WITHIN_THE_PROTOCOL, 2, id="again within the protocol"),
        pytest.param(WITHIN_THE_REPORT, 3, id="again within the report"),
    ],
)
def test_replayed_the_last_attempt_is_judged_whichever_plugin_tries_again(
    suite: Suite, plugin: str, tries: int
) -> None:
    record(suite)
    suite.write("conftest.py", plugin)
    suite.write("test_it.py", TESTS.format(tries=tries))

    outcome = suite.run("--spec-budget=9", "--spec-forbid-live")

    assert outcome.status == 0, outcome.text
    row = outcome.row("tests", TEST)
    assert (row["calls"], row["retries"]) == (2, 4)
    assert [one.attribution.attempt for one in charges(suite)] == [1, 1, 2, 2, 3, 3]


def test_a_repetition_of_a_test_is_no_attempt_of_it(suite: Suite) -> None:
    record(suite)
    suite.write("conftest.py", REPEATED)
    suite.write("test_it.py", TESTS.format(tries=1).replace("spec_spend.calls == 2", "True"))

    outcome = suite.run("--spec-budget=9", "--spec-forbid-live")

    row = outcome.row("tests", TEST)
    assert (row["calls"], row["retries"]) == (6, 0)


def item(**values: Any) -> Any:
    return SimpleNamespace(stash=pytest.Stash(), **values)


def test_attempts_are_counted_within_one_protocol() -> None:
    one, counted = item(), []

    for _ in range(2):
        with attempts_of(one):
            counted += [begin_attempt(one), attempt_of(one), begin_attempt(one), attempt_of(one)]

    assert counted == [1, 1, 2, 2] * 2


def test_a_protocol_within_a_protocol_goes_on_counting() -> None:
    one, counted = item(), []

    with attempts_of(one):
        for _ in range(3):
            with attempts_of(one):
                counted.append(begin_attempt(one))

    assert counted == [1, 2, 3]


@pytest.mark.parametrize(
    ("one", "attempt"),
    [
        pytest.param(item(), 1, id="a test that another program runs, without a protocol"),
        pytest.param(item(execution_count=3), 3, id="as pytest-rerunfailures counts"),
        pytest.param(item(execution_count=0), 1, id="before it counts"),
    ],
)
def test_without_a_protocol_only_what_the_test_tells_counts(one: Any, attempt: int) -> None:
    begin_attempt(one)

    assert begin_attempt(one) == attempt_of(one) == attempt
