"""Suites that exist: hundreds of tests with the cassettes of another recorder, and no edit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from support.suite400 import FOLDERS, write_suite

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

for _package in ("openai", "anthropic", "google.genai"):
    pytest.importorskip(_package, reason="the suite calls models through it")

WITH_RECORDING = pytest.mark.skipif(
    find_spec("pytest_recording") is None, reason="pytest-recording is not installed"
)
RECORDERS = [pytest.param("pytest-recording", marks=WITH_RECORDING), "vcrpy"]
PLUGINS = {"pytest-recording": ("-p", "pytest_recording.plugin"), "vcrpy": ()}


def run_pytest(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run pytest as a user does, with every plugin that is installed."""
    return run([sys.executable, "-m", "pytest", "-q", *words], folder)


def run_quickly(
    python: Sequence[str], folder: Path, *words: str
) -> subprocess.CompletedProcess[str]:
    """Run pytest with our plugin and those that *words* name, in *python*."""
    command = [*python, "-m", "pytest", "-q", "-p", "pytest_specbudget.plugin", *words]
    return run(command, folder, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")


def run(
    command: Sequence[str], folder: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    ours = ("SPECBUDGET_", "PYTEST_", "COV_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    kept.pop("CI", None)
    return subprocess.run(
        command,
        cwd=folder,
        env=kept | {"COLUMNS": "120", **environment},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )


@pytest.fixture
def journal_of(capsys: pytest.CaptureFixture[str]) -> Callable[[Path], Any]:
    """Read what the last run in a folder booked, whole and exact."""

    def read(folder: Path) -> Any:
        capsys.readouterr()
        main(["report", str(folder / ".specbudget/journal"), "--format", "json"])
        return json.loads(capsys.readouterr().out)

    return read


@WITH_RECORDING
def test_400_tests_get_their_first_verdict_from_one_option(
    tmp_path: Path, journal_of: Callable[[Path], Any]
) -> None:
    suite = write_suite(tmp_path)

    done = run_pytest(tmp_path, "--spec-budget=1.00")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "400 passed" in done.stdout
    assert (
        "PASS spec budget: $0.3488 list, $0.00 billed · 400 hit, 0 live, 0 unknown" in done.stdout
    )
    totals = journal_of(tmp_path)["totals"]
    assert (totals["calls"], totals["replayed_calls"]) == (suite.tests, suite.tests) == (400, 400)
    assert Decimal(totals["list_cost_usd"]) == suite.cost
    assert totals["billed_cost_usd"] == "0"


@pytest.mark.parametrize("recorder", RECORDERS)
def test_a_suite_over_its_budget_fails_whoever_replays_it(
    recorder: str,
    tmp_path: Path,
    journal_of: Callable[[Path], Any],
    warm_with_sdks: Sequence[str],
) -> None:
    suite = write_suite(tmp_path, modules=4, tests=3, recorder=recorder)

    ceiling = f"--spec-budget={suite.cost - Decimal('0.00000001')}"
    done = run_quickly(warm_with_sdks, tmp_path, ceiling, *PLUGINS[recorder])

    assert done.returncode == 1, done.stdout + done.stderr
    assert "12 passed" in done.stdout
    assert "budget-exceeded" in done.stdout
    assert Decimal(journal_of(tmp_path)["totals"]["list_cost_usd"]) == suite.cost


def test_settings_that_init_writes_pass_the_suite_that_they_came_from(
    tmp_path: Path, journal_of: Callable[[Path], Any], warm_with_sdks: Sequence[str]
) -> None:
    suite = write_suite(tmp_path, modules=4, tests=3, recorder="vcrpy")

    status = main(["init", str(tmp_path)])
    done = run_quickly(warm_with_sdks, tmp_path)

    assert (status, done.returncode) == (0, 0), done.stdout + done.stderr
    assert "PASS spec budget" in done.stdout
    assert "warning" not in done.stdout
    rows = {row["name"]: row for row in journal_of(tmp_path)["specs"]}
    assert set(rows) == {folder.upper() for folder in FOLDERS}
    for folder in FOLDERS:
        row = rows[folder.upper()]
        assert Decimal(row["list_cost_usd"]) == suite.by_folder[folder]
        assert Decimal(row["ceiling_usd"]) >= suite.by_folder[folder] * Decimal("1.3")
