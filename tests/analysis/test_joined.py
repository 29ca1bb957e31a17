"""A history and what is told beside it as one: each call once, and no file is written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from support.history import TODAY, a_record, history, rows

from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.store.embedded import connect
from pytest_specbudget.analysis.store.joined import known_in, pinned
from pytest_specbudget.histories.telling import Tellings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.analysis.records import Record
    from pytest_specbudget.analysis.store.joined import Joined

pytest.importorskip("duckdb", reason="the extra `history` is not installed")

ONE, TWO = a_record("1", id="one"), a_record("2", id="two", at="2026-11-03T10:00:00Z")
UNSEEN = a_record(None, id="one", outcome="unknown")


def together(folder: Path, *beside: Record) -> Joined:
    told = Tellings(TODAY)
    told.add(folder / "journal", map(named, beside))
    now = pinned(folder)
    known = known_in(now, told.ids(), told.runs())
    return now.having(told.merged(folder, known), instead_of=known)


@pytest.mark.parametrize(
    ("stored", "beside", "counting"),
    [
        pytest.param([ONE], [], [ONE], id="nothing is told beside it"),
        pytest.param([], [ONE], [ONE], id="the history has no call"),
        pytest.param([ONE], [TWO], [ONE, TWO], id="calls of another day"),
        pytest.param([ONE, TWO], [TWO], [ONE, TWO], id="calls that it has"),
        pytest.param([UNSEEN, TWO], [ONE], [ONE, TWO], id="a call whose end it did not see"),
        pytest.param([ONE, TWO], [UNSEEN], [ONE, TWO], id="a call whose end it saw"),
        pytest.param(
            [a_record("1", id="one", at="2026-11-05T10:00:00Z")],
            [a_record("3", id="one")],
            [a_record("3", id="one")],
            id="a call that it dates otherwise",
        ),
        pytest.param(
            [a_record("1", id="one"), a_record(None, id="one", part=1, model="o3")],
            [a_record("1", id="one"), a_record(None, id="one", part=1, model="o3")],
            [a_record("1", id="one"), a_record(None, id="one", part=1, model="o3")],
            id="a call of two models",
        ),
    ],
)
def test_each_call_is_there_once(
    tmp_path: Path, stored: list[Record], beside: list[Record], counting: list[Record]
) -> None:
    history(tmp_path, *stored)

    assert rows(together(tmp_path, *beside)) == counting


def test_the_files_stay_as_they_are(tmp_path: Path) -> None:
    kept = history(tmp_path, ONE, TWO)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    rows(together(tmp_path, a_record("5", id="two"), a_record("1", id="three")))

    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert rows(kept) == [ONE, TWO]


def test_other_engines_get_a_copy_of_both(tmp_path: Path) -> None:
    history(tmp_path / "h", ONE)

    together(tmp_path / "h", TWO).copy_to(tmp_path / "copy.parquet")

    copied = "SELECT id, day FROM read_parquet(?) ORDER BY id"
    found = connect().execute(copied, [str(tmp_path / "copy.parquet")]).fetchall()
    assert found == [("one", date(2026, 11, 2)), ("two", date(2026, 11, 3))]
