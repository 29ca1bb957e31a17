"""What earlier runs have to say to a run: ceilings of day and month, and prices that moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Suite

TESTS = """
from calls import ask

def test_asks():
    ask()
"""
DEARER = """
[[price]]
provider = "openai"
model = "gpt-4o-mini"
rates = { input = "150", output = "600" }
"""


@pytest.mark.parametrize("scope", ["day", "month"])
def test_what_earlier_runs_were_billed_counts_with_this_one(suite: Suite, scope: str) -> None:
    suite.write("test_it.py", TESTS)
    first = suite.run(f"--spec-{scope}-budget=0.00008")
    second = suite.run(f"--spec-{scope}-budget=0.00008", "-n2")

    assert (first.status, second.status) == (0, 1)
    assert second.rules("error") == ["budget-exceeded"]
    (gate,) = (one for one in second.facts["gates"] if one["scope"] == scope)
    assert gate["spent_usd"] == str(2 * float(first.facts["totals"]["billed_cost_usd"]))


def test_a_history_is_priced_again_and_its_drift_fails_the_run(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)
    suite.run("--spec-mode=observe")
    journal = next((suite.folder / ".specbudget/journal").glob("2*"))
    suite.write("dearer.toml", DEARER)

    same = suite.run(f"--spec-history={journal}")
    moved = suite.run(f"--spec-history={journal}", "--spec-prices=dearer.toml")
    allowed = suite.run(
        f"--spec-history={journal}", "--spec-prices=dearer.toml", "--spec-max-drift=100000"
    )

    assert (same.status, moved.status, allowed.status) == (0, 1, 0)
    assert same.facts["drift"]["result"] == "pass"
    assert "price-drift" in moved.rules("error")


def test_a_history_that_is_not_there_is_never_green(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-history=nowhere")

    assert outcome.status == 1
    assert outcome.rules("error") == ["gate-unavailable"]


def test_a_journal_is_held_to_the_month_wherever_it_is_judged(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)
    suite.run("--spec-month-budget=0.00001")
    journal = next((suite.folder / ".specbudget/journal").glob("2*"))

    judged = suite.command("gate", str(journal))

    assert judged.ret == 1
    judged.stdout.fnmatch_lines(["*budget-exceeded*"])


@pytest.mark.parametrize(
    ("prices", "kept", "status", "said"),
    [
        pytest.param([], True, 0, "PASS*", id="the same prices pass"),
        pytest.param(["--spec-prices=dearer.toml"], True, 1, "*price-drift*", id="others fail"),
        pytest.param([], False, 1, "*gate-unavailable*", id="without the history nobody knows"),
    ],
)
def test_a_journal_is_held_to_its_history_wherever_it_is_judged(
    suite: Suite,
    prices: list[str],
    kept: bool,  # noqa: FBT001 - a column of the table
    status: int,
    said: str,
) -> None:
    suite.write("test_it.py", TESTS)
    suite.write("dearer.toml", DEARER)
    suite.run("--spec-mode=observe")
    earlier = next((suite.folder / ".specbudget/journal").glob("2*")).rename(suite.folder / "past")
    suite.run("--spec-history=past", *prices)
    journal = next((suite.folder / ".specbudget/journal").glob("2*"))
    if not kept:
        earlier.rename(suite.folder / "elsewhere")

    judged = suite.command("gate", str(journal))

    assert judged.ret == status
    judged.stdout.fnmatch_lines([said])


def test_a_limit_for_drift_alone_holds_what_the_project_keeps(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)
    suite.write("dearer.toml", DEARER)
    first = suite.run("--spec-max-drift=10")

    same = suite.run("--spec-max-drift=10")
    moved = suite.run("--spec-max-drift=10", "--spec-prices=dearer.toml")

    assert (first.status, same.status, moved.status) == (0, 0, 1)
    assert (first.rules("warning"), first.facts["drift"]) == (["price-drift"], None)
    assert same.facts["drift"]["result"] == "pass"
    assert "price-drift" in moved.rules("error")
