"""Ceilings that hold nobody, ceilings that move to another machine, and what is told meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from support.suites import Suite

TESTS = """
import httpx
import pytest
from calls import ask, body

@pytest.mark.spec("BILLING", stage="plan", command="/plan")
def test_asks():
    ask()

@pytest.mark.spec("BILLING", stage="plan")
def test_mocks():
    answer = {"model": "gpt-4o", "usage": {"prompt_tokens": 10**6, "completion_tokens": 1}}
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=answer))
    with httpx.Client(transport=transport) as client:
        client.post("https://api.openai.com/v1/chat/completions", json=body("gpt-4o"))
"""


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("--spec-budget=BILING=0.5", "BILLING"),
        ("--spec-command-budget=/paln=0.5", "/plan"),
        ("--spec-stage-budget=plam=0.5", "plan"),
    ],
)
def test_a_ceiling_whose_name_no_call_has_is_a_warning(suite: Suite, word: str, near: str) -> None:
    suite.write("test_it.py", TESTS)

    outcome = suite.run(word)

    assert outcome.rules("warning") == ["ceiling-unused"]
    (finding,) = outcome.facts["findings"]
    assert f'did you mean "{near}"?' in finding["message"]
    assert finding["origin"] == word


def test_of_chosen_files_a_ceiling_of_other_tests_is_no_mistake(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)
    suite.write("test_other.py", "def test_nothing(): pass\n")

    outcome = suite.run("test_it.py", "--spec-budget=BILLING=0.5", "--spec-budget=OTHER=0.5", "-q")

    assert outcome.rules("warning") == []
    assert 'no call of spec "OTHER" was seen in test_it.py, which is all' in outcome.text


def test_a_mocked_call_is_not_told_as_spent_while_the_tests_run(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=0.01")

    assert outcome.status == 0
    assert "spec budget exceeded" not in outcome.text
    assert outcome.facts["totals"]["mocked_calls"] == 1


def test_what_comes_close_is_told_at_once_on_a_line_of_its_own(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=0.00001", "-q")

    lines = [line for line in outcome.text.splitlines() if "spec budget exceeded" in line]
    assert len(lines) == 1
    assert lines[0].startswith("spec budget exceeded: BILLING has spent")


def test_a_journal_is_judged_by_the_ceilings_of_its_run(
    suite: Suite, capsys: pytest.CaptureFixture[str]
) -> None:
    suite.write("test_it.py", TESTS)
    combined = str(suite.folder / "all.jsonl")

    runs = [suite.run("--spec-budget=2.00"), suite.run("--spec-budget=0.00001", "-n2")]
    statuses = [
        main(["combine", str(suite.folder), "-o", combined]),
        main(["gate", combined]),
        main(["gate", str(suite.folder / ".specbudget")]),
        main(["gate", combined, "--budget", "1"]),
    ]

    told = capsys.readouterr()
    assert [run.status for run in runs] == [0, 1]
    assert statuses == [0, 1, 1, 0]
    assert "1 older run left out" in told.err
    assert "--spec-budget=0.00001" in told.out


def test_what_comes_close_is_called_as_tables_call_it(suite: Suite) -> None:
    suite.write("test_it.py", "from calls import ask\n\ndef test_alone():\n    ask()\n")

    outcome = suite.run("--spec-budget=0.00001", "-q")

    assert "spec budget exceeded: whole run has spent" in outcome.text
    assert "(unassigned)" not in outcome.text
