"""Journals of many runs as records: each call once, whatever cannot be read named."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from support.history import journal_file
from support.journals import call
from support.kept import keep

from pytest_specbudget.analysis.records import named
from pytest_specbudget.errors import JournalError
from pytest_specbudget.histories.usage import Recorded, is_store, needs_database, recorded
from pytest_specbudget.journal.running import this_host

if TYPE_CHECKING:
    from pathlib import Path


def ids(found: Recorded) -> list[str]:
    return sorted(named(record)["id"] for record in found.records)


def test_all_runs_of_a_folder_are_read(tmp_path: Path) -> None:
    first, second = call(id="a/main/7/1"), call(id="b/main/7/1")
    keep(tmp_path, first, run="a")
    keep(tmp_path, second, run="b")

    assert ids(recorded(tmp_path)) == [first.id, second.id]


def test_a_call_that_two_files_hold_counts_once(tmp_path: Path) -> None:
    one = call(id="a/main/7/1")
    keep(tmp_path, one, run="a")
    keep(tmp_path, one, call(id="b/main/7/1"), run="a+b")

    assert ids(recorded(tmp_path)) == ["a/main/7/1", "b/main/7/1"]


def test_the_calls_of_a_fixture_are_not_joined_across_runs(tmp_path: Path) -> None:
    for run in "ab":
        fixture = "<fixture session:model>"
        keep(tmp_path, call(id=f"{run}/main/7/1", test=fixture, asks="q"), run=run)

    assert len(recorded(tmp_path).records) == 2


def test_a_torn_line_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    path = keep(tmp_path, call(id="a/main/7/1"))
    path.write_text(path.read_text("utf-8") + '{"kind": "char', "utf-8")

    found = recorded(path)

    assert ids(found) == ["a/main/7/1"]
    assert len(found.problems) == 1
    assert str(path) in found.problems[0]


def test_a_time_that_is_none_is_named(tmp_path: Path) -> None:
    keep(tmp_path, call(id="a/main/7/1", at="yesterday"), call(id="a/main/7/2"))

    found = recorded(tmp_path)

    assert ids(found) == ["a/main/7/2"]
    assert found.problems[0].startswith("a/main/7/1: ")


def test_a_journal_of_a_later_version_is_named(tmp_path: Path) -> None:
    path = keep(tmp_path, call())
    path.write_text(path.read_text("utf-8").replace('"schema": 1', '"schema": 99'), "utf-8")

    found = recorded(tmp_path)

    assert found.records == ()
    assert "later version" in found.problems[0]


def test_nothing_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="does not exist"):
        recorded(tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        pytest.param("day=2026-11-02/part-1.parquet", True, id="a history"),
        pytest.param("usage.parquet", True, id="other Parquet"),
        pytest.param("records.jsonl", True, id="JSON lines that are no journal"),
        pytest.param("S_cost_summary.json", True, id="a cost summary"),
        pytest.param("notes.txt", False, id="what is no usage"),
    ],
)
def test_only_journals_need_no_database(tmp_path: Path, name: str, *, needed: bool) -> None:
    keep(tmp_path, call())
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}\n", "utf-8")

    assert needs_database(tmp_path) is needed


@pytest.mark.parametrize("folder", ["quarantine", "unread"])
def test_a_store_of_which_all_was_set_aside_is_one(tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "1.jsonl"
    path.parent.mkdir()
    path.write_text("{}\n", "utf-8")

    assert is_store(tmp_path)
    assert needs_database(tmp_path)
    assert recorded(tmp_path) == Recorded(records=())


def test_a_store_has_days_of_parquet(tmp_path: Path) -> None:
    store, other = tmp_path / "store", tmp_path / "other"
    for path in (store / "day=2026-11-02/part-1.parquet", other / "usage.parquet"):
        path.parent.mkdir(parents=True)
        path.touch()

    assert [is_store(store), is_store(other)] == [True, False]


def test_a_journal_whose_process_did_not_end_is_told(tmp_path: Path) -> None:
    path = keep(tmp_path, call("1"), call("2"))
    lines = path.read_text("utf-8").splitlines()

    path.write_text("\n".join(lines[:-1]) + "\n", "utf-8")
    unended = recorded(path)
    path.write_text("\n".join((*lines[:2], lines[-1])) + "\n", "utf-8")
    shortened = recorded(path)

    assert (len(unended.records), len(shortened.records)) == (2, 1)
    assert "it was killed, or still runs on another machine" in unended.problems[0]
    assert "its footer counts 2 calls of $3, its lines 1 of $1" in shortened.problems[0]


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be asked there")
def test_of_a_run_that_is_under_way_counts_what_it_has_booked(tmp_path: Path) -> None:
    path = journal_file(tmp_path / "j.jsonl", call("1", id="booked"), ended=False)
    ours = {"host": this_host(), "pid": os.getpid(), "at": datetime.now(UTC).isoformat()}
    header, start, charge = path.read_text("utf-8").splitlines()
    under_way = start.replace('"booked"', '"under way"')
    ours_too = json.dumps(json.loads(header) | ours)
    path.write_text(f"{ours_too}\n{start}\n{charge}\n{under_way}\n", "utf-8")

    found = recorded(path)

    assert (ids(found), found.problems) == (["booked"], ())
