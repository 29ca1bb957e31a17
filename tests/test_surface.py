"""What users may import, and what a bare `pytest` start imports and says."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import pytest_specbudget
from pytest_specbudget.plugin.fixtures import FIXTURES

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = (
    "anyio",
    "duckdb",
    "genai_prices",
    "httpx",
    "httpx2",
    "pydantic",
    "sqlite3",
    "tabulate",
    "vcr",
    "yaml",
)
REPORTS_IMPORTS = f"""
import json, pathlib, sys

def test_empty():
    heavy = [name for name in {HEAVY!r} if name in sys.modules]
    ours = sorted(name for name in sys.modules if name.startswith("pytest_specbudget"))
    pathlib.Path("seen.json").write_text(json.dumps({{"heavy": heavy, "ours": ours}}))
"""
EXPORTED = {
    *("Alert", "SpecSpend"),  # what the fixtures give
    *("Charge", "Finding", "Gate", "Ledger", "Money", "Report"),  # what hooks and gates see
    "CallRefused",
}
US = ("-p", "pytest_specbudget.plugin")


def _bare_start(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start pytest with none of the plugins that are installed, which bring imports themselves."""
    (folder / "test_empty.py").write_text(REPORTS_IMPORTS, encoding="utf-8")
    ours = ("SPECBUDGET_", "PYTEST_", "COV_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env=kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )


def _seen(folder: Path) -> dict[str, list[str]]:
    seen: dict[str, list[str]] = json.loads((folder / "seen.json").read_text(encoding="utf-8"))
    return seen


def test_a_bare_start_imports_nothing_heavy(tmp_path: Path) -> None:
    done = _bare_start(tmp_path, *US)

    assert done.returncode == 0, done.stdout + done.stderr
    assert _seen(tmp_path)["heavy"] == []
    assert "pytest_specbudget.plugin" in _seen(tmp_path)["ours"]


def test_a_bare_start_says_nothing_of_us(tmp_path: Path) -> None:
    with_us = _bare_start(tmp_path, *US).stdout
    without_us = _bare_start(tmp_path).stdout

    assert _but_durations(with_us) == _but_durations(without_us)


def test_a_bare_start_leaves_no_files(tmp_path: Path) -> None:
    _bare_start(tmp_path, *US)

    left = {path.name for path in tmp_path.iterdir()} - {"__pycache__"}

    assert left == {"seen.json", "test_empty.py"}


def test_the_plugin_is_found_by_its_name() -> None:
    (found,) = importlib.metadata.entry_points(group="pytest11", name="specbudget")

    assert found.value == "pytest_specbudget.plugin"


def test_the_package_exports_what_is_pinned_here() -> None:
    assert set(pytest_specbudget.__all__) == EXPORTED
    assert all(getattr(pytest_specbudget, name).__name__ == name for name in EXPORTED)
    with pytest.raises(AttributeError, match="no attribute 'Budget'"):
        pytest_specbudget.Budget  # noqa: B018 - looking it up is the test


def test_the_fixtures_are_what_is_pinned_here() -> None:
    assert set(FIXTURES) == {
        *("spec_agent", "spec_cassette", "spec_consensus", "spec_fault", "spec_score"),
        "spec_spend",
    }


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["-m", "pytest_specbudget", "--help"], id="python -m pytest_specbudget"),
        pytest.param(
            ["-c", "from pytest_specbudget.cli import main; main(['--help'])"], id="specbudget"
        ),
    ],
)
def test_both_names_of_the_command_show_its_help(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *command], check=False, capture_output=True, encoding="utf-8"
    )

    assert done.returncode == 0
    assert "usage: specbudget" in done.stdout


def _but_durations(text: str) -> list[str]:
    return [line.partition(" in ")[0] for line in text.splitlines()]
