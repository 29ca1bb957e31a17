"""What is judged of a change that renames a test, and its recording with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.recorded import chat
from support.repositories import make

from pytest_specbudget.baselines.index import INDEX_NAME, Indexed, updated
from pytest_specbudget.proposals.by_base import ByBase
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.reports.report import Report

FOLDER = "tests/cassettes"
CEILING = "[tool.specbudget]\nbudgets.RESEARCH = 0.001\n"


def recording(prompt: str) -> str:
    return json.dumps({"version": 1, "interactions": [chat(prompt)]})


def judged(root: Path, name: str, prompt: str) -> Report:
    """Judge a change that has the one recording of RESEARCH under another name."""
    indexed = Indexed(test="tests/test_a.py::test_plan", spec="RESEARCH")
    files = {
        "pyproject.toml": CEILING,
        f"{FOLDER}/test_a/test_plan.yaml": recording("plan a trip"),
        f"{FOLDER}/{INDEX_NAME}": updated("", {"test_a/test_plan.yaml": indexed}),
    }
    repository = make(root, files)
    repository.branch("feature")
    (root / FOLDER / "test_a" / "test_plan.yaml").unlink()
    repository.write(f"{FOLDER}/{name}", recording(prompt))
    repository.commit()
    settings = read_settings(options={}, environment={}, rootdir=root)
    return ByBase(settings, root, "main", "feature").judged(None)


@pytest.mark.parametrize("name", ["test_a/test_planned.yaml", "test_b/test_plan.yaml"])
def test_a_new_name_takes_nothing_out_of_its_spec(name: str, tmp_path: Path) -> None:
    report = judged(tmp_path / "repo", name, "plan a trip")

    assert [row.name for row in report.specs] == ["RESEARCH"]
    assert report.verdict.result == "fail"
    assert {one.rule for one in report.verdict.findings} >= {"budget-exceeded"}


def test_what_is_found_nowhere_is_said_to_be_nobodys(tmp_path: Path) -> None:
    report = judged(tmp_path / "repo", "test_b/test_new.yaml", "sum it up")

    (note,) = [note for note in report.notes if "nobody tells which SPEC" in note]
    assert "tests/test_b.py::test_new" in note
