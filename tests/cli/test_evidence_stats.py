"""The command `evidence-stats`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    costs = tmp_path / "evidence" / "costs"
    costs.mkdir(parents=True)
    (costs / "SPEC-1_cost_summary.json").write_bytes(b"x" * 100)
    return costs.parent


def test_files_and_sizes_are_shown_by_spec(
    evidence: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["evidence-stats", str(evidence)])

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert status == 0
    assert lines[1:3] == [["SPEC-1", "1", "0.0001", "MB"], ["total", "1", "0.0001", "MB"]]


def test_the_document_has_exact_figures(evidence: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["evidence-stats", str(evidence), "--json"])

    assert json.loads(capsys.readouterr().out) == {
        "files": 1,
        "bytes": 100,
        "soft_limit_bytes": 25 * 2**20,
        "over_soft_limit": False,
        "specs": {"SPEC-1": {"files": 1, "bytes": 100}},
    }


def test_more_than_the_soft_limit_warns_and_does_not_fail(
    evidence: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (evidence / "large").open("wb") as file:
        file.truncate(25 * 2**20)

    status = main(["evidence-stats", str(evidence)])

    told = capsys.readouterr()
    assert status == 0
    assert "holds 25.0001 MB; its soft limit is 25 MB" in told.err


def test_no_such_folder_is_a_wrong_argument(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["evidence-stats", str(tmp_path / "missing")])

    assert status == 2
    assert "is no folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param('{"spec_id": "(unassigned)"}', "(unassigned)", id="its own name"),
        pytest.param('{"spec_id": 7}', "unassigned-0dc657aa74", id="no name"),
        pytest.param("{", "unassigned-0dc657aa74", id="no summary"),
    ],
)
def test_a_spec_is_called_as_its_summary_calls_it(
    text: str, shown: str, evidence: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (evidence / "costs/unassigned-0dc657aa74_cost_summary.json").write_text(text, "utf-8")

    assert main(["evidence-stats", str(evidence), "--json"]) == 0
    assert [*json.loads(capsys.readouterr().out)["specs"]] == sorted([shown, "SPEC-1"])
