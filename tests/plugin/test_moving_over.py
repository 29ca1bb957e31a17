"""A suite that was recorded with pytest-recording moves over, and no file moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from support.suites import Suite

TESTS = """
import pytest
from calls import ask

{mark}

def said(number):
    return ask(text=f"{{number}} " * 20).json()["choices"][0]["message"]["content"]

def test_plain(): assert said(1)

@pytest.mark.parametrize("model", ["gpt-4o", "openai/gpt:5", "Größe"])
def test_models(model): assert said(model)

class TestPlan:
    def test_method(self): assert said(2)

    @pytest.mark.parametrize("a, b", [(1, None)])
    def test_both(self, a, b): assert said(3)
"""
THEIRS = TESTS.format(mark="pytestmark = pytest.mark.vcr")
OURS = TESTS.format(mark='pytestmark = pytest.mark.usefixtures("spec_cassette")')
RECORDING = "pytest_recording.plugin"


def files(suite: Suite) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in suite.folder.rglob("cassettes/**/*.yaml")}


def recorded_by_pytest_recording(suite: Suite) -> dict[Path, bytes]:
    suite.write("test_Moving.py", THEIRS)
    outcome = suite.run("--record-mode=once", "-q", plugins=[RECORDING])
    assert "6 passed" in outcome.text, outcome.text
    found = files(suite)
    assert len(found) == 6
    return found


@pytest.mark.parametrize("asked", [["--spec-record=none"], ["--spec-budget=1"]])
def test_its_files_replay_in_ours(suite: Suite, asked: list[str]) -> None:
    before = recorded_by_pytest_recording(suite)
    suite.write("test_Moving.py", OURS)

    outcome = suite.run(*asked, "--spec-forbid-live", "-q")

    assert "6 passed" in outcome.text, outcome.text
    assert len(suite.emulator.served) == 6
    assert outcome.facts["totals"]["replayed_calls"] == 6
    assert files(suite) == before


def test_what_is_new_is_added_to_its_files(suite: Suite) -> None:
    before = recorded_by_pytest_recording(suite)
    suite.write("test_Moving.py", OURS.replace("return ask(", 'ask(text="first"); return ask('))

    outcome = suite.run("--spec-record=new", "-q")

    assert "6 passed" in outcome.text, outcome.text
    assert len(suite.emulator.served) == 12
    assert files(suite).keys() == before.keys()


def test_ours_replay_in_pytest_recording(suite: Suite) -> None:
    recorded_by_pytest_recording(suite)
    suite.write("test_Moving.py", OURS)
    suite.run("--spec-record=all", "-q")
    suite.write("test_Moving.py", THEIRS)

    outcome = suite.run("--record-mode=none", "--block-network", "-q", plugins=[RECORDING])

    assert "6 passed" in outcome.text, outcome.text
    assert len(suite.emulator.served) == 12
