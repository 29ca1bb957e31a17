"""What a run's calls cost at the base: one file, then and now, and what the run played of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.charges import charge

from pytest_specbudget.baselines.answered import calls_at_base, calls_then
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.staleness import Staleness

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge


@pytest.mark.parametrize(
    ("then", "now", "played", "base"),
    [
        pytest.param("a", "a", "a.t1", "a.t1", id="a request that did not change is as it was"),
        pytest.param("ab", "aB", "a.t1 B.t1", "a.t1 b.t1", id="one that was edited"),
        pytest.param("a", "aa", "a.t1 a.t1", "a.t1", id="a retry was added"),
        pytest.param("aa", "a", "a.t1", "a.t1 a.t1", id="a call was saved"),
        pytest.param("a", "A", "A.t1 A.t2", "a.t1 a.t2", id="tests share what was edited"),
        pytest.param(
            "ab", "aB", "a.t1 a.t2 B.t2", "a.t1 a.t2 b.t2", id="tests share what was not edited"
        ),
        pytest.param("ab", "abA", "b.t1 A.t1", "a.t1 b.t1", id="`new` leaves what was edited"),
        pytest.param("xab", "xabAB", "A.t1 B.t1", "a.t1 b.t1", id="`new` left it before, too"),
        pytest.param("xy", "xyB", "B.t1", "y.t1", id="one request takes the place of one at most"),
        pytest.param("abc", "a", "a.t1", "a.t1 b.t1 c.t1", id="what was removed was called once"),
        pytest.param("", "a", "a.t1", "", id="nothing was there"),
    ],
)
def test_a_file_that_changed(then: str, now: str, played: str, base: str) -> None:
    found = [*calls_at_base(_file(then), _file(now), _played(played, now))]

    assert sorted(f"{one.fingerprint}.{one.attribution.test}" for one in found) == base.split()
    assert len({one.id for one in found}) == len(found)


def test_the_answer_that_was_recorded_then_counts() -> None:
    then, now = [_call("a", 0, cost="1.00")], [_call("a", 0, cost="3.00")]

    (base,) = calls_at_base(then, now, [_call("a", 0, cost="3.00", test="t1")])

    assert base.list_cost == Money.parse("1.00")


def test_what_was_removed_goes_to_the_test_that_is_nearest_in_the_file() -> None:
    calls = [_call("a", 0, test="first"), _call("d", 1, test="second")]

    found = [*calls_at_base(_file("abcd"), _file("ad"), calls)]

    assert ("c", "second") in map(_told, found)


def test_a_call_whose_place_nobody_noted_is_known_by_its_request() -> None:
    call = _call("b", None, test="t1")

    found = [*calls_at_base(_file("ab"), _file("bA"), [call])]

    assert ("b", "t1") in map(_told, found)


def test_a_request_without_credentials_on_disk_is_the_one_that_was_sent() -> None:
    """A recording is written without credentials, so its fingerprint may be another."""
    sent = _call("a with a key", 0, test="t1")

    (base,) = calls_at_base(_file("a"), _file("a"), [sent])

    assert base.fingerprint == sent.fingerprint


class TestAFileThatDidNotChange:
    def test_each_call_is_as_it_was(self) -> None:
        calls = [_call("a", 0, test="t1"), _call("a", 0, test="t2")]

        found = [*calls_then(_file("ab"), calls)]

        assert [*map(_told, found)] == [("a", "t1"), ("a", "t2")]
        assert {one.list_cost for one in found} == {Money.parse("0.10")}

    def test_a_stale_call_is_what_was_recorded(self) -> None:
        stale = Staleness(places=("$.model",), list_cost=Money.parse("0.10"))
        call = _call("A", 0, cost="9.00", test="t1", staleness=stale, verdict="stale")

        (base,) = calls_then(_file("a"), [call])

        assert _told(base) == ("a", "t1")
        assert (base.list_cost, base.staleness) == (Money.parse("0.10"), None)

    def test_a_stale_call_of_an_unknown_place_costs_what_it_noted(self) -> None:
        stale = Staleness(places=("$.model",), list_cost=Money.parse("0.07"))

        (base,) = calls_then(_file("a"), [_call("A", None, cost="9.00", staleness=stale)])

        assert (base.list_cost, base.staleness) == (Money.parse("0.07"), None)


def _file(prompts: str) -> list[Charge]:
    return [_call(prompt, at, test="<late>") for at, prompt in enumerate(prompts)]


def _played(words: str, now: str) -> list[Charge]:
    """Make the calls `a.t1 B.t1`; of a request that was recorded twice, each recording once."""
    calls: list[Charge] = []
    for word in words.split():
        prompt, _, test = word.partition(".")
        places = [at for at, recorded in enumerate(now) if recorded == prompt]
        before = sum(_told(one) == (prompt, test) for one in calls)
        calls.append(_call(prompt, places[min(before, len(places) - 1)], test=test))
    return calls


def _call(prompt: str, place: int | None, *, cost: str = "0.10", **others: Any) -> Charge:
    return charge(
        cost, fingerprint=prompt, cassette="/p/tests/a.yaml", cassette_index=place, **others
    )


def _told(one: Charge) -> tuple[str | None, str]:
    return one.fingerprint, one.attribution.test
