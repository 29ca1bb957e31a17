"""The page of columns is what the code says, and every column says what it means."""

from __future__ import annotations

from pathlib import Path

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.reference import render_columns

PAGE = Path(__file__).parents[2] / "docs" / "history-columns.md"


def test_the_page_of_columns_is_what_the_generator_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_columns(), "run: python ci/generate_docs.py"


def test_every_column_says_what_it_means() -> None:
    assert [column.name for column in COLUMNS if not column.meaning] == []
