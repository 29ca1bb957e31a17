"""What lies in SPEC folders, and what cost summaries say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.agents.operations.status import costs_of, in_order, spec_folders
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_belongs_to_the_spec_that_its_name_begins_with(tmp_path: Path) -> None:
    for name in ("SPEC-KIT-070-model-cost", "SPEC-OPS-004", "notes", "SPEC-KIT", "SPEC-KIT-07x"):
        (tmp_path / name).mkdir()
    (tmp_path / "SPEC-KIT-071").write_text("a file")
    for name in ("tasks.md", "spec.md", "PRD.md", "plan.md", "plan.txt", "README.md"):
        (tmp_path / "SPEC-KIT-070-model-cost" / name).touch()

    first, second = spec_folders(tmp_path)

    assert (first.spec, second.spec) == ("SPEC-KIT-070", "SPEC-OPS-004")
    assert first.stages == ("new", "specify", "plan", "tasks")
    assert "README.md" in first.documents
    assert second.stages == ()
    assert spec_folders(tmp_path / "missing") == []


def test_stages_come_in_the_order_of_work() -> None:
    assert in_order(["unlock", "plan", "zebra", "specify", "plan"]) == (
        "specify",
        "plan",
        "unlock",
        "zebra",
    )


def test_a_summary_of_the_first_version_is_read(tmp_path: Path) -> None:
    del tmp_path
    costs = costs_of({"schemaVersion": 1, "spec_id": "S-1", "spent": "0.10", "call_count": 2})

    assert (costs.spent, costs.budget, costs.calls) == (Money.parse("0.10"), None, 2)
    assert (costs.doubted, costs.stages) == (0, ())


def test_calls_of_unknown_cost_are_counted_together() -> None:
    doubts = {"calls_unpriced": 1, "calls_unreported": 2, "calls_unknown": 4}

    assert costs_of({"spec_id": "S-1", "spent": "0", **doubts}).doubted == 7


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"spec_id": None}, "names no spec_id"),
        ({"spent": None}, "spent is None, which is no amount"),
        ({"spent": "lots"}, "spent is 'lots', which is no amount"),
        ({"budget": []}, "budget is .., which is no amount"),
        ({"call_count": -1}, "call_count is -1, which is no count"),
        ({"call_count": True}, "call_count is True, which is no count"),
        ({"per_stage": ["plan"]}, "per_stage is no table"),
        ({"per_model": {"m": "x"}}, "per_model.m is 'x'"),
    ],
)
def test_damage_is_said_and_never_taken_for_zero(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        costs_of({"spec_id": "S-1", "spent": "1", **changed})


def test_a_stage_of_unknown_cost_was_seen_and_costs_nothing_that_is_known() -> None:
    unknown = {"unknown_calls_per_stage": {"plan": 2}, "unknown_calls_per_model": {"m": 2}}

    costs = costs_of(
        {"spec_id": "A", "spent": "0", "calls_unpriced": 1, "calls_partial": 1, **unknown}
    )

    assert (costs.stages, costs.by_stage, costs.by_model) == (("plan",), {}, {})
    assert (costs.doubted_stages, costs.doubted_models, costs.doubted) == ({"plan": 2}, {"m": 2}, 2)


@pytest.mark.parametrize("told", [["plan"], {"plan": -1}, {"plan": "2"}])
def test_a_table_of_counts_that_is_none_is_damage(told: object) -> None:
    with pytest.raises(ValueError, match=r"unknown_calls_per_stage|plan"):
        costs_of({"spec_id": "A", "spent": "0", "unknown_calls_per_stage": told})
