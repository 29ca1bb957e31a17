"""Which journals the database reads by itself, and that memory does not bound how long they are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.history import TODAY, journal_file, rows
from support.journals import call

from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.store import bulk, embedded
from pytest_specbudget.analysis.store.history import History
from pytest_specbudget.analysis.store.sources import sources_below
from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_specbudget.analysis.store.history import Added
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal

MANY = 40_000
COST = 125 * 10**12
LIMIT = "200MB"
"""Less than all tables about so many calls take together."""


def add(folder: Path, *paths: Path) -> tuple[Added, list[str]]:
    """Add *paths*; return what came of it, and which journals needed a closer look."""
    looked_at: list[str] = []

    def settle(journals: list[Journal]) -> Iterable[Charge]:
        looked_at.extend(journal.name for journal in journals)
        return merge(journals).ledger

    sources = [one for path in paths for one in sources_below(path, folder)]
    return History(folder).add(sources, settle=settle, today=TODAY), looked_at


def long_journal(path: Path) -> Path:
    """Write a journal of `MANY` calls, each of which cost `COST`."""
    journal_file(path, replace(call("0.000125"), id="r/main/7/#"))
    header, *lines, _ = path.read_text("utf-8").splitlines()
    footer = json.dumps({"kind": "footer", "count": MANY, "list_cost": str(Money(MANY * COST))})
    calls = (line.replace("/#", f"/{number}") for number in range(MANY) for line in lines)
    path.write_text("\n".join((header, *calls, footer, "")), encoding="utf-8")
    return path


def test_a_journal_that_memory_does_not_hold_is_taken_in_bulk_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(embedded._SPILLING, "memory_limit", LIMIT)
    file = long_journal(tmp_path / "long.jsonl")

    added, looked_at = add(tmp_path / "h", file)

    ((count, cost),) = History(tmp_path / "h").query("SELECT count(*), sum(list_cost) FROM usage_t")
    assert (added.new, added.problems, looked_at) == (MANY, (), [])
    assert (count, cost) == (MANY, MANY * COST)


def test_nothing_that_was_on_its_way_is_left_in_the_folder(tmp_path: Path) -> None:
    add(tmp_path / "h", journal_file(tmp_path / "one.jsonl", call()))

    left = {file.name for file in (tmp_path / "h").iterdir()}
    assert left == {".lock", "day=2026-11-21"}


def test_a_line_that_is_longer_than_any_of_ours_is_read_all_the_same(tmp_path: Path) -> None:
    long, other = call(test="t" * bulk._LONGEST_LINE), call()
    files = [
        journal_file(tmp_path / "long.jsonl", long, run="one"),
        journal_file(tmp_path / "other.jsonl", other, run="two"),
    ]

    added, looked_at = add(tmp_path / "h", *files)

    assert looked_at == [str(files[0])]
    assert (added.new, added.problems) == (2, ())
    tests = [named(row)["test"] for row in rows(History(tmp_path / "h"))]
    assert tests == [long.attribution.test, other.attribution.test]


def test_the_longest_line_of_ours_is_read_in_bulk(tmp_path: Path) -> None:
    one = call(test="t" * (bulk._LONGEST_LINE - 2_000))

    _, looked_at = add(tmp_path / "h", journal_file(tmp_path / "a.jsonl", one, call()))

    assert looked_at == []
    assert len(rows(History(tmp_path / "h"))) == 2


def test_a_long_json_line_is_a_record_as_any_other(tmp_path: Path) -> None:
    line = {"id": "x/1", "at": "2026-11-02T10:00:00Z", "provider": "openai", "model": "gpt-5-mini"}
    long = line | {"id": "x/2", "test": "t" * bulk._LONGEST_LINE}
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps(line)}\n{json.dumps(long)}\n", encoding="utf-8")

    added, _ = add(tmp_path / "h", path)

    assert (added.new, added.problems) == (2, ())


def test_one_journal_that_is_no_text_leaves_the_others_in_bulk(tmp_path: Path) -> None:
    binary = journal_file(tmp_path / "a.jsonl", call(), run="one")
    binary.write_bytes(binary.read_bytes() + b"\xff\xfe\n")
    plain = journal_file(tmp_path / "b.jsonl", call(), run="two")

    added, looked_at = add(tmp_path / "h", binary, plain)

    assert looked_at == [str(binary)]
    assert added.new == 2


@pytest.mark.parametrize("name", ["it's [a] *.jsonl", "ünï.jsonl"])
def test_a_journal_may_be_called_anything(tmp_path: Path, name: str) -> None:
    _, looked_at = add(tmp_path / "it's a *[h]", journal_file(tmp_path / name, call()))

    assert looked_at == []
    assert len(rows(History(tmp_path / "it's a *[h]"))) == 1
