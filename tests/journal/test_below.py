"""Where journals lie, and what may not be looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.closed_folders import close

from pytest_specbudget.journal.below import journals_below

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_journals_lie_at_any_depth(tmp_path: Path) -> None:
    for name in ("a.jsonl", "run/b.jsonl", "run/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    assert sorted(journals_below(tmp_path)) == [tmp_path / "a.jsonl", tmp_path / "run/b.jsonl"]


def test_a_folder_that_is_not_there_holds_none(tmp_path: Path) -> None:
    assert not [*journals_below(tmp_path / "gone")]


def test_a_folder_that_may_not_be_listed_may_hold_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("open/a.jsonl", "closed/b.jsonl"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    close(tmp_path / "closed", monkeypatch)

    assert [*journals_below(tmp_path)] == [tmp_path / "open/a.jsonl", tmp_path / "closed"]
