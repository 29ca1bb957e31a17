"""A package beside ours that adds one of everything; `test_hooks` has one that adds a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Suite

PACKAGE = '''
"""Adds a reader, prices, a validator, a metric, a native handler, and hears of alerts."""

def pytest_specbudget_prices(config):
    return ["acme.toml"]


def pytest_specbudget_validators():
    return {"polite": lambda answer: 1.0 if "please" in answer else 0.2}


def pytest_specbudget_metrics():
    return {"same-length": lambda one, other: float(len(one) == len(other))}


def pytest_specbudget_native():
    return {"status": lambda prompt: "all is well" if prompt == "how is it?" else None}


def pytest_specbudget_alert(alert, config):
    with open(config.rootpath / "alerts.txt", "a") as file:
        file.write(f"{alert.level} {alert.spec_id}\\n")
'''

PRICES = """
[[price]]
provider = "openai"
model = "toy-1"
valid_from = "2026-01-01"
source = "the toy shop"
rates = { input = "1000", output = "1000" }
"""

TESTS = """
import pytest
from calls import ask

@pytest.mark.spec("TOY")
def test_prices_of_the_toy(spec_spend):
    ask("toy-1")
    assert spec_spend.list_cost > 0

def test_a_validator_by_name(spec_agent):
    rude = spec_agent.run("plan", "Plan.", validators=["polite"], ask=lambda prompt: "no")
    assert not rude.accepted
    kind = spec_agent.run("plan", "Plan.", validators=["polite"], ask=lambda prompt: "yes, please")
    assert kind.accepted, kind.reason

def test_a_metric_by_name(spec_consensus):
    outcome = spec_consensus.run(
        "plan", "Plan.", metric="same-length", ask=lambda prompt: "abc",
        agents=["claude-haiku-3.5", "gpt-4o-mini"],
    )
    assert outcome.consensus.agreement == 1

def test_a_native_handler(spec_agent, spec_spend):
    assert spec_agent.run("status", "how is it?").text == "all is well"
    assert spec_spend.calls == 0
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_what_a_package_adds_is_used_by_name(suite: Suite, workers: str) -> None:
    suite.write("toybox.py", PACKAGE)
    suite.write("acme.toml", PRICES)
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=TOY=0.15", workers, plugins=["toybox"])

    assert "4 passed" in outcome.text, outcome.text
    assert (suite.folder / "alerts.txt").read_text().splitlines() == ["exceeded TOY"]
    assert outcome.rules("error") == ["budget-exceeded"]


def test_an_unknown_name_is_told_with_the_known_ones(suite: Suite) -> None:
    suite.write("toybox.py", PACKAGE)
    suite.write("acme.toml", PRICES)
    suite.write(
        "test_it.py",
        "def test_it(spec_agent):\n    spec_agent.run('plan', 'Plan.', validators=['rude'])\n",
    )

    outcome = suite.run("--spec-budget=1", plugins=["toybox"])

    assert outcome.status == 1
    assert "polite" in outcome.text
