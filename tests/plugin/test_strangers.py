"""A recording of a gateway that nobody declared: priced by the shape of its answers, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Outcome, Suite

GATEWAY = "llm-gw.corp"
VCR = """
import os
import vcr
from calls import ask

def test_plan():
    mode = os.environ.get("MODE", "none")
    with vcr.use_cassette("plan.yaml", record_mode=mode, match_on=["method", "path"]):
        ask()
"""
DECLARED = f'hosts."{GATEWAY}" = {{ provider = "openai" }}'


@pytest.fixture
def recorded(suite: Suite) -> Suite:
    suite.write("test_it.py", VCR)
    assert suite.run("--spec-budget=2", MODE="all").status == 0
    cassette = suite.folder / "plan.yaml"
    told = cassette.read_text(encoding="utf-8")
    suite.write("plan.yaml", told.replace(suite.emulator.url, f"https://{GATEWAY}"))
    return suite


def notes(outcome: Outcome) -> list[str]:
    return [one for one in outcome.facts["notes"] if "nobody declared" in one]


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_replayed_gateway_that_nobody_declared_is_told_once_and_fails_nothing(
    recorded: Suite, workers: str
) -> None:
    outcome = recorded.run("--spec-budget=2", workers, EMULATOR=f"https://{GATEWAY}")

    (told,) = notes(outcome)
    assert outcome.status == 0, outcome.text
    assert told in outcome.text
    assert f"nobody declared {GATEWAY} (1 call, $" in told
    assert DECLARED in told
    assert outcome.rules() == []


def test_what_the_note_says_to_write_ends_it(recorded: Suite) -> None:
    recorded.write("specbudget.toml", f"{DECLARED}\n")

    outcome = recorded.run("--spec-budget=2", EMULATOR=f"https://{GATEWAY}")

    assert outcome.status == 0, outcome.text
    assert notes(outcome) == []
    assert "nobody declared" not in recorded.command("report", ".specbudget/journal").stdout.str()


def test_a_server_of_the_tests_on_loopback_is_nobody_to_declare(suite: Suite) -> None:
    suite.write("test_it.py", "from calls import ask\n\ndef test_a():\n    ask()\n")

    outcome = suite.run("--spec-budget=2")

    assert outcome.status == 0, outcome.text
    assert notes(outcome) == []
