"""A charge that was written is read back as it was, to the last attodollar."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.charges import charge
from support.journals import line_of

from pytest_specbudget.core.attribution import Attribution, Via, When
from pytest_specbudget.core.bound import Bound
from pytest_specbudget.core.exchange import CallVerdict, Outcome, Source
from pytest_specbudget.core.ledger import Charge
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part, Reading, UsageState
from pytest_specbudget.core.routed import Role, Routed
from pytest_specbudget.core.staleness import Staleness
from pytest_specbudget.core.usage import USAGE_FIELDS, Usage
from pytest_specbudget.journal.lines import Start, charge_line, facts, start_line
from pytest_specbudget.journal.reader import read_lines

BOUND = Bound(usd=Money.parse("0.05"), by='hosts."gw"')

# Any text a program can hold, lone surrogates, line ends and U+2028 included.
text = st.text(alphabet=st.characters(exclude_categories=()), max_size=12)
maybe = st.none() | text
money = st.builds(Money, st.integers(0, 10**30))
usage = st.builds(
    Usage.of, st.dictionaries(st.sampled_from(USAGE_FIELDS), st.integers(0, 10**15), max_size=5)
)


def one_of(literal: object) -> st.SearchStrategy[str]:
    return st.sampled_from(get_args(literal))


readings = st.builds(
    Reading,
    provider=text,
    operation=text,
    request_model=maybe,
    response_model=maybe,
    usage=usage,
    usage_state=one_of(UsageState),
    streaming=st.booleans(),
    response_id=maybe,
    service_tier=maybe,
    region=maybe,
    parts=st.lists(st.builds(Part, model=text, usage=usage), max_size=2).map(tuple),
    provider_cost=st.none() | money,
    counted=st.booleans(),
    real_model=maybe,
    free=maybe,
    certain=st.booleans(),
    flags=st.lists(text, max_size=2).map(tuple),
    unpriced_tools=st.lists(text, max_size=2).map(tuple),
)
attributions = st.builds(
    Attribution,
    test=text,
    spec=text,
    command=maybe,
    stage=maybe,
    phase=maybe,
    when=one_of(When),
    fixture=maybe,
    via=one_of(Via),
    attempt=st.integers(1, 9),
    within=maybe,
    stale=maybe,
)
charges = st.builds(
    Charge,
    id=text,
    at=text,
    host=text,
    fingerprint=maybe,
    reading=readings,
    attribution=attributions,
    source=one_of(Source),
    outcome=one_of(Outcome),
    status=st.none() | st.integers(100, 599),
    list_cost=st.none() | money,
    contracted_cost=st.none() | money,
    billed_cost=st.none() | money,
    price_id=maybe,
    reason=maybe,
    worker=text,
    duration_s=st.none() | st.floats(0, 1e6),
    first_byte_s=st.none() | st.floats(0, 1e6),
    error=maybe,
    cassette=maybe,
    cassette_index=st.none() | st.integers(0, 9),
    answered_at=maybe,
    priced_at=maybe,
    role=maybe,
    tier=maybe,
    bound=st.none() | st.builds(Bound, usd=money, by=text),
    verdict=one_of(CallVerdict),
    routed=st.none()
    | st.builds(
        Routed,
        task=text,
        role=one_of(Role),
        tier=text,
        slot=text,
        attempt=st.integers(1, 9),
        escalated=st.booleans(),
        reason=maybe,
        table=text,
    ),
    staleness=st.none()
    | st.builds(
        Staleness,
        places=st.lists(text).map(tuple),
        foreign=st.booleans(),
        excused=st.booleans(),
        listed=st.booleans(),
        model=maybe,
        input_tokens=st.none() | st.integers(0, 10**9),
        list_cost=st.none() | money,
    ),
)


@given(charges)
def test_a_charge_is_read_back_as_it_was_written(one: Charge) -> None:
    journal = read_lines("j", [charge_line(one)])

    assert journal.damage == []
    assert journal.charges == [one]


def test_a_line_holds_every_field_of_a_charge_but_the_number_of_workers() -> None:
    # How many workers made the same call is found out when journals are merged.
    names = ("fingerprint", "price_id", "priced_at", "reason", "error", "cassette", "role", "tier")
    others: dict[str, Any] = dict.fromkeys(names, "known")
    others |= {
        "status": 200,
        "duration_s": 0.5,
        "first_byte_s": 0.1,
        "cassette_index": 0,
        "bound": BOUND,
    }
    others |= {"answered_at": "2026-01-01T00:00:00Z"}
    others |= {"routed": Routed(task="t", role="primary", tier="S", slot="m")}
    others |= {"staleness": Staleness(places=("$.model",))}

    line = line_of(charge("0.10", **others))

    assert line.keys() - {"kind"} == set(Charge.__dataclass_fields__) - {"workers"}


@given(text, money)
def test_a_call_without_an_answer_keeps_the_bound_of_its_start(by: str, usd: Money) -> None:
    start = Start(
        id="r/main/7/1",
        at="2026-11-21T10:00:00Z",
        host="llm-gw.corp",
        worker="main",
        provider="openai",
        operation="chat",
        model="fast-1",
        fingerprint=None,
        attribution=Attribution(test="t.py::test_a", when="call", via="context"),
        tier=None,
        bound=Bound(usd=usd, by=by),
    )

    (lost,) = read_lines("j", [start_line(start, facts(start))]).unanswered

    assert (lost.bound, lost.bounded) == (start.bound, True)


@pytest.mark.parametrize(
    "strange",
    [
        pytest.param({"list_cost": 0.1}, id="a float is no amount"),
        pytest.param({"list_cost": "-1"}, id="a cost below zero"),
        pytest.param({"list_cost": "NaN"}, id="a cost that is no number"),
        pytest.param({"source": "dream"}, id="an unknown source"),
        pytest.param({"reading": {"provider": "x"}}, id="a reading without its state"),
        pytest.param({"bound": {"usd": 0.05}}, id="a bound that is a float"),
        pytest.param({"at": None}, id="no time"),
    ],
)
def test_a_line_that_makes_no_sense_is_damage_with_file_and_line(
    strange: dict[str, object],
) -> None:
    good, bad = charge_line(charge("0.10")), line_of(charge("0.20")) | strange

    journal = read_lines("gw0.jsonl", [good, json.dumps(bad), good])

    assert [one.list_cost for one in journal.charges] == [Money.parse("0.10")] * 2
    (told,) = journal.damage
    assert told.startswith(f"gw0.jsonl:2: {next(iter(strange))}")


@given(usage)
def test_a_count_below_zero_is_damage_and_never_a_charge(counts: Usage) -> None:
    line = line_of(replace(charge("0.10"), reading=reading_of(counts)))
    line["reading"]["usage"]["input_tokens"] = -1

    journal = read_lines("j", [json.dumps(line)])

    assert (journal.charges, len(journal.damage)) == ([], 1)


def reading_of(counts: Usage) -> Reading:
    return Reading(provider="openai", operation="chat", usage=counts, usage_state="complete")


@given(st.binary(max_size=40))
def test_no_bytes_break_the_reader(noise: bytes) -> None:
    good = charge_line(charge("0.10"))

    text = noise.decode("utf-8", errors="replace")
    journal = read_lines("j", [good, *text.split("\n"), good])

    assert len(journal.charges) == 2
