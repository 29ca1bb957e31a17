"""`specbudget cassettes index`, of a run that is written down here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.charges import charge

from pytest_specbudget.cli import main
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.journal.lines import SCHEMA, charge_line

if TYPE_CHECKING:
    from pathlib import Path

PLACE = "tests/cassettes/test_plan/test_it.yaml"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def replayed(here: Path) -> Path:
    """Leave the journal of a run that replayed one recording."""
    recording = here / PLACE
    recording.parent.mkdir(parents=True)
    recording.write_text("interactions: []\n", "utf-8")
    made = charge("0.10", test="tests/test_plan.py::test_it", spec="PLAN", cassette=str(recording))
    ledger = Ledger([made])
    footer = {"kind": "footer", "count": 1, "list_cost": str(ledger.totals().list_cost)}
    header = {"kind": "header", "schema": SCHEMA, "run": "r", "worker": "main"}
    journal = here / ".specbudget/journal/r/main.jsonl"
    journal.parent.mkdir(parents=True)
    lines = (json.dumps(header), charge_line(made), json.dumps(footer))
    journal.write_text("\n".join(lines) + "\n", "utf-8")
    return recording


def test_a_replayed_run_tells_whose_its_recordings_are(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replayed(here)

    statuses = [main(["cassettes", "index"]) for _ in range(2)]

    index = json.loads((here / "tests/cassettes/specbudget-index.json").read_text("utf-8"))
    assert statuses == [0, 0]
    assert index == {
        "test_plan/test_it.yaml": {"test": "tests/test_plan.py::test_it", "spec": "PLAN"}
    }
    printed = capsys.readouterr()
    assert printed.out == "tests/cassettes/specbudget-index.json\n"
    assert printed.err == "specbudget: every index is up to date\n"


def test_without_a_run_there_is_nothing_to_write_down(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["cassettes", "index"])

    assert status == 1
    assert "no run in this folder used a recording" in capsys.readouterr().err
    assert not [*here.iterdir()]
