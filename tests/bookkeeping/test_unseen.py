"""What is said of a call that was begun and of whose end no line tells."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.charges import charge
from support.journals import line_of

from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.bookkeeping.unseen import without_end
from pytest_specbudget.journal.combining import combined_lines
from pytest_specbudget.journal.lines import SCHEMA
from pytest_specbudget.journal.reader import read_journal, read_lines

HEADER: dict[str, Any] = {"kind": "header", "schema": SCHEMA, "run": "r1", "worker": "main"}
START: dict[str, Any] = {
    "kind": "start",
    "id": "r1/main/7/1",
    "at": "2026-11-21T10:00:01Z",
    "host": "api.openai.com",
    "provider": "openai",
    "operation": "chat",
    "model": "gpt-5",
    "attribution": {"test": "t.py::test_a", "spec": "SPEC-1", "when": "call"},
}
TORN = json.dumps(line_of(charge("0.10", id="r1/main/7/1")))[:70]
FOREIGN = "what another program wrote"
FOOTER: dict[str, Any] = {"kind": "footer", "count": 1, "list_cost": "0.1"}
ENDED = "the process ended before the answer was seen"


def lines(*several: dict[str, Any] | str) -> list[str]:
    return [one if isinstance(one, str) else json.dumps(one) for one in several]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        pytest.param([START], ENDED, id="a process that was killed"),
        pytest.param([START, FOOTER], ENDED, id="a call that outlived its process"),
        pytest.param(
            [START, TORN, FOOTER],
            "no line tells of its answer; perhaps j:3, which cannot be read, told of it",
            id="a torn line",
        ),
        pytest.param(
            [START, TORN, FOREIGN, FOREIGN, FOOTER],
            "no line tells of its answer; perhaps j:3 and 2 more, which cannot be read, told of it",
            id="several lines",
        ),
        pytest.param(
            [START, TORN],
            f"{ENDED}, or j:3, which cannot be read, told of it",
            id="a process that was killed as it wrote",
        ),
    ],
)
def test_what_is_known_of_a_call_without_an_end_is_said(
    written: list[dict[str, Any] | str], told: str
) -> None:
    journal = read_lines("j", lines(HEADER, *written))

    (lost,) = without_end(journal)
    (judged,) = merge([journal]).ledger

    assert (lost.error, judged.error) == (told, told)
    assert (lost.outcome, lost.list_cost) == ("unknown", None)


def test_a_call_whose_end_is_told_is_none_of_them_whatever_is_damaged() -> None:
    booked = line_of(charge("0.10", id="r1/main/7/1"))

    assert without_end(read_lines("j", lines(HEADER, START, FOREIGN, booked, FOOTER))) == []


def test_journals_that_were_combined_still_say_where_the_line_was(tmp_path: Any) -> None:
    path = tmp_path / "main.jsonl"
    path.write_text("\n".join(lines(HEADER, START, TORN, FOOTER)) + "\n", "utf-8")
    whole = read_lines("all", combined_lines([path], read_journal(path).damage))

    (lost,) = without_end(whole)

    assert lost.error is not None
    assert f"{path}:3, which cannot be read" in lost.error
