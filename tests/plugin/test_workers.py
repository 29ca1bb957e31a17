"""The same books at -n0, -n2 and -n4, and what is left when a worker is killed."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.emulator import held

if TYPE_CHECKING:
    from support.suites import Outcome, Suite

MANY = """
import httpx, httpx2
import pytest
from calls import ask

@pytest.fixture(scope="session")
def warm():
    return ask(text="the same in each worker " * 50)

@pytest.mark.parametrize("number", range(8))
class TestMany:
    @pytest.mark.spec("SPEC-A", stage="plan", command="/speckit.plan")
    def test_plans(self, warm, number):
        ask(text=f"{number} plan " * 100, client=httpx)

    @pytest.mark.spec("SPEC-B", stage="audit")
    def test_audits(self, number):
        ask("gpt-4o", text=f"{number} audit " * 100, client=httpx2)
        ask("gpt-4o", text=f"{number} again " * 100, client=httpx2)
"""

KILLED = """
import os, signal, threading
import pytest
from calls import ask

def wait_and_kill():
    import time
    from pathlib import Path
    while not Path("sent").exists():
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)

@pytest.mark.spec("SPEC-A")
def test_first():
    ask(text="first")

@pytest.mark.spec("SPEC-A")
def test_killed():
    ask(text="booked before the end")
    threading.Thread(target=wait_and_kill, daemon=True).start()
    ask("gpt-4o", text="in flight")

@pytest.mark.spec("SPEC-A")
def test_last():
    ask(text="last")
"""

SUMMED = (
    "calls",
    "replayed_calls",
    "failed_calls",
    "unknown_calls",
    "mocked_calls",
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "reasoning_output_tokens",
)
MONEY = ("list_cost_usd", "contracted_cost_usd", "billed_cost_usd")


def charge_lines(suite: Suite) -> list[dict[str, Any]]:
    """Return the charge lines of all journals of the newest run."""
    newest = max((suite.folder / ".specbudget" / "journal").iterdir())
    lines = [line for file in newest.iterdir() for line in file.read_text("utf-8").splitlines()]
    return [one for one in map(json.loads, lines) if one["kind"] == "charge"]


def assert_adds_up(outcome: Outcome) -> None:
    totals = outcome.facts["totals"]
    for kind in ("specs", "stages", "models", "tests"):
        rows = outcome.facts[kind]
        for name in SUMMED:
            assert sum(row[name] for row in rows) == totals[name], (kind, name)
        for name in MONEY:
            assert sum(Decimal(row[name]) for row in rows) == Decimal(totals[name]), (kind, name)


@pytest.mark.parametrize("workers", ["-n0", "-n2", "-n4"])
def test_totals_are_the_same_however_many_workers_there_are(suite: Suite, workers: str) -> None:
    suite.write("test_many.py", MANY)

    outcome = suite.run("--spec-budget=2.00", workers)

    assert outcome.status == 0, outcome.text + outcome.errors
    assert_adds_up(outcome)
    plan, audit = outcome.row("specs", "SPEC-A"), outcome.row("specs", "SPEC-B")
    assert (plan["calls"], audit["calls"], outcome.facts["totals"]["calls"]) == (8, 16, 25)
    assert outcome.row("tests", "<fixture session:warm>")["calls"] == 1
    served = {(one.model, one.usage["prompt_tokens"]) for one in suite.emulator.served if one.usage}
    assert len(served) == 3
    assert (
        outcome.facts["totals"]["input_tokens"]
        == plan["input_tokens"]
        + audit["input_tokens"]
        + outcome.row("tests", "<fixture session:warm>")["input_tokens"]
    )


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_the_report_agrees_exactly_with_the_journal(suite: Suite, workers: str) -> None:
    suite.write(
        "test_many.py", MANY.replace("def test_plans(self, warm, ", "def test_plans(self, ")
    )

    outcome = suite.run("--spec-budget=2.00", workers)

    charges = charge_lines(suite)
    totals = outcome.facts["totals"]
    assert totals["calls"] == len(charges) == len(suite.emulator.served) == 24
    assert Decimal(totals["list_cost_usd"]) == sum(Decimal(one["list_cost"]) for one in charges)
    for name in ("input_tokens", "output_tokens"):
        assert totals[name] == sum(one["reading"]["usage"][name] for one in charges)


def test_a_shared_fixture_is_judged_once_and_shown_with_its_workers(suite: Suite) -> None:
    suite.write("test_many.py", MANY)

    outcome = suite.run("--spec-budget=2.00", "-n2", "--dist=each", "--tx=2*popen")

    row = outcome.row("tests", "<fixture session:warm>")
    made = [one for one in charge_lines(suite) if one["attribution"]["test"] == row["name"]]
    assert len(made) == 2
    assert row["calls"] == 1
    assert Decimal(row["billed_cost_usd"]) == sum(Decimal(one["billed_cost"]) for one in made)


INSTANCES = {
    "conftest.py": """
import pytest
from calls import ask

@pytest.fixture(scope="package")
def packed():
    return ask(text="the same in each")
""",
    "one/__init__.py": "",
    "one/conftest.py": """
import pytest
from calls import ask

@pytest.fixture(scope="session")
def corpus():
    return ask(text="the same in each")
""",
    "one/test_one.py": """
import pytest
from calls import ask

@pytest.fixture(scope="module", params=["sync", "async"])
def client(request):
    return ask(text="the same in each")

@pytest.fixture(scope="module")
def built(client):
    return ask(text="the same in each")

@pytest.mark.parametrize("number", range(3))
def test_one(built, corpus, packed, number):
    pass
""",
}
"""Eleven instances of fixtures, all of which ask the same, in two folders that are alike."""


@pytest.mark.parametrize("words", ["-n0", "-n2", "-n4", "-n2 --dist=each --tx=2*popen"])
def test_each_instance_of_a_shared_fixture_counts_wherever_it_runs(
    suite: Suite, words: str
) -> None:
    for name, text in INSTANCES.items():
        suite.write(name, text)
        suite.write(name.replace("one", "two"), text)

    outcome = suite.run("--spec-budget=2.00", *words.split())

    assert outcome.status == 0, outcome.text + outcome.errors
    assert {row["name"]: row["calls"] for row in outcome.facts["tests"] if row["calls"]} == {
        "<fixture module:built>": 4,
        "<fixture module:client>": 4,
        "<fixture package:packed>": 1,
        "<fixture session:corpus>": 2,
    }


def test_a_killed_worker_loses_nothing_that_was_booked(suite: Suite) -> None:
    suite.write("test_killed.py", KILLED)

    suite.emulator.always(held(), model="gpt-4o")
    suite.write(
        "conftest.py",
        "import os, pytest\n"
        "def pytest_configure(config):\n"
        "    import calls, httpx\n"
        "    real = httpx.HTTPTransport.handle_request\n"
        "    def sending(self, request):\n"
        "        if b'gpt-4o\"' in request.content:\n"
        "            open('sent', 'w').close()\n"
        "        return real(self, request)\n"
        "    httpx.HTTPTransport.handle_request = sending\n",
    )

    outcome = suite.run("--spec-budget=2.00", "-n2")

    assert outcome.status == 1
    totals = outcome.facts["totals"]
    assert totals["unknown_calls"] == 1
    assert totals["calls"] == len(charge_lines(suite)) + 1
    assert outcome.row("tests", "test_killed.py::test_killed")["calls"] == 2
    assert "call-unanswered" in outcome.rules("error")
    (finding,) = (one for one in outcome.facts["findings"] if one["rule"] == "call-unanswered")
    assert finding["subject"] == "gpt-4o"
    suite.emulator.release()


def test_xdist_without_any_question_of_ours_stays_silent(suite: Suite) -> None:
    suite.write("test_plain.py", "def test_a(): pass\ndef test_b(): pass\n")

    outcome = suite.run("-n2")

    assert outcome.status == 0
    assert "spec" not in outcome.text.replace("pytest_specbudget", "").replace("specbudget-", "")
    assert not (suite.folder / ".specbudget").exists()


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_bare_marker_observes(suite: Suite, workers: str) -> None:
    suite.write("test_many.py", MANY)

    outcome = suite.run(workers)

    assert outcome.status == 0
    assert "OBSERVED spec budget" in outcome.text
    assert "SPEC-A" in outcome.text


ON_THE_CONTROLLER = """
from calls import ask

def pytest_sessionstart(session):
    if not hasattr(session.config, "workerinput"):
        ask()

def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):
        ask()
"""


def test_what_hooks_call_on_the_controller_is_booked_and_judged(suite: Suite) -> None:
    suite.write("conftest.py", ON_THE_CONTROLLER)
    suite.write("test_it.py", "def test_quiet(): pass\n")

    outcome = suite.run("--spec-budget=0.0001", "-n2")

    assert outcome.status == 1, outcome.text
    assert outcome.facts["totals"]["calls"] == len(suite.emulator.served) == 2
    assert [row["name"] for row in outcome.facts["tests"]] == ["<late>"]
    assert suite.command("gate", ".specbudget").ret == 1
