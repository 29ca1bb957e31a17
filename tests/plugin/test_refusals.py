"""A refused call is one clear failure of its test, whatever becomes of the signal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.booked import charges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.suites import Outcome, Suite

SUMMARY = re.compile(r"^(PASSED|FAILED|ERROR|XFAIL|XPASS) test_it\.py::(\w+)(?: - (.*))?$")
REFUSED = "a model call to 127.0.0.1"

REFUSED_CALLS = """
import asyncio
import contextlib
import threading

import anthropic
import httpx2
import os
import pytest
from calls import ask, ask_async

@pytest.fixture(autouse=True)
def finalized(request):
    yield
    with open("finalized.txt", "a") as file:
        print(request.node.name, file=file)

@pytest.fixture
def asks_in_setup():
    ask()

@pytest.fixture
def asks_in_teardown():
    yield
    ask()

@pytest.fixture(scope="session")
def session_fixture():
    return ask()

@pytest.fixture
def swallows_in_setup():
    with contextlib.suppress(BaseException):
        ask()

def test_plain():
    ask()

def test_httpx2():
    ask(client=httpx2)

def test_sdk_that_retries():
    with anthropic.Anthropic(api_key="any", base_url=os.environ["EMULATOR"]) as client:
        client.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": "x"}])

def test_swallowed():
    with contextlib.suppress(BaseException):
        ask()

def test_not_swallowed_by_except_exception():
    with contextlib.suppress(Exception):
        ask()

def test_thread():
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()

def test_gathered():
    async def main():
        await asyncio.gather(ask_async(), ask_async(), return_exceptions=True)
    asyncio.run(main())

def test_taken_for_a_result():
    async def main():
        (answer,) = await asyncio.gather(ask_async(), return_exceptions=True)
        answer.text.upper()
    asyncio.run(main())

def test_task_group():
    async def main():
        async with asyncio.TaskGroup() as group:
            group.create_task(ask_async())
            group.create_task(ask_async())
    asyncio.run(main())

def test_reraised_as_something_else():
    try:
        ask()
    except BaseException as error:
        raise ValueError("the wrapper's own words") from error

@pytest.mark.xfail
def test_expected_to_fail():
    ask()

@pytest.mark.xfail(strict=True)
def test_expected_to_fail_and_swallowed():
    with contextlib.suppress(BaseException):
        ask()

def test_setup(asks_in_setup): pass

def test_swallowed_in_setup(swallows_in_setup): pass

def test_teardown(asks_in_teardown): pass

def test_session_fixture(session_fixture): pass

def test_session_fixture_again(session_fixture): pass

def test_fails_by_itself():
    assert False, "its own words"

def test_last():
    pass
"""

FAILS_BY_REFUSAL = {
    "test_plain",
    "test_httpx2",
    "test_sdk_that_retries",
    "test_swallowed",
    "test_not_swallowed_by_except_exception",
    "test_thread",
    "test_gathered",
    "test_taken_for_a_result",
    "test_task_group",
    "test_reraised_as_something_else",
    "test_expected_to_fail",
    "test_expected_to_fail_and_swallowed",
    "test_swallowed_in_setup",
}
SESSION_FAILS = {"test_session_fixture", "test_session_fixture_again"}
ERRORS = {"test_setup", "test_teardown", *SESSION_FAILS}


@pytest.fixture
def python(warm_with_sdks: Sequence[str]) -> Sequence[str]:
    return warm_with_sdks


def summary(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Return the lines of pytest's short summary: how a test came out, its name, the reason."""
    found = map(SUMMARY.match, outcome.text.splitlines())
    return [(one[1], one[2], one[3] or "") for one in found if one]


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_forbidden_call_fails_its_test_once_and_nothing_is_sent(
    suite: Suite, workers: str
) -> None:
    suite.write("test_it.py", REFUSED_CALLS)

    outcome = suite.run("--spec-forbid-live", "-rA", workers)

    told = summary(outcome)
    assert suite.emulator.served == []
    assert charges(suite) == []
    failed = [(name, reason) for kind, name, reason in told if kind == "FAILED"]
    refused = [name for name, reason in failed if reason.startswith(REFUSED)]
    assert sorted(refused) == sorted(FAILS_BY_REFUSAL), outcome.text
    assert [name for name, _ in failed if name not in refused] == ["test_fails_by_itself"]
    errors = [(name, reason.startswith(REFUSED)) for kind, name, reason in told if kind == "ERROR"]
    assert sorted(errors) == sorted((name, True) for name in ERRORS)
    assert {name for kind, name, _ in told if kind == "PASSED"} == {"test_teardown", "test_last"}
    assert outcome.status == 1


def test_finalizers_run_and_each_refusal_is_told_once(suite: Suite) -> None:
    suite.write("test_it.py", REFUSED_CALLS)

    outcome = suite.run("--spec-forbid-live")

    names = set(re.findall(r"^def (test_\w+)", REFUSED_CALLS, re.MULTILINE))
    finalized = (suite.folder / "finalized.txt").read_text(encoding="utf-8").split()
    # The session's fixture comes first, so that nothing of the function was set up beside it.
    assert sorted(finalized) == sorted(names - SESSION_FAILS)
    told = re.findall(f"^{REFUSED}", outcome.text, re.MULTILINE)
    assert len(told) == len(FAILS_BY_REFUSAL | ERRORS), outcome.text
    swallowed = outcome.text.count("(the test swallowed this refusal)")
    assert swallowed == len(["swallowed", "thread", "gathered", "xfail strict", "setup"])
    assert outcome.text.count("(the test swallowed this refusal, and then failed)") == 1
    assert outcome.rules() == ["call-refused"]
    (finding,) = outcome.facts["findings"]
    # The second test of the session's fixture meets what pytest kept of the first.
    assert finding["subject"] == f"{len(FAILS_BY_REFUSAL | ERRORS) - 1} tests"
    assert len(finding["details"]) == 4


def test_live_calls_are_forbidden_where_ci_is_set_and_a_cassette_is_in_use(suite: Suite) -> None:
    suite.write(
        "test_it.py",
        "from calls import ask\n"
        "def test_with_cassette(spec_cassette): ask()\n"
        "def test_without(): ask(text='live')\n",
    )

    outcome = suite.run("--spec-budget=9", "-rA", CI="true")

    kinds = {name: kind for kind, name, _ in summary(outcome)}
    assert kinds["test_with_cassette"] == "FAILED", outcome.text
    assert kinds["test_without"] == "PASSED"
    assert len(suite.emulator.served) == 1
    assert "which CI forbids" in outcome.text


def test_a_call_at_import_is_a_collection_error(suite: Suite) -> None:
    suite.write("test_it.py", "from calls import ask\nask()\ndef test_a(): pass\n")

    outcome = suite.run("--spec-forbid-live")

    assert outcome.status == 2, outcome.text
    assert "would have gone to the network" in outcome.text
    assert suite.emulator.served == []


UNDER = """
import pytest
from calls import ask

def test_within(spec_spend):
    with spec_spend.under("1"):
        ask()

def test_over(spec_spend):
    with spec_spend.under("0.0000001"):
        ask()

def test_unknown(spec_spend):
    with spec_spend.under("1"):
        ask("gpt-999")

def test_a_block_that_raises_has_spent_all_the_same(spec_spend):
    with spec_spend.under("0"):
        ask()
        raise KeyError("of the block")
"""


def test_a_block_is_held_to_its_own_ceiling(suite: Suite) -> None:
    suite.write("test_it.py", UNDER)

    outcome = suite.run("-rA")

    reasons = {name: (kind, reason) for kind, name, reason in summary(outcome)}
    assert reasons["test_within"] == ("PASSED", "")
    assert reasons["test_over"][1].startswith("Failed: spec_spend.under: 1 call spent $0.0")
    unknown = "Failed: spec_spend.under: what 1 of 1 call cost is unknown"
    assert reasons["test_unknown"][1] == unknown
    raised = reasons["test_a_block_that_raises_has_spent_all_the_same"]
    assert raised[1].startswith("Failed: spec_spend.under: 1 call spent")
    assert "spending.py" not in outcome.text
    assert "contextlib.py" not in outcome.text
