"""What was spent by a history in Parquet: as the records that it was made from say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.history import TODAY, a_record, history

from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.spending import cells_of
from pytest_specbudget.histories.spent import kept, spent, usage

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("duckdb", reason="the extra `history` is not installed")


def test_a_history_tells_what_its_records_told(tmp_path: Path) -> None:
    records = [
        a_record("0.000000000000000001", tier="S"),
        a_record("1234.5", at="2026-11-03T00:00:00Z", run="now"),
        a_record(None, spec=None),
    ]
    history(tmp_path, *records)

    everything = spent(tmp_path, today=TODAY)
    earlier = spent(tmp_path, today=TODAY, without={"now"})

    assert everything.cells == cells_of(map(named, records))
    assert earlier.cells == cells_of(map(named, records), without={"now"})
    assert everything.problems == ()


def test_its_records_come_back_as_they_were(tmp_path: Path) -> None:
    records = [a_record("0.5"), a_record(None, provider="anthropic", free=True)]
    history(tmp_path, *records)

    with usage(tmp_path, today=TODAY) as found:
        told = sorted(found.records, key=lambda one: str(one["id"]))

    assert told == [named(record) for record in records]


def test_a_torn_file_is_named_and_the_others_are_summed_up(tmp_path: Path) -> None:
    history(tmp_path, a_record("1"), a_record("2", at="2026-11-03T00:00:00Z"))
    torn = next(tmp_path.glob("day=2026-11-03/*.parquet"))
    torn.write_bytes(torn.read_bytes()[:40])

    found = spent(tmp_path, today=TODAY)

    assert [str(cell.billed) for cell in found.cells] == ["1"]
    assert torn.name in found.problems[0]


def test_what_is_no_history_yet_is_taken_as_one(tmp_path: Path) -> None:
    history(tmp_path / "ours", a_record("1"))
    part = next((tmp_path / "ours").rglob("*.parquet"))
    (tmp_path / "theirs").mkdir()
    part.rename(tmp_path / "theirs/usage.parquet")

    found = spent(tmp_path / "theirs", today=TODAY)

    assert [str(cell.billed) for cell in found.cells] == ["1"]


def test_a_project_keeps_its_history_before_its_journals(tmp_path: Path) -> None:
    journals, stored = tmp_path / ".specbudget/journal", tmp_path / ".specbudget/history"
    assert kept(tmp_path) == ()
    journals.mkdir(parents=True)
    stored.mkdir()
    assert kept(tmp_path) == (journals,)

    history(stored, a_record("1"))

    assert kept(tmp_path) == (stored, journals)
