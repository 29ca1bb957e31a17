"""It does not matter on how many machines a run was spread, nor how its journals are joined."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.journals import call

from pytest_specbudget.bookkeeping.recall import values_of
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.journal.combining import combined_lines, write_combined
from pytest_specbudget.journal.lines import charge_line
from pytest_specbudget.journal.reader import read_journal
from pytest_specbudget.settings.settings import Limit, Settings
from pytest_specbudget.verdicts.closing import report_of_journals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.reports.report import Report

HELD = Settings(
    limits=(
        Limit(scope="spec", ceiling=Money.parse("0.40"), origin="--spec-budget=0.40"),
        Limit(scope="session", ceiling=Money.parse("0.90"), origin="--spec-session-budget=0.90"),
    ),
    asked=True,
)


def event(name: str, **values: Any) -> str:
    return json.dumps({"kind": "event", "event": name, "values": values})


TOLD = event("settings", **values_of(HELD))
NO_TEST = "<fixture session:client>"


def made(number: int) -> Charge:
    """Make the call of this number; every fifth is one that each machine's fixture makes."""
    shared = number % 5 == 0
    test = NO_TEST if shared else f"t.py::test_{number % 7}"
    unpriced = number % 11 == 3
    return call(
        None if unpriced else f"0.{number:02}",
        id=f"run-{number % 3}/main/7/{number:06}",
        at=f"2026-11-21T10:00:{number:02}Z",
        test=test,
        spec="" if shared else f"SPEC-{number % 4}",
        asks="hello" if shared else f"question {number}",
        model=f"model-{number % 2}",
        stage=f"stage-{number % 2}",
        usage=Usage(input_tokens=10 * number, output_tokens=number),
        source="live" if number % 2 else "replay",
    )


CALLS = [made(number) for number in range(24)]
OF_TESTS = [one for one in CALLS if one.attribution.test != NO_TEST]
SHARED = [one for one in CALLS if one.attribution.test == NO_TEST]
LINES = [
    *map(charge_line, CALLS),
    event("attempt", test="t.py::test_1", attempt=2),
    event("limit", node="t.py", spec="SPEC-1"),
    event("limit", node="t.py", spec="SPEC-2"),
]


def write(path: Path, lines: Iterable[str], shard: str = "1", *, ended: bool = True) -> Path:
    """Write the journal of a process; its footer agrees with its lines."""
    lines = list(lines)
    charges = [values for line in lines if (values := json.loads(line))["kind"] == "charge"]
    cost = Money.total(Money.parse(values.get("list_cost", 0)) for values in charges)
    header = {"kind": "header", "schema": 1, "run": f"run-{shard}", "worker": "main"}
    footer = {"kind": "footer", "count": len(charges), "list_cost": str(cost)}
    whole = [json.dumps({**header, "shard": shard}), *lines, *([json.dumps(footer)] * ended)]
    path.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")
    return path


def judged(found: Report) -> Report:
    """Return what a report says, without how it is called."""
    return replace(found, run="")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_combining_is_idempotent_and_free_of_order(data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.lists(st.sampled_from(LINES)), min_size=1, max_size=4))
    again = data.draw(st.permutations(range(len(parts))))
    with TemporaryDirectory() as folder:
        paths = [
            write(Path(folder, f"{number}.jsonl"), lines, str(number))
            for number, lines in enumerate(parts)
        ]
        once = list(combined_lines(paths))
        combined = Path(folder, "all.jsonl")
        write_combined(paths, combined)
        some = data.draw(st.lists(st.sampled_from(paths)))

        assert list(combined_lines([paths[number] for number in again])) == once
        assert list(combined_lines([combined])) == once
        assert list(combined_lines([*some, combined, *some])) == once


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=7, max_size=7), st.sets(st.sampled_from(OF_TESTS)))
def test_the_verdict_on_many_shards_is_that_of_one_big_run(
    places: Sequence[int], calls: set[Charge]
) -> None:
    ordered = sorted(calls, key=lambda one: one.id)
    with TemporaryDirectory() as folder:
        big = write(Path(folder, "big.jsonl"), [TOLD, *map(charge_line, ordered)])
        spread = [[one for one in ordered if places[_test(one)] == place] for place in range(5)]
        shards = [
            write(Path(folder, f"{place}.jsonl"), [TOLD, *map(charge_line, part)], str(place))
            for place, part in enumerate(spread)
        ]
        combined = Path(folder, "all.jsonl")
        write_combined(shards, combined)

        alone = judged(report_of_journals([big]))
        assert judged(report_of_journals(shards)) == alone
        assert judged(report_of_journals(reversed(shards))) == alone
        assert judged(report_of_journals([combined])) == alone


def test_a_fixture_that_each_shard_runs_is_judged_once(tmp_path: Path) -> None:
    own = [replace(SHARED[0], id=f"run-{shard}/main/7/000001") for shard in range(3)]
    big = write(tmp_path / "big.jsonl", [TOLD, charge_line(own[0])])
    shards = [
        write(tmp_path / f"{shard}.jsonl", [TOLD, charge_line(one)], str(shard))
        for shard, one in enumerate(own)
    ]
    write_combined(shards, tmp_path / "all.jsonl")

    alone = report_of_journals([big])
    for found in (report_of_journals(shards), report_of_journals([tmp_path / "all.jsonl"])):
        assert found.verdict == alone.verdict
        assert (found.totals.calls, found.totals.list_cost) == (1, alone.totals.list_cost)


def test_an_event_that_a_process_wrote_twice_is_kept_twice_and_that_of_two_machines_once(
    tmp_path: Path,
) -> None:
    told = event("trouble", where="httpx")
    paths = [write(tmp_path / f"{name}.jsonl", [told, told], name) for name in ("a", "b")]

    assert [line for line in combined_lines(paths) if "trouble" in line] == [told, told]


def test_the_combined_journal_names_what_it_came_from_and_counts_what_it_holds(
    tmp_path: Path,
) -> None:
    paths = [
        write(tmp_path / "1.jsonl", [TOLD, charge_line(CALLS[1])], "1"),
        write(tmp_path / "2.jsonl", [TOLD, charge_line(CALLS[2])], "2"),
    ]

    first, *_, last = map(json.loads, combined_lines(paths))

    assert (first["run"], first["shard"], first["worker"]) == ("run-1+run-2", "1+2", "combined")
    assert (last["count"], last["list_cost"], last["events"]) == (2, "0.03", 1)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('{"kind":"charge","i', id="torn"),
        pytest.param('{"kind":"charge","id":"x","list_cost":"-1"}', id="no amount"),
        pytest.param('{"kind":"charge"}', id="next to nothing"),
        pytest.param('{"kind":["charge"]}', id="a kind that is none"),
        pytest.param("[" * 100_000, id="hostile"),
    ],
)
def test_a_line_that_makes_no_sense_is_left_out_and_told(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "a.jsonl", [TOLD, charge_line(CALLS[1])])
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    combined = tmp_path / "all.jsonl"
    write_combined([path], combined, read_journal(path).damage)

    again = read_journal(combined)

    assert (again.damage, again.incomplete, len(again.charges)) == ([], None, 1)
    assert [one.event for one in again.events] == ["settings", "damage"]
    assert report_of_journals([combined]).verdict.result == "inconclusive"


def _test(call: Charge) -> int:
    return int(call.attribution.test.rpartition("_")[2])
