"""Charges are added up when somebody looks, and whoever looks sees all of them."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call

from pytest_specbudget.bookkeeping.tally import Tally
from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import RETRIEVE

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge

TEST = "t.py::test_a"


def one() -> Charge:
    return call("0.01", test=TEST, spec="A")


def told(of: str | None, operation: str = "chat", **others: Any) -> Charge:
    made = one()
    reading = replace(made.reading, response_id=of, operation=operation, **others)
    return replace(made, reading=reading)


def tallied(count: int) -> Tally:
    tally = Tally()
    for _ in range(count):
        tally.add(one())
    return tally


@pytest.mark.parametrize("count", [1, 99, 100, 101, 250])
def test_a_look_sees_every_charge_however_many_there_are(count: int) -> None:
    tally = tallied(count)

    assert tally.by_spec == {"A": Money.parse("0.01") * count}
    assert (tally.count, tally.list_cost) == (count, Money.parse("0.01") * count)


def test_a_second_look_sees_what_came_in_between() -> None:
    tally = tallied(2)
    before = tally.by_test[TEST].calls
    tally.add(one())

    assert (before, tally.by_test[TEST].calls) == (2, 3)


def test_what_is_taken_out_of_the_sums_stays_out() -> None:
    tally = tallied(2)
    tally.by_test.pop(TEST)
    tally.add(one())

    assert tally.by_test[TEST].calls == 1


def test_charges_of_several_threads_are_all_counted() -> None:
    tally = Tally()

    def add_and_look() -> None:
        for _ in range(150):
            tally.add(one())
            assert tally.count > 0

    threads = [threading.Thread(target=add_and_look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert tally.count == tally.by_test[TEST].calls == 600


def test_a_charge_that_is_booked_while_others_are_added_up_is_counted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The garbage collector may close a stream, and so book its call, within any line."""
    tally, late = tallied(3), [one()]
    add = Totals.add

    def add_and_collect(totals: Totals, charge: Charge) -> None:
        if late:
            tally.add(late.pop())
            assert tally.count < 4
        add(totals, charge)

    monkeypatch.setattr(Totals, "add", add_and_collect)

    assert tally.count == tally.by_test[TEST].calls == 4


def test_what_is_retrieved_counts_unless_its_work_told_it_before() -> None:
    tally = Tally()
    news = [
        tally.add(told("resp_1")),
        tally.add(told("resp_1", RETRIEVE)),
        tally.add(told("resp_2", RETRIEVE)),
        tally.add(told("resp_2", RETRIEVE)),
        tally.add(told("resp_1")),
    ]

    assert news == [True, False, True, False, True]
    assert tally.by_spec == {"A": Money.parse("0.03")}


def test_work_whose_first_answer_lacked_counts_is_news_when_it_is_retrieved() -> None:
    tally = Tally()
    tally.add(told("resp_1", usage_state="partial"))

    assert tally.add(told("resp_1", RETRIEVE))


def test_a_retrieved_answer_without_an_id_is_always_news() -> None:
    tally = Tally()

    assert [tally.add(told(None, RETRIEVE)) for _ in range(2)] == [True, True]
