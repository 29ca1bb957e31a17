"""What SPECs have cost so far leaves out the replayed attempts that a rerun replaced."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import bound
from support.journals import call, event, journal

from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.bookkeeping.tally import Tally
from pytest_specbudget.core.money import Money
from pytest_specbudget.plugin.replaced import Replaced
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.core.ledger import Charge

TEST = "t.py::test_a"
OTHER = "<fixture module:corpus>"


def replay(cost: str | None = "0.10", attempt: int = 1, test: str = TEST) -> Charge:
    return call(cost, test=test, spec="A", source="replay", attempt=attempt)


def live(cost: str = "0.10", attempt: int = 1) -> Charge:
    return call(cost, test=TEST, spec="A", attempt=attempt)


def cut() -> Charge:
    return call("0.10", test=TEST, spec="A", source="replay", attempt=1,
                usage_state="partial", bound=bound("0.30"))  # fmt: skip


def of(tally: Tally) -> Replaced:
    books: Any = SimpleNamespace(tally=tally, admission=None, settings=Settings())
    return Replaced(books)


def so_far(attempts: Iterable[Iterable[Charge]]) -> dict[str, Money]:
    """Book what the attempts of one test call, one after the other."""
    tally = Tally()
    replaced = of(tally)
    replaced.begin()
    for number, calls in enumerate(attempts):
        if number:
            replaced.begin_again(TEST)
        for one in calls:
            tally.add(one)
            replaced.hear(one)
    return tally.by_spec


@pytest.mark.parametrize(
    "attempts",
    [
        pytest.param([[replay()], [replay(attempt=2)]], id="a replayed attempt is replaced"),
        pytest.param(
            [[replay()], [replay("0.3", 2)], [replay("0.5", 3)]], id="and so is the one after it"
        ),
        pytest.param([[live()], [live(attempt=2)]], id="what was paid counts"),
        pytest.param([[live(), replay("0.7")], [replay(attempt=2)]], id="each call by itself"),
        pytest.param([[replay(test=OTHER)], [replay(attempt=2)]], id="a fixture's calls stay"),
        pytest.param([[replay(None)], [replay(attempt=2)]], id="what had no price added nothing"),
        pytest.param([[cut()], [replay(attempt=2)]], id="a bound was added as a whole"),
    ],
)
def test_the_sums_are_those_of_the_verdict(attempts: list[list[Charge]]) -> None:
    again = event("attempt", test=TEST, attempt=len(attempts))
    everything = [one for calls in attempts for one in calls]

    judged = merge([journal(*everything, again)]).ledger.totals()

    assert so_far(attempts) == {"A": judged.list_upper}


def test_another_test_takes_nothing_back() -> None:
    tally = Tally()
    replaced = of(tally)
    for _ in range(2):
        replaced.begin()
        tally.add(replay())
        replaced.hear(replay())

    replaced.begin_again("t.py::test_b")

    assert tally.by_spec == {"A": Money.parse("0.2")}
