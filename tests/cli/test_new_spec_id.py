"""The command `new-spec-id`."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def test_the_next_id_is_printed_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "SPEC-KIT-070-model-cost").mkdir()

    status = main(["new-spec-id", str(tmp_path), "--title", "Test"])

    assert (status, capsys.readouterr().out) == (0, "SPEC-KIT-071\n")
    assert len(list(tmp_path.iterdir())) == 1


def test_reserving_makes_the_folder_and_tells_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    status = main(["new-spec-id", "--reserve", "--title", "Model cost", "--json"])

    told = json.loads(capsys.readouterr().out)
    folder = "docs/SPEC-KIT-001-model-cost"
    assert (status, told) == (0, {"spec_id": "SPEC-KIT-001", "folder": folder, "reserved": True})
    assert (tmp_path / folder).is_dir()


def test_processes_that_ask_at_once_get_different_ids(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest_specbudget", "new-spec-id", str(tmp_path), "--reserve"]
    running = [
        subprocess.Popen([*command, "--title", f"p {n}"], stdout=subprocess.PIPE, text=True)
        for n in range(4)
    ]

    told = {process.communicate()[0].strip() for process in running}

    assert told == {f"SPEC-KIT-00{n}" for n in (1, 2, 3, 4)}


@pytest.mark.parametrize("prefix", ["", "a/b-", "SPEC-7"])
def test_a_prefix_that_begins_no_id_is_a_wrong_argument(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], prefix: str
) -> None:
    status = main(["new-spec-id", str(tmp_path), "--prefix", prefix])

    assert status == 2
    assert "cannot begin an id" in capsys.readouterr().err


def test_a_folder_that_cannot_be_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    status = main(["new-spec-id", str(tmp_path / "file")])

    assert status == 2
    assert "is no folder; name the one where the folders of SPECs lie" in capsys.readouterr().err
