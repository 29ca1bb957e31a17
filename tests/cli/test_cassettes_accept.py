"""The action `cassettes accept`: which runs tell, and when a file is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.journals import call, line_of

from pytest_specbudget.cassettes.known import FILE_NAME, load
from pytest_specbudget.cli import main
from pytest_specbudget.core.staleness import Staleness
from pytest_specbudget.journal.lines import SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge

STALE = Staleness(places=("$.model",))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run_of(folder: Path, name: str, *charges: Charge, partial: str = "") -> None:
    """Leave the journal of a run, perhaps *partial* for a reason."""
    reasons = {"kind": "event", "event": "partial", "values": {"reasons": [partial]}}
    lines = [
        {"kind": "header", "schema": SCHEMA, "run": name, "worker": "main", "pid": 7},
        *map(line_of, charges),
        *([reasons] if partial else []),
        {"kind": "footer", "count": len(charges), "list_cost": str(len(charges) / 10)},
    ]
    file = folder / ".specbudget/journal" / name / "h-7-main.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")


def replayed(folder: Path, test: str, staleness: Staleness | None = None) -> Charge:
    cassette = str(folder / f"cassettes/t/{test}.yaml")
    return call(
        test=f"t.py::{test}",
        source="replay",
        staleness=staleness,
        cassette=cassette,
        cassette_index=0,
        asks="f" * 32,
    )


def test_after_a_partial_run_older_ones_tell_of_the_tests_that_it_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = [replayed(tmp_path, name, STALE) for name in ("test_a", "test_b")]
    run_of(tmp_path, "20261120T100000Z-1", *stale)
    run_of(tmp_path, "20261121T100000Z-2", replayed(tmp_path, "test_b"), partial="chosen by name")

    status = main(["cassettes", "accept", "--known"])

    assert status == 0
    assert "the newest run was partial (chosen by name)" in capsys.readouterr().err
    assert [one.cassette for one in load(tmp_path / FILE_NAME).calls] == ["cassettes/t/test_a.yaml"]


def test_no_file_is_written_where_there_is_nothing_to_add(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_of(tmp_path, "20261120T100000Z-1", replayed(tmp_path, "test_a"))

    status = main(["cassettes", "accept", "--known"])

    assert status == 0
    assert "nothing to add" in capsys.readouterr().err
    assert not (tmp_path / FILE_NAME).exists()
