"""The cost summaries of a run, and how much evidence there may be."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.suites import Suite

TESTS = """
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1", stage="plan")
def test_plans():
    ask()

@pytest.mark.spec("SPEC/2: odd?", stage="audit")
def test_audits():
    ask("gpt-4o")
"""


def test_every_spec_leaves_a_cost_summary_with_the_seeds_keys(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=2.00")

    folder = suite.folder / "evidence" / "costs"
    summary = json.loads((folder / "SPEC-1_cost_summary.json").read_text())
    row = outcome.row("specs", "SPEC-1")
    assert summary["spec_id"] == "SPEC-1"
    assert Decimal(summary["spent"]) == Decimal(row["list_cost_usd"]) > 0
    assert {Decimal(cost) for cost in summary["per_stage"].values()} == {Decimal(summary["spent"])}
    assert list(summary["per_model"]) == ["gpt-4o-mini-2024-07-18"]
    assert (summary["budget"], summary["call_count"], summary["schemaVersion"]) == ("2", 1, "2.0")
    assert len(list(folder.iterdir())) == 2


def test_a_run_that_only_observes_leaves_no_evidence(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)

    suite.run()

    assert not (suite.folder / "evidence").exists()


def test_more_evidence_than_the_soft_limit_is_told(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)
    with suite.write("evidence/big.bin", "").open("wb") as file:
        file.truncate(26 * 2**20)

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 0
    assert "26.0 MB; its soft limit is 25 MB" in outcome.text
