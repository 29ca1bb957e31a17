"""`specbudget prices`: what a person who keeps the catalogue types."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cli import main
from pytest_specbudget.prices.loading import DATA

if TYPE_CHECKING:
    from pathlib import Path

needs_source = pytest.mark.skipif(
    find_spec("genai_prices") is None, reason="genai-prices is not installed"
)


def test_diff_shows_what_changed_between_two_dates(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["prices", "diff", "2025-06-09", "2025-06-11"])

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert "openai/o3/default input 10 -> 2 USD per million" in lines
    assert all(line.startswith("openai/o3/") for line in lines)


def test_diff_shows_nothing_where_nothing_changed(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["prices", "diff", str(DATA)])

    assert (status, capsys.readouterr().out) == (0, "")


def test_diff_says_what_is_neither_folder_nor_date(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["prices", "diff", "last week"])

    assert (status, capsys.readouterr().err) == (1, '"last week" is neither a folder nor a date\n')


def test_upcoming_lists_what_lies_ahead_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["prices", "upcoming", "--after", "2026-11-21"])

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert (
        "2026-12-01T00:00:00Z google/gemini-4-argon/default input 2 -> 4 USD per million" in lines
    )
    assert lines == sorted(lines, key=lambda line: line[:20])


@needs_source
def test_check_passes_for_what_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["prices", "check"])

    assert (status, capsys.readouterr().out) == (0, "")


@needs_source
def test_check_names_a_shard_that_was_edited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / "groq.json").write_text("{}", encoding="utf-8")

    status = main(["prices", "check", "--folder", str(tmp_path / "data")])

    assert status == 1
    assert "groq.json is not what its lock says" in capsys.readouterr().out


@needs_source
def test_build_writes_a_catalogue_that_passes(tmp_path: Path) -> None:
    folder = str(tmp_path / "data")

    built = main(["prices", "build", "--folder", folder, "--as-of", "2026-11-21"])

    assert (built, main(["prices", "check", "--folder", folder])) == (0, 0)
