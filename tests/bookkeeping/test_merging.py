"""Charges of many processes become the charges that are judged, each once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journals import call, event, journal

from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.deferred import BEGIN, RETRIEVE

if TYPE_CHECKING:
    from pytest_specbudget.bookkeeping.merging import Merged
    from pytest_specbudget.core.exchange import Source
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.reading import UsageState
    from pytest_specbudget.journal.reader import Journal

SHARED = "<fixture session:warm>"


def costs(merged: Merged) -> list[str]:
    return [str(charge.list_cost) for charge in merged.ledger]


def billed(merged: Merged) -> str:
    return str(merged.ledger.totals().billed_cost)


def test_charges_come_in_the_order_of_time_whatever_the_order_of_the_journals() -> None:
    late, early = call("0.2", at="2026-11-21T10:00:02Z"), call("0.1", at="2026-11-21T10:00:01Z")

    assert costs(merge([journal(late), journal(early)])) == ["0.1", "0.2"]


def test_a_journal_that_is_given_twice_counts_once() -> None:
    one = journal(call("0.1"), call("0.2"))

    assert costs(merge([one, one])) == ["0.1", "0.2"]


def test_equal_calls_of_tests_are_two_calls() -> None:
    twice = [call("0.1", asks="f"), call("0.1", asks="f", worker="gw1")]

    assert costs(merge([journal(*twice)])) == ["0.1", "0.1"]


# A fixture that outlives tests runs once in each worker


def warm(worker: str, asks: str | None = "f", **others: object) -> Journal:
    fixture = {"spec": "SPEC-1", "when": "setup", "fixture": "session:warm"} | others
    return journal(call("0.1", test=SHARED, asks=asks, worker=worker, **fixture), worker=worker)


def test_a_shared_fixture_s_call_is_judged_once_and_billed_as_often_as_it_was_made() -> None:
    merged = merge([warm("gw0"), warm("gw1"), warm("gw2")])

    (kept,) = merged.ledger
    assert (str(kept.list_cost), str(kept.billed_cost), kept.workers) == ("0.1", "0.3", 3)
    assert merged.copies == 2


def test_fixtures_of_two_classes_are_two_even_if_they_have_one_name_and_ask_the_same() -> None:
    merged = merge([warm("gw0", within="t.py::A"), warm("gw1", within="t.py::B")])

    assert costs(merged) == ["0.1", "0.1"]
    assert merged.copies == 0


def test_two_instances_of_one_fixture_are_two_even_if_they_ask_the_same() -> None:
    instances = ["session:warm[small]", "session:warm[large]"]

    merged = merge([warm(f"gw{place}", fixture=one) for place, one in enumerate(instances)])

    assert costs(merged) == ["0.1", "0.1"]
    assert merged.copies == 0


@pytest.mark.parametrize("dear", ["gw0", "gw1"])
def test_of_copies_that_cost_differently_the_dearest_is_judged(dear: str) -> None:
    answers = {worker: "0.5" if worker == dear else "0.1" for worker in ("gw0", "gw1")}

    merged = merge([shared(worker, cost) for worker, cost in answers.items()])

    (kept,) = merged.ledger
    assert (str(kept.list_cost), str(kept.billed_cost)) == ("0.5", "0.6")


@pytest.mark.parametrize("untold", ["gw0", "gw1"])
def test_a_copy_whose_cost_is_unknown_is_not_hidden_by_one_that_is_known(untold: str) -> None:
    states = {worker: "none" if worker == untold else "complete" for worker in ("gw0", "gw1")}

    merged = merge(
        [
            shared(worker, None if state == "none" else "0.5", usage_state=state)
            for worker, state in states.items()
        ]
    )

    (kept,) = merged.ledger
    assert kept.unreported


def shared(worker: str, cost: str | None, **others: Any) -> Journal:
    return journal(call(cost, test=SHARED, asks="f", worker=worker, **others), worker=worker)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"asks": "f"}, {"asks": "g"}, id="another request"),
        pytest.param({"asks": None}, {"asks": None}, id="requests that nobody could see"),
        pytest.param({"when": "setup"}, {"when": "teardown"}, id="setup and teardown"),
        pytest.param({"source": "mock"}, {"source": "live"}, id="a fake's answer"),
    ],
)
def test_calls_that_differ_are_all_judged(one: dict[str, str], other: dict[str, str]) -> None:
    assert len(costs(merge([warm("gw0", **one), warm("gw1", **other)]))) == 2


def test_the_worker_that_made_most_calls_is_the_one_that_counts() -> None:
    # One worker recorded or retried once more than the other: both of its calls were needed.
    (made,) = warm("gw1").charges
    two = [made, replace(made, id=f"{made.id}0")]

    merged = merge([warm("gw0"), journal(*two, worker="gw1")])

    assert costs(merged) == ["0.1", "0.1"]
    assert billed(merged) == "0.3"
    assert [charge.worker for charge in merged.ledger] == ["gw1", "gw1"]


@given(st.lists(st.sampled_from(["f", "g", "h"]), max_size=6), st.integers(1, 4))
def test_the_list_cost_of_a_shared_fixture_does_not_depend_on_the_number_of_workers(
    asked: list[str], workers: int
) -> None:
    journals = [
        journal(*(call("0.1", test=SHARED, asks=asks, worker=f"gw{number}") for asks in asked))
        for number in range(workers)
    ]

    merged = merge(journals)

    totals = merged.ledger.totals()
    assert totals.list_cost == Money.parse("0.1") * len(asked)
    assert totals.billed_cost == Money.parse("0.1") * len(asked) * workers
    assert Counter(charge.fingerprint for charge in merged.ledger) == Counter(asked)


# Reruns


def rerun(source: Source, attempts: int = 3) -> Journal:
    calls = [
        call(f"0.{number}", source=source, attempt=number) for number in range(1, attempts + 1)
    ]
    reruns = [event("attempt", test="t.py::test_a", attempt=one) for one in range(2, attempts + 1)]
    return journal(*calls, *reruns)


@pytest.mark.parametrize(
    ("source", "judged", "retries"),
    [
        pytest.param("replay", ["0.3"], {"t.py::test_a": 2}, id="replayed: the last attempt"),
        pytest.param("mock", ["0.3"], {"t.py::test_a": 2}, id="mocked: the last attempt"),
        pytest.param("live", ["0.1", "0.2", "0.3"], {}, id="live: every attempt was paid"),
        pytest.param("record", ["0.1", "0.2", "0.3"], {}, id="recorded: every attempt was paid"),
    ],
)
def test_which_attempts_of_a_rerun_test_are_judged(
    source: Source, judged: list[str], retries: dict[str, int]
) -> None:
    merged = merge([rerun(source)])

    assert costs(merged) == judged
    assert merged.retries == retries


def test_a_last_attempt_without_any_call_still_replaces_the_one_before() -> None:
    first = call("0.1", source="replay", attempt=1)

    merged = merge([journal(first, event("attempt", test="t.py::test_a", attempt=2))])

    assert (costs(merged), merged.retries) == ([], {"t.py::test_a": 1})


def test_a_rerun_in_another_worker_replaces_the_attempt_of_the_first() -> None:
    first = journal(call("0.1", source="replay", attempt=1), worker="gw0")
    again = call("0.2", source="replay", attempt=2, worker="gw1")
    second = journal(again, event("attempt", test="t.py::test_a", attempt=2), worker="gw1")

    assert costs(merge([first, second])) == ["0.2"]


# Mocks


def test_a_mocked_call_is_shown_and_not_judged() -> None:
    totals = merge([journal(call("0.1", source="mock"))]).ledger.totals()

    assert (totals.mocked_calls, totals.calls, str(totals.list_cost)) == (1, 0, "0")


def test_a_mocked_call_is_judged_like_a_replayed_one_where_that_was_asked() -> None:
    mocked = call("0.1", source="mock", billed_cost=Money())

    totals = merge([journal(mocked)], count_mocked=True).ledger.totals()

    assert (totals.mocked_calls, totals.calls, totals.replayed_calls) == (0, 1, 1)
    assert (str(totals.list_cost), str(totals.billed_cost)) == ("0.1", "0")


# Work that a later answer tells of

COUNTS = Usage(input_tokens=51, output_tokens=15)


def work(cost: str | None, operation: str = "chat", name: str = "w1", **others: Any) -> Charge:
    """Make a charge about the work *name*; one without a cost has no counts."""
    made = call(cost, usage=COUNTS if cost else Usage(), **others)
    state: UsageState = "complete" if cost else "none"
    told: Any = {
        "operation": operation,
        "response_id": name,
        "usage_state": state,
        "counted": bool(cost),
    }
    return replace(made, reading=replace(made.reading, **told))


def begun(operation: str = "chat", **others: Any) -> Charge:
    return work(None, operation, **others)


def told(cost: str | None = "0.3", **others: Any) -> Charge:
    return work(cost, RETRIEVE, **others)


def shown(merged: Merged) -> list[tuple[str, str, bool]]:
    """Return whose each charge is, what it cost, and whether it is unreported."""
    return [
        (charge.attribution.test, str(charge.list_cost), charge.unreported)
        for charge in merged.ledger
    ]


def test_a_call_gets_the_counts_that_a_later_answer_tells() -> None:
    asked = replace(begun(), source="replay")

    merged = merge([journal(asked, replace(told(), price_id="p"), told(), worker="gw0")])

    (kept,) = merged.ledger
    assert (kept.id, str(kept.list_cost), kept.price_id, kept.unreported) == (
        asked.id,
        "0.3",
        "p",
        False,
    )
    assert (kept.reading.operation, kept.reading.usage) == ("chat", COUNTS)
    assert kept.source == "replay"
    assert [charge.reading.counted for charge in merged.repeats] == [False, False]


def test_a_call_that_nobody_told_of_stays_unreported() -> None:
    merged = merge([journal(begun(), told(None, name="w1 f1"))])

    assert shown(merged) == [("t.py::test_a", "None", True)]


def test_what_was_begun_elsewhere_counts_where_it_was_told_first() -> None:
    merged = merge([journal(told(test="t.py::test_b"), told(test="t.py::test_a"))])

    assert shown(merged) == [("t.py::test_a", "0.3", False)]


def test_a_call_that_told_all_is_not_told_again() -> None:
    merged = merge([journal(work("0.1"), told("0.1"), told("0.1"))])

    assert costs(merged) == ["0.1"]
    assert len(merged.repeats) == 2


def test_equal_ids_of_calls_are_two_calls() -> None:
    assert costs(merge([journal(work("0.1"), work("0.1"))])) == ["0.1", "0.1"]


def test_a_batch_counts_at_its_beginning_by_its_results() -> None:
    beginning = begun(BEGIN, name="b1")
    total, results = told("0.4", name="b1 f1"), told("0.3", name="f1")
    parts = (Part(model="m", usage=COUNTS),)
    results = replace(results, reading=replace(results.reading, parts=parts))

    merged = merge([journal(beginning, total, results)])

    (kept,) = merged.ledger
    assert (kept.id, str(kept.list_cost), kept.reading.parts) == (beginning.id, "0.3", parts)


def test_a_fake_s_answer_tells_nothing_of_a_real_call() -> None:
    merged = merge([journal(begun(), told(source="mock"))])

    assert [charge.unreported for charge in merged.ledger] == [True, False]


RUN = [
    begun(test="t.py::test_b", id="r/gw0/7/1", worker="gw0"),
    told(test="t.py::test_b", id="r/gw0/7/2", worker="gw0"),
    begun(test="t.py::test_a", id="r/gw1/7/1", worker="gw1"),
    told(test="t.py::test_a", id="r/gw1/7/2", worker="gw1"),
    told(test="t.py::test_c", id="r/gw1/7/3", worker="gw1"),
]


@given(st.permutations(range(len(RUN))))
def test_the_same_call_gets_the_counts_whatever_the_order(order: list[int]) -> None:
    # Workers share the tests out differently each time, and each numbers and dates its own calls.
    made = [
        replace(RUN[place], at=f"2026-11-21T10:00:0{turn}Z", id=f"r/gw{turn % 2}/7/{turn}")
        for turn, place in enumerate(order)
    ]

    merged = merge([journal(*made[:2]), journal(*made[2:])])

    assert sorted(shown(merged)) == [("t.py::test_a", "0.3", False), ("t.py::test_b", "0", False)]
    assert len(merged.repeats) == 3
