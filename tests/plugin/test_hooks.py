"""What a plugin of somebody else hears and adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Suite

CONFTEST = """
from pytest_specbudget.core.finding import Finding

class NoMini:
    def check(self, ledger):
        for charge in ledger:
            if "mini" in charge.reading.model:
                yield Finding(rule="no-mini", subject=charge.reading.model, message="too small")

def pytest_specbudget_gates(config):
    return [NoMini()]

def pytest_specbudget_booked(charge, config):
    with open("booked.txt", "a") as file:
        file.write(f"{charge.attribution.spec} {charge.list_cost}\\n")

def pytest_specbudget_report(report, config):
    with open("verdict.txt", "w") as file:
        file.write(report.verdict.result)
"""

TESTS = """
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize("number", range(2))
def test_asks(number):
    ask(text=f"{number}")
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_another_plugin_hears_every_charge_and_adds_a_gate(suite: Suite, workers: str) -> None:
    suite.write("conftest.py", CONFTEST)
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=2.00", workers)

    assert outcome.status == 1
    assert outcome.rules() == ["no-mini", "no-mini"]
    booked = (suite.folder / "booked.txt").read_text().splitlines()
    assert len(booked) == 2
    assert all(line.startswith("SPEC-1 0.0000") for line in booked)
    assert (suite.folder / "verdict.txt").read_text() == "fail"


def test_a_listener_that_raises_breaks_no_test_and_is_a_finding(suite: Suite) -> None:
    suite.write("conftest.py", "def pytest_specbudget_booked(charge): 1 / 0\n")
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=2.00")

    assert "2 passed" in outcome.text
    assert outcome.status == 1
    assert outcome.rules() == ["metering-trouble"]
    assert outcome.facts["verdict"] == "inconclusive"


def test_a_gate_that_raises_does_not_pass_the_run(suite: Suite) -> None:
    suite.write(
        "conftest.py",
        "class Broken:\n    def check(self, ledger):\n        1 / 0\n"
        "def pytest_specbudget_gates(config): return [Broken()]\n",
    )
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 1
    assert (outcome.rules(), outcome.facts["verdict"]) == (["gate-failed"], "inconclusive")
    assert "the gate Broken raised ZeroDivisionError" in outcome.text


def test_hooks_that_raise_leave_a_judged_run(suite: Suite) -> None:
    suite.write(
        "conftest.py",
        "def pytest_specbudget_gates(): 1 / 0\ndef pytest_specbudget_report(): [][0]\n",
    )
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 1
    assert outcome.rules() == ["gate-failed"]
    assert "the gate pytest_specbudget_gates raised ZeroDivisionError" in outcome.text
    assert "pytest_specbudget_report raised IndexError" in outcome.text
