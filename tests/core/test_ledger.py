from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.charges import charge, ledger

from pytest_specbudget.core.ledger import Charge, Ledger, Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import BEGIN, RETRIEVE
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import Source

USAGE = Usage(
    input_tokens=10,
    output_tokens=5,
    cache_read_input_tokens=4,
    cache_write_input_tokens=3,
    reasoning_output_tokens=2,
)


def counted(one: Charge) -> dict[str, Any]:
    """Return every total of *one* that is not 0, money as text."""
    totals = Ledger([one]).totals()
    values = {field.name: getattr(totals, field.name) for field in fields(Totals)}
    return {name: str(v) if isinstance(v, Money) else v for name, v in values.items() if v}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(
            charge("0.10", usage=USAGE, source="live", billed_cost=Money.parse("0.10")),
            {
                "calls": 1,
                "input_tokens": 10,
                "output_tokens": 5,
                "cache_read_input_tokens": 4,
                "cache_write_input_tokens": 3,
                "reasoning_output_tokens": 2,
                "list_cost": "0.1",
                "contracted_cost": "0.1",
                "billed_cost": "0.1",
            },
            id="a live answer has tokens and all three costs",
        ),
        pytest.param(
            charge("0.10"),
            {"calls": 1, "replayed_calls": 1, "list_cost": "0.1", "contracted_cost": "0.1"},
            id="a replayed answer is billed nothing",
        ),
        pytest.param(
            charge("0.10", usage=USAGE, source="mock"),
            {"mocked_calls": 1},
            id="a mocked answer is only counted as such",
        ),
        pytest.param(
            charge("0", source="live", outcome="failed", usage_state="none"),
            {"calls": 1, "failed_calls": 1},
            id="a failed attempt is a call that costs nothing",
        ),
        pytest.param(
            charge(None, source="live", outcome="unknown", usage_state="none"),
            {"calls": 1, "unknown_calls": 1},
            id="a call without an answer is unknown, not unpriced",
        ),
        pytest.param(
            charge(None), {"calls": 1, "replayed_calls": 1, "unpriced_calls": 1}, id="no price"
        ),
        pytest.param(
            charge(None, usage_state="none"),
            {"calls": 1, "replayed_calls": 1, "unreported_calls": 1},
            id="no counts: unreported, and not unpriced as well",
        ),
        pytest.param(
            charge(None, usage_state="unreadable"),
            {"calls": 1, "replayed_calls": 1, "unreported_calls": 1},
            id="counts that make no sense",
        ),
        pytest.param(
            charge("0", usage_state="none", free="our own machine"),
            {"calls": 1, "replayed_calls": 1},
            id="a host that is declared free need not report",
        ),
    ],
)
def test_a_charge_is_counted_for_what_it_is(one: Charge, expected: dict[str, Any]) -> None:
    assert counted(one) == expected


def test_a_thousand_small_charges_add_up_exactly() -> None:
    assert str(ledger(*["0.000732"] * 1_000).totals().list_cost) == "0.732"


charges = st.builds(
    charge,
    st.none() | st.integers(0, 10**20).map(lambda atto: str(Money(atto))),
    test=st.sampled_from(["a", "b", "c"]),
    source=st.sampled_from(["live", "record", "replay", "mock"]),
    outcome=st.sampled_from(["answered", "failed", "unknown"]),
    usage_state=st.sampled_from(["complete", "partial", "none", "unreadable"]),
    usage=st.builds(Usage, input_tokens=st.none() | st.integers(0, 9)),
)


@given(made=st.lists(charges, max_size=8))
def test_the_parts_add_up_to_the_whole(made: list[Charge]) -> None:
    books = Ledger(made)
    parts = books.by(lambda one: one.attribution.test).values()

    for field in fields(Totals):
        zero = getattr(Totals(), field.name)
        assert sum((getattr(part, field.name) for part in parts), zero) == getattr(
            books.totals(), field.name
        )


def test_groups_come_in_the_order_of_their_names() -> None:
    books = Ledger([charge(test="b"), charge(test="a"), charge(test="b")])

    groups = books.by(lambda one: one.attribution.test)

    assert {name: totals.calls for name, totals in groups.items()} == {"a": 1, "b": 2}
    assert list(groups) == ["a", "b"]


def test_a_ledger_can_be_narrowed() -> None:
    books = Ledger([charge(test="b"), charge(test="a")])

    assert [
        one.attribution.test for one in books.only(lambda one: one.attribution.test == "a")
    ] == ["a"]


@pytest.mark.parametrize("operation", [RETRIEVE, BEGIN])
@pytest.mark.parametrize("source", ["live", "replay", "mock"])
def test_what_is_about_a_call_adds_costs_and_no_call(operation: str, source: Source) -> None:
    one = charge("0.10", source=source)
    about = replace(one, reading=replace(one.reading, operation=operation))

    told = counted(about)

    assert [name for name in told if name.endswith("calls")] == []
    assert bool(told) is (source != "mock")
