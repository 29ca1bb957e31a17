"""Journals that need not be decoded, and those that must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.journals import call

from pytest_specbudget.bookkeeping.bookkeeper import Identity
from pytest_specbudget.histories.paying import paying_folders
from pytest_specbudget.journal.lines import charge_line
from pytest_specbudget.journal.writer import JournalWriter

if TYPE_CHECKING:
    from pathlib import Path

BEGUN = '{"kind":"start","id":"r/main/7/000001","at":"2026-11-22T10:00:00Z"}'
REPLAYED = charge_line(call("1", source="replay", id="r/main/7/000001"))
MOCKED = charge_line(call("1", source="mock", verdict="mocked"))
SAYS_SO = charge_line(call("1", source="live", test='t.py::test[{"source":"replay"}]'))


@pytest.mark.parametrize(
    ("text", "pays"),
    [
        pytest.param(f"{BEGUN}\n{REPLAYED}\n{MOCKED}\n", False, id="all was replayed or mocked"),
        pytest.param("", True, id="an empty file cannot tell"),
        pytest.param(f"{REPLAYED}\n{charge_line(call('1'))}\n", True, id="one was live"),
        pytest.param(f"{charge_line(call('1', source='record'))}\n", True, id="one was recorded"),
        pytest.param(f"{SAYS_SO}\n", True, id="a test's name is not the source"),
        pytest.param(f"{BEGUN}\n", True, id="an answer that nobody saw"),
        pytest.param(f"{BEGUN}\n{MOCKED}\n", True, id="another call's end is not this one's"),
        pytest.param(f"{REPLAYED}\n{REPLAYED[:40]}", True, id="a torn last line"),
        pytest.param(f"{REPLAYED}\n{REPLAYED[:40]}\n", True, id="a torn line in between"),
        pytest.param(f"{REPLAYED.replace(':', ': ')}\n", True, id="somebody else wrote it"),
    ],
)
def test_a_journal_is_passed_over_only_where_nothing_can_have_been_paid(
    tmp_path: Path, text: str, *, pays: bool
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/h-7-main.jsonl").write_text(text)

    assert paying_folders(tmp_path) == ([tmp_path / "run"] if pays else [])


def test_a_journal_as_we_write_it_is_passed_over_where_all_was_replayed(tmp_path: Path) -> None:
    identity = Identity(run="r", worker="main", host="h")
    writer = JournalWriter(tmp_path / "run/h-7-main.jsonl", identity.header())
    for line in (BEGUN, REPLAYED):
        writer.append(line)
    writer.close({"kind": "footer", "count": 1, "list_cost": "1", "events": 0})

    assert writer.path.exists()
    assert not paying_folders(tmp_path)
