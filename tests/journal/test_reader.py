"""Journals as a run leaves them: whole, torn, foreign, from a later version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import charge
from support.journals import line_of

from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import JournalError
from pytest_specbudget.journal.lines import SCHEMA
from pytest_specbudget.journal.reader import journal_files, lines_of, read_journal, read_lines

if TYPE_CHECKING:
    from pathlib import Path

HEADER: dict[str, Any] = {
    "kind": "header",
    "schema": SCHEMA,
    "run": "r1",
    "worker": "gw0",
    "pid": 7,
}
START = {
    "kind": "start",
    "id": "r1/gw0/7/2",
    "at": "2026-11-21T10:00:01Z",
    "host": "api.openai.com",
    "provider": "openai",
    "operation": "chat",
    "model": "gpt-5",
    "attribution": {"test": "t.py::test_a", "spec": "SPEC-1", "when": "call"},
}
BOOKED = line_of(charge("0.10", id="r1/gw0/7/1"))


def footer(count: int, cost: str) -> dict[str, Any]:
    return {"kind": "footer", "count": count, "list_cost": cost}


def written(path: Path, *lines: dict[str, Any], tail: str = "") -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + tail, encoding="utf-8")
    return path


def test_a_journal_that_ended_well_is_complete(tmp_path: Path) -> None:
    journal = read_journal(written(tmp_path / "j.jsonl", HEADER, BOOKED, footer(1, "0.1")))

    assert (journal.damage, journal.incomplete, journal.unanswered) == ([], None, [])
    assert journal.header is not None
    assert journal.header.run == "r1"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        pytest.param([HEADER, BOOKED], "did not end well", id="no footer"),
        pytest.param([BOOKED, footer(1, "0.1")], "the header, is missing", id="no header"),
        pytest.param([HEADER, footer(1, "0.1")], "counts 1 calls", id="a line is missing"),
        pytest.param(
            [HEADER, BOOKED, footer(1, "0.2")], "of $0.2, its lines 1 of $0.1", id="another sum"
        ),
        pytest.param(
            [HEADER, BOOKED, footer(1, "0.1") | {"events": 2}],
            "2 events were written, 0 left",
            id="an event is missing",
        ),
    ],
)
def test_a_journal_that_lost_something_says_so(lines: list[dict[str, Any]], reason: str) -> None:
    journal = read_lines("gw0.jsonl", map(json.dumps, lines))

    assert journal.incomplete is not None
    assert journal.incomplete.startswith("gw0.jsonl: ")
    assert reason in journal.incomplete


def test_a_forked_child_s_calls_are_counted_and_its_parent_s_footer_still_agrees() -> None:
    child = line_of(charge("0.50", id="r1/gw0/8/1"))

    journal = read_lines("j", map(json.dumps, [HEADER, BOOKED, child, footer(1, "0.1")]))

    assert journal.incomplete is None
    assert Money.total(one.list_cost or Money() for one in journal.charges) == Money.parse("0.60")


def test_a_torn_last_line_is_told_with_file_and_line_and_the_rest_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "gw0.jsonl", HEADER, BOOKED, tail='{"kind":"charge","id":"r1')

    journal = read_journal(path)

    assert len(journal.charges) == 1
    assert journal.damage == [f'{path}:3: a torn or foreign line: \'{{"kind":"charge","id":"r1\'']


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("\x00\x00\x00", id="a hole after a crash"),
        pytest.param("[]", id="no object"),
        pytest.param("null", id="nothing"),
        pytest.param('"charge"', id="text"),
        pytest.param('{"id": 1}', id="no kind"),
        pytest.param('{"kind": "dream"}', id="an unknown kind"),
        pytest.param('{"kind": ["charge"]}', id="a kind that is no name"),
        pytest.param('{"kind": "footer"}', id="a footer without a sum"),
        pytest.param('{"kind": "event"}', id="an event without a name"),
        pytest.param("[" * 100_000, id="nested beyond reason"),
        pytest.param('{"kind": "footer", "count": ' + "9" * 5000 + "}", id="a number too long"),
    ],
)
def test_a_foreign_line_is_damage_and_never_an_exception(line: str) -> None:
    journal = read_lines("j", [json.dumps(HEADER), line, json.dumps(BOOKED)])

    assert len(journal.charges) == 1
    assert len(journal.damage) == 1
    assert journal.damage[0].startswith("j:2: ")


def test_an_event_of_unknown_name_and_unknown_keys_are_left_alone() -> None:
    later = {"kind": "event", "event": "of a later version", "values": {"a": 1}, "more": 2}

    journal = read_lines("j", map(json.dumps, [HEADER | {"more": 1}, BOOKED | {"more": 1}, later]))

    assert journal.damage == []
    assert len(journal.charges) == 1


def test_a_newer_schema_is_refused() -> None:
    newer = json.dumps(HEADER | {"schema": SCHEMA + 1})

    with pytest.raises(JournalError, match=f"later version.*schema {SCHEMA + 1}.*upgrade"):
        read_lines("j", [newer])


@pytest.mark.parametrize(
    "ended",
    [
        pytest.param([], id="the process was killed"),
        pytest.param([{"kind": "event", "event": "trouble", "values": {}}], id="something else"),
    ],
)
def test_a_call_that_was_begun_and_never_booked_is_unknown(ended: list[dict[str, Any]]) -> None:
    journal = read_lines("j", map(json.dumps, [HEADER, START, *ended]))

    (charge,) = journal.unanswered
    assert (charge.outcome, charge.reading.request_model) == ("unknown", "gpt-5")
    assert charge.attribution.spec == "SPEC-1"
    assert charge.list_cost is None


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(BOOKED | {"id": START["id"]}, id="booked"),
        pytest.param(
            {"kind": "event", "event": "refused", "values": {"id": START["id"]}}, id="refused"
        ),
    ],
)
def test_a_call_that_ended_in_any_way_is_not_unknown(end: dict[str, Any]) -> None:
    journal = read_lines("j", map(json.dumps, [HEADER, START, end]))

    assert journal.unanswered == []


@pytest.mark.parametrize("order", [[START, BOOKED], [BOOKED, START]], ids=["as run", "combined"])
def test_of_a_call_that_ended_only_its_charge_is_kept(order: list[dict[str, Any]]) -> None:
    lines = [line | {"id": "r1/gw0/7/1"} for line in order]

    journal = read_lines("j", map(json.dumps, [HEADER, *lines]))

    assert (len(journal.charges), journal.starts) == (1, {})


def test_a_start_that_makes_no_sense_is_damage_also_where_its_call_ended() -> None:
    torn = START | {"id": "r1/gw0/7/1", "attribution": {"test": "t", "attempt": 0}}

    journal = read_lines("j", map(json.dumps, [HEADER, BOOKED, torn]))

    assert journal.damage == [
        "j:3: attribution.attempt: Input should be greater than or equal to 1"
    ]


def test_a_line_that_only_the_standard_library_can_decode_is_read() -> None:
    deep = json.dumps(BOOKED).removesuffix("}") + ', "later": ' + "[" * 500 + "]" * 500 + "}"

    journal = read_lines("j", [json.dumps(HEADER), deep])

    assert (len(journal.charges), journal.damage) == (1, [])


@pytest.mark.parametrize(
    ("written", "kept", "lines"),
    [
        pytest.param(b"a\nb\n", ["c"], ["a", "b", "c"], id="none of it was written"),
        pytest.param(b"a\nb", ["bc", "d"], ["a", "bc", "d"], id="it began to be written"),
        pytest.param(b"a\nb", ["c"], ["a", "b", "c"], id="something else began"),
        pytest.param(b"a\nb\n", ["b"], ["a", "b", "b"], id="the same line again"),
        pytest.param(b"a\n\nb", [], ["a", "", "b"], id="all was written"),
        pytest.param(b"", ["a"], ["a"], id="the file is empty"),
        pytest.param(b"\xc3\n", [], ["\ufffd"], id="no text"),
    ],
)
def test_lines_that_could_not_be_written_follow_those_on_disk(
    tmp_path: Path, written: bytes, kept: list[str], lines: list[str]
) -> None:
    path = tmp_path / "gw0.jsonl"
    path.write_bytes(written)

    assert [*lines_of(path, kept)] == lines


def test_a_folder_stands_for_all_journals_below_it(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    paths = [written(tmp_path / "run" / f"gw{number}.jsonl", HEADER) for number in (1, 0)]

    assert journal_files(tmp_path) == sorted(paths)
    assert journal_files(paths[0]) == [paths[0]]


def test_a_place_without_journals_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="holds no journal"):
        journal_files(tmp_path)
    with pytest.raises(JournalError, match=r"gone\.jsonl"):
        read_journal(tmp_path / "gone.jsonl")


def test_what_a_history_set_aside_is_no_journal(tmp_path: Path) -> None:
    home = tmp_path / ".specbudget"
    for folder in ("journal/2026-run", "history/unread", "history/quarantine"):
        (home / folder).mkdir(parents=True)
        (home / folder / "a.jsonl").write_text("{}\n", "utf-8")

    assert journal_files(home) == [home / "journal/2026-run/a.jsonl"]
