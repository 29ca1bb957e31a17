"""Plain lines: what is read without pydantic is what pydantic would have read."""

from __future__ import annotations

import json
import tracemalloc
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from support.charges import bound, charge
from support.journals import line_of

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.routed import Routed
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.journal.lines import Start, facts, start_line
from pytest_specbudget.journal.plain import is_plain_start, plain_charge
from pytest_specbudget.journal.reader import read_lines
from pytest_specbudget.journal.schema import ChargeLine, StartLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.core.ledger import Charge

USAGE = Usage(input_tokens=1200, output_tokens=34, cache_read_input_tokens=0)
USUAL = charge(
    "0.001234567",
    id="r1/gw0/7/1",
    worker="gw0",
    usage=USAGE,
    request_model="gpt-5",
    flags=("cached 161 > input 10",),
    fingerprint="5feceb66ffc86f38d952786c6d696c79",
    status=200,
    duration_s=0.25,
    first_byte_s=0.1,
    price_id="openai/gpt-5/2026-01",
    priced_at="2026-11-22T00:00:00Z",
    answered_at="2026-10-01T10:00:00Z",
    cassette="cassettes/test_a.yaml",
    cassette_index=3,
    bound=bound("0.05"),
    routed=Routed(task="t1", role="primary", tier="A", slot="best", attempt=2, escalated=True),
)
USUAL = replace(
    USUAL,
    role="primary",
    tier="A",
    reading=replace(
        USUAL.reading,
        provider_cost=Money.parse("0.0012"),
        unpriced_tools=("file_search 2",),
        response_id="resp_1",
    ),
)
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.0, 2.5, float("nan"), 10**30),
    *("", "x", "1", " 1 ", "0.1", "$0.5", "1e-3", "-1", "1.", "9" * 5000, "live", "hit", "\ud800"),
    *([], ["a"], [1], [["a"]], {}, {"a": 1}, {"input_tokens": True}),
)


def start_of(one: Charge) -> dict[str, Any]:
    values = (one.id, one.at, one.host, one.worker, "openai", "chat", "gpt-5", one.fingerprint)
    start = Start(*values, one.attribution, one.tier, one.bound)
    told: dict[str, Any] = json.loads(start_line(start, facts(start)))
    return told


def changed(line: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield *line* with each of its values odd, each missing, and each of another name.

    Its kind stays: who reads lines has looked at that.
    """
    for *outer, name in paths_in(line):
        if name == "kind":
            continue
        for odd in (*ODD, _GONE, _RENAMED):
            changing = deepcopy(line)
            holder = changing
            for key in outer:
                holder = holder[key]
            told = holder.pop(name)
            if odd is _RENAMED:
                holder["of a later version"] = told
            elif odd is not _GONE:
                holder[name] = odd
            yield changing


_GONE, _RENAMED = object(), object()


def paths_in(value: dict[str, Any], *outer: str) -> Iterator[tuple[str, ...]]:
    for name, inner in value.items():
        yield (*outer, name)
        if isinstance(inner, dict):
            yield from paths_in(inner, *outer, name)


def test_the_lines_of_usual_calls_are_plain() -> None:
    lines = [
        USUAL,
        charge(),
        charge(None, reason="no price for it"),
        charge(error="ReadTimeout: x"),
    ]

    assert [plain_charge(line_of(one)) for one in lines] == lines
    assert all(is_plain_start(start_of(one)) for one in lines)


def test_a_plain_line_of_a_charge_says_what_a_thorough_look_at_it_says() -> None:
    plain = 0
    for line in changed(line_of(USUAL)):
        found = plain_charge(deepcopy(line))
        if found is not None:
            plain += 1
            thorough = ChargeLine.model_validate(line).charge()
            assert repr(found) == repr(thorough), line
    assert plain > 100


def test_a_plain_line_of_a_start_makes_sense_to_a_thorough_look() -> None:
    for line in changed(start_of(USUAL)):
        if is_plain_start(line):
            assert StartLine.model_validate(line).id == line["id"]


def test_a_line_that_is_looked_at_is_left_as_it_is() -> None:
    for line in changed(line_of(USUAL)):
        before = repr(line)
        plain_charge(line)
        assert repr(line) == before


@pytest.mark.parametrize(
    "older",
    [
        pytest.param({"verdict": None}, id="a verdict that is told as unknown"),
        pytest.param({"duration_s": 1}, id="whole seconds"),
        pytest.param({"status": "200"}, id="a number as text"),
        pytest.param({"of a later version": [1]}, id="a key of a later version"),
    ],
)
def test_what_is_not_plain_is_read_all_the_same(older: dict[str, Any]) -> None:
    line = line_of(USUAL) | older

    journal = read_lines("j", [json.dumps(line)])

    assert plain_charge(line) is None
    assert [one.id for one in journal.charges] == [USUAL.id]
    assert journal.damage == []


def test_what_calls_have_in_common_is_kept_once() -> None:
    one, other = (plain_charge(line_of(replace(USUAL, id=name))) for name in ("1", "2"))

    assert one is not None
    assert other is not None
    assert one.attribution is other.attribution
    assert one.list_cost is one.contracted_cost
    assert one.list_cost is other.list_cost


def test_a_call_that_ended_takes_no_more_memory_than_half_again_as_much_as_its_two_lines() -> None:
    calls = [replace(USUAL, id=f"r1/gw0/7/{number:06}") for number in range(2000)]
    lines = [json.dumps(line) for one in calls for line in (start_of(one), line_of(one))]
    read_lines("warm", lines)

    tracemalloc.start()
    journal = read_lines("j", lines)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(journal.charges) == len(calls)
    assert most < 1.5 * sum(map(len, lines)), (kept, most)


def test_a_line_that_makes_no_sense_is_not_plain() -> None:
    for line in (*changed(line_of(USUAL)), {"kind": "charge"}):
        try:
            ChargeLine.model_validate(line)
        except ValidationError:
            assert plain_charge(line) is None, line
