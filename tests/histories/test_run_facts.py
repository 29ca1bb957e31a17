"""What runs tell of themselves, found without reading every line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.core.money import Money
from pytest_specbudget.histories.run_facts import RunFacts, facts_of_runs

if TYPE_CHECKING:
    from pathlib import Path

HEADER = '{"kind":"header","schema":1,"run":"r"}'
WHOLE = RunFacts(is_part=False, ceilings={})


def event(name: str, **values: object) -> str:
    return json.dumps({"kind": "event", "event": name, "values": values})


def facts(tmp_path: Path, *lines: str) -> RunFacts | None:
    folder = tmp_path / "journal/r"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.jsonl").write_text("\n".join(lines), "utf-8")
    return facts_of_runs([tmp_path / "journal"]).get("r")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param(event("ended", journals=[]), WHOLE, id="it came to its end"),
        pytest.param(
            event("partial", reasons=["1 test deselected"]),
            RunFacts(is_part=True, ceilings={}),
            id="tests were left out",
        ),
        pytest.param(
            event("ended", why="killed"), RunFacts(is_part=True, ceilings={}), id="broken off"
        ),
        pytest.param(
            event("settings", limits=[["spec", None, "0.05", "x"], ["session", None, "9", "y"]]),
            RunFacts(is_part=False, ceilings={None: Money.parse("0.05")}),
            id="a ceiling for each SPEC, and none of another scope",
        ),
        pytest.param(
            '{"kind":"charge","reading":{"usage_state":"partial"}}',
            WHOLE,
            id="a call that was cut off is no run that was",
        ),
        pytest.param(event("settings", limits=[["spec", "A", "?", "x"], 7]), WHOLE, id="no amount"),
        pytest.param('{"kind":"event","event":"partial"', WHOLE, id="a torn line"),
    ],
)
def test_a_run_tells_whether_it_was_whole_and_what_it_was_held_to(
    line: str, found: RunFacts, tmp_path: Path
) -> None:
    assert facts(tmp_path, HEADER, line) == found


def test_one_spec_has_its_own_ceiling_before_that_of_all() -> None:
    told = RunFacts(is_part=False, ceilings={None: Money.parse("2"), "A": Money.parse("1")})

    assert (told.ceiling_of("A"), told.ceiling_of("B")) == (Money.parse("1"), Money.parse("2"))


def test_of_several_processes_one_that_left_tests_out_is_enough(tmp_path: Path) -> None:
    facts(tmp_path, HEADER)
    (tmp_path / "journal/r/gw0.jsonl").write_text(f"{HEADER}\n{event('partial')}", "utf-8")

    assert facts_of_runs([tmp_path])["r"].is_part


def test_a_history_without_journals_tells_nothing(tmp_path: Path) -> None:
    assert facts_of_runs([tmp_path]) == {}
