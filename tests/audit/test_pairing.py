"""Which test and which call became which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sides import call

from pytest_specbudget.audit.pairing import partners
from pytest_specbudget.audit.renaming import renames

if TYPE_CHECKING:
    from random import Random

    from pytest_specbudget.core.ledger import Charge

MOMENTS = [f"2026-11-21T10:00:0{second}Z" for second in range(6)]


def asked(*prompts: str) -> list[Charge]:
    """Make calls of *prompts*, one after the other; `large: x` asks the large model."""
    return [
        call(prompt, model="large" if prompt.startswith("large") else "small", at=at)
        for prompt, at in zip(prompts, MOMENTS, strict=False)
    ]


def names(base: list[Charge], head: list[Charge]) -> set[tuple[str | None, str | None]]:
    return {
        (one.base.fingerprint if one.base else None, one.head.fingerprint if one.head else None)
        for one in partners(base, head)
    }


def suite(tests: dict[str, str]) -> dict[str, list[Charge]]:
    """Make tests that ask the words of their text."""
    return {name: asked(*words.split()) for name, words in tests.items()}


@pytest.mark.parametrize(
    ("base", "head", "pairs"),
    [
        pytest.param("a b", "b a", {("a", "a"), ("b", "b")}, id="the same request comes first"),
        pytest.param("a b", "c d", {("a", "c"), ("b", "d")}, id="the rest is paired in order"),
        pytest.param(
            "a large:b",
            "large:c d",
            {("a", "d"), ("large:b", "large:c")},
            id="the same model comes before another",
        ),
        pytest.param("a", "large:b", {("a", "large:b")}, id="another model is better than none"),
        pytest.param("a", "a b", {("a", "a"), (None, "b")}, id="a new call stands alone"),
        pytest.param("a b", "b", {("a", None), ("b", "b")}, id="so does a call that is gone"),
        pytest.param("", "a", {(None, "a")}, id="nothing pairs with nothing"),
    ],
)
def test_calls_are_paired(base: str, head: str, pairs: set[tuple[str | None, str | None]]) -> None:
    assert names(asked(*base.split()), asked(*head.split())) == pairs


def test_a_request_that_is_made_twice_is_paired_once_each() -> None:
    pairs = partners(asked("a", "a", "b"), asked("a", "a", "a"))

    assert len(pairs) == 3
    assert len({pair.base.id for pair in pairs if pair.base}) == 3


def test_a_failed_attempt_is_not_taken_for_the_answer() -> None:
    failed = call("a", outcome="failed", cost=None, at=MOMENTS[0])
    answered = call("a", at=MOMENTS[1])
    now = call("a")

    pairs = partners([failed, answered], [now])

    assert [pair.base for pair in pairs if pair.head] == [answered]


def test_requests_that_nobody_saw_are_not_the_same() -> None:
    base = [call(model=model, fingerprint=None) for model in ("small", "large")]
    head = [call(model=model, fingerprint=None) for model in ("large", "small")]

    pairs = partners(base, head)

    assert all(
        pair.base and pair.head and pair.base.reading.model == pair.head.reading.model
        for pair in pairs
    )


@given(
    st.lists(st.sampled_from("abc"), max_size=6),
    st.lists(st.sampled_from("bcd"), max_size=6),
    st.randoms(use_true_random=False),
)
def test_every_call_is_in_one_pair_whatever_the_order(
    base: list[str], head: list[str], random: Random
) -> None:
    then, now = asked(*base), asked(*head)
    mixed_then, mixed_now = random.sample(then, len(then)), random.sample(now, len(now))

    pairs = partners(then, now)

    assert sorted(pair.base.id for pair in pairs if pair.base) == sorted(one.id for one in then)
    assert sorted(pair.head.id for pair in pairs if pair.head) == sorted(one.id for one in now)
    assert {*pairs} == {*partners(mixed_then, mixed_now)}


@pytest.mark.parametrize(
    ("base", "head", "renamed"),
    [
        pytest.param(
            {"t.py::test_a": "x y"},
            {"t.py::test_b": "x y"},
            {"t.py::test_a": "t.py::test_b"},
            id="all calls ask the same",
        ),
        pytest.param(
            {"t.py::test_a": "x y"},
            {"t.py::test_b": "x z"},
            {"t.py::test_a": "t.py::test_b"},
            id="exactly half of the calls ask the same",
        ),
        pytest.param(
            {"t.py::test_a": "x y z"},
            {"t.py::test_b": "x v w"},
            {},
            id="less than half is another test",
        ),
        pytest.param(
            {"t.py::test_a": "x"},
            {"t.py::test_b": "x y z"},
            {},
            id="half of the larger of the two counts",
        ),
        pytest.param(
            {"t.py::test_a": "x"},
            {"u.py::test_a": "y"},
            {"t.py::test_a": "u.py::test_a"},
            id="a function that moved to another module",
        ),
        pytest.param(
            {"t.py::test_a[x::y]": "x"},
            {"u.py::TestIt::test_a[x::y]": "y"},
            {"t.py::test_a[x::y]": "u.py::TestIt::test_a[x::y]"},
            id="or into a class, with its parameters",
        ),
        pytest.param(
            {"t.py::test_a[1]": "x"},
            {"u.py::test_a[2]": "y"},
            {},
            id="other parameters are another test",
        ),
        pytest.param(
            {"t.py::test_a": "x"},
            {"u.py::test_a": "y", "v.py::test_a": "z"},
            {},
            id="nobody can tell which of two",
        ),
        pytest.param(
            {"t.py::test_a": "x y", "t.py::test_b": "x z"},
            {"u.py::test_b": "x z", "u.py::test_a": "x y"},
            {"t.py::test_a": "u.py::test_a", "t.py::test_b": "u.py::test_b"},
            id="a whole module moved",
        ),
        pytest.param(
            {"t.py::test_a": "hi", "t.py::test_b": "hi"},
            {"u.py::test_c": "hi", "u.py::test_b": "hi"},
            {"t.py::test_a": "u.py::test_c", "t.py::test_b": "u.py::test_b"},
            id="of tests that ask the same, the same function comes first",
        ),
        pytest.param(
            {"t.py::test_a": "x y"},
            {"u.py::test_b": "x y v", "u.py::test_a": "x w"},
            {"t.py::test_a": "u.py::test_a"},
            id="the same function comes before more requests in common",
        ),
        pytest.param(
            {"<fixture session:db>": "x"},
            {"<fixture session:store>": "x", "t.py::test_a": "x"},
            {"<fixture session:db>": "<fixture session:store>"},
            id="a fixture becomes a fixture",
        ),
        pytest.param({"<late>": "x"}, {"t.py::test_a": "x"}, {}, id="a test is no late call"),
        pytest.param({"<late>": "x"}, {"<collection>": "x"}, {}, id="our own names stay"),
        pytest.param({}, {"t.py::test_a": "x"}, {}, id="nothing has another name"),
    ],
)
def test_renamed_tests_are_found(
    base: dict[str, str], head: dict[str, str], renamed: dict[str, str]
) -> None:
    assert renames(suite(base), suite(head)) == renamed


def test_a_request_that_all_tests_make_tells_none_apart() -> None:
    base = {f"t.py::test_old_{n:02}": f"hello {n}-a {n}-b" for n in range(30)}
    head = {f"t.py::test_new_{n:02}": f"hello {n}-a {n}-c" for n in range(30)}

    renamed = renames(suite(base), suite(head))

    assert renamed == {old: old.replace("old", "new") for old in base}


def test_requests_that_nobody_saw_name_no_test() -> None:
    base = {"t.py::test_a": [call(fingerprint=None)]}
    head = {"t.py::test_b": [call(fingerprint=None)]}

    assert renames(base, head) == {}


@given(st.permutations(range(6)), st.permutations(range(6)))
def test_the_order_of_tests_does_not_matter(then: list[int], now: list[int]) -> None:
    base = suite({f"t.py::test_{n}": f"{n // 2} {n}" for n in then})
    head = suite({f"u.py::check_{n}": f"{n // 2} {n}x" for n in now})

    renamed = renames(base, head)

    assert renamed == {f"t.py::test_{n}": f"u.py::check_{n}" for n in range(6)}


def test_a_recording_that_nobody_told_the_test_of_is_found_once_somebody_does() -> None:
    base = {"<recording cassettes/plan/a.yaml>": [call("plan a trip", test="x")]}
    head = {"tests/test_a.py::test_a": [call("plan a trip", test="y")]}

    assert renames(base, head) == {"<recording cassettes/plan/a.yaml>": "tests/test_a.py::test_a"}
