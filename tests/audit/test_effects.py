from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from support.charges import bound
from support.sides import call, kinds, requote, side

from pytest_specbudget.audit.aligning import align
from pytest_specbudget.audit.effects import BOUND, OTHER, WHOLE_RUN, effects
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pytest_specbudget.audit.comparison import Effects, Side
    from pytest_specbudget.audit.effects import Kinds
    from pytest_specbudget.core.ledger import Charge

SMALL = "0.002"
"""What the usual call of the small model costs: 1,000 tokens in, 100 out."""


def shown(one: Effects) -> dict[str, str]:
    """Return the effects that are not nothing."""
    parts = {name: getattr(one, name) for name in ("price", "calls", "mix", "tokens")}
    return {name: str(amount) for name, amount in parts.items() if amount}


def split(base: Side, head: Side, by_kind: Kinds = kinds) -> tuple[Effects, ...]:
    return effects(align(base, head), requote, by_kind)


def of_run(base: Side, head: Side) -> Effects:
    return split(base, head)[0]


@pytest.mark.parametrize(
    ("base", "head", "parts"),
    [
        pytest.param([call()], [call()], {}, id="nothing changed"),
        pytest.param([], [], {}, id="nothing at all"),
        pytest.param([call()], [call(), call()], {"calls": SMALL}, id="a call more"),
        pytest.param([call(), call()], [call()], {"calls": "-0.002"}, id="a call less"),
        pytest.param([], [call()], {"calls": SMALL}, id="nothing before"),
        pytest.param([call()], [], {"calls": "-0.002"}, id="nothing now"),
        pytest.param([call()], [call(model="large")], {"mix": "0.018"}, id="another model"),
        pytest.param(
            [call(), call()],
            [call(), call(model="large"), call(model="large")],
            {"calls": "0.02", "mix": "0.018"},
            id="a model appears, and a call",
        ),
        pytest.param(
            [call("a"), call("b", model="large")],
            [call("a"), call("b", model="large"), call("c")],
            {"calls": SMALL},
            id="a cheap call more where models are mixed is that call alone",
        ),
        pytest.param(
            [call("a"), call("b", model="large")],
            [call("b", model="large")],
            {"calls": "-0.002"},
            id="and a cheap call less likewise",
        ),
        pytest.param(
            [call()],
            [call(model="large", tokens=(2_000, 100))],
            {"mix": "0.018", "tokens": "0.01"},
            id="another model, asked more: what was asked before makes the model's part",
        ),
        pytest.param(
            [call()], [call(tokens=(2_000, 100))], {"tokens": "0.001"}, id="a longer prompt"
        ),
        pytest.param(
            [call(), call()],
            [call(), call(outcome="failed", cost="0", tokens=(0, 0)), call()],
            {},
            id="an attempt that failed weighs nothing",
        ),
        pytest.param(
            [call(outcome="failed", cost=None, tokens=(0, 0))],
            [call(outcome="failed", cost=None, tokens=(0, 0), model="large")],
            {},
            id="nothing but attempts that failed",
        ),
        pytest.param(
            [call(cost="0", free="ours")],
            [call(cost="0", free="ours"), call()],
            {"calls": SMALL},
            id="calls that cost nothing before",
        ),
    ],
)
def test_a_change_is_split_by_what_made_it(
    base: list[Charge], head: list[Charge], parts: dict[str, str]
) -> None:
    assert shown(of_run(side(*base), side(*head))) == parts


def test_tokens_are_split_by_kind_and_a_lost_cache_shows_as_the_two_that_it_moves() -> None:
    base = side(call(cached=800, tokens=(1_000, 100)))
    head = side(call(cached=0, tokens=(1_000, 150)))

    one = of_run(base, head)

    told = {kind: str(amount) for kind, amount in one.kinds.items()}
    assert told == {"cache read": "-0.00008", "input": "0.0008", "output": "0.0005"}
    assert str(one.tokens) == "0.00122"


def test_what_the_base_cost_at_its_own_prices_is_the_price_effect_and_nothing_else() -> None:
    then, now = call(), call(tokens=(2_000, 100))
    base = side(then, own_costs={then.id: Money.parse("0.005")})

    one = of_run(base, side(now))

    assert (str(one.base), str(one.head)) == ("0.005", "0.003")
    assert shown(one) == {"price": "-0.003", "tokens": "0.001"}


def test_specs_follow_the_whole_run_sorted() -> None:
    base = side(call(spec="B"), call(spec="A"))
    head = side(call(spec="B"), call(spec="C"), call())

    found = split(base, head)

    assert [(one.subject, shown(one).get("calls")) for one in found] == [
        (WHOLE_RUN, SMALL),
        ("(unassigned)", SMALL),
        ("A", "-0.002"),
        ("B", None),
        ("C", SMALL),
    ]


def test_without_any_spec_the_whole_run_says_it_all() -> None:
    assert [one.subject for one in split(side(call()), side(call()))] == [WHOLE_RUN]


def test_what_nobody_knows_the_cost_of_is_left_out_with_all_that_holds_it() -> None:
    base = side(call(spec="A"), call(spec="B"))
    head = side(call(spec="A", cost=None), call(spec="B"))

    assert [one.subject for one in split(base, head)] == ["B"]


def test_of_a_bounded_call_the_upper_end_counts() -> None:
    unread = call(cost=None, usage_state="unreadable", bound=bound("0.05"))

    one = of_run(side(call()), side(unread))

    assert str(one.head) == "0.05"
    assert {kind: str(amount) for kind, amount in one.kinds.items()} == {
        BOUND: "0.05",
        "input": "-0.001",
        "output": "-0.001",
    }


def test_a_cost_that_no_kind_explains_is_still_in_the_split() -> None:
    one = split(side(call()), side(call(cost="0.01")), lambda _charge: None)[0]

    assert {kind: str(amount) for kind, amount in one.kinds.items()} == {OTHER: "0.008"}


def test_a_test_that_was_left_out_changes_nothing() -> None:
    base = side(call(test="tests/a.py::test_a"), call(test="tests/a.py::test_b"))
    head = side(call(test="tests/a.py::test_a"), unrun=frozenset({"tests/a.py::test_b"}))

    assert shown(of_run(base, head)) == {}


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - cases to try, no secrets


def pool() -> list[Charge]:
    """Make calls of few models, new ones and old ones, that cost odd amounts."""
    chance = dice(20261122)
    made = []
    for number in range(300):
        tokens = (chance.randrange(5_000), chance.randrange(900))
        failed = number % 11 == 0
        made.append(
            call(
                model=chance.choice(("small", "large", "a", "b", "c")),
                spec=chance.choice(("A", "B", "C", "(unassigned)")),
                tokens=(0, 0) if failed else tokens,
                cached=0 if failed else chance.randrange(tokens[0] + 1),
                cost="0" if failed else f"0.{chance.randrange(10**18):018d}",
                outcome="failed" if failed else "answered",
            )
        )
    return made


def test_the_split_of_2000_random_ledgers_adds_up_to_the_last_attodollar() -> None:
    chance, calls = dice(6), pool()
    for _ in range(2_000):
        models = {*chance.sample(("small", "large", "a", "b", "c"), 3)}
        before = chance.sample(calls, chance.randrange(12))
        after = [
            one for one in chance.sample(calls, chance.randrange(12)) if one.reading.model in models
        ]
        own = {one.id: Money(chance.randrange(10**18)) for one in before if chance.random() < 0.3}

        for one in split(side(*before, own_costs=own), side(*after)):
            assert one.price + one.calls + one.mix + one.tokens == one.head - one.base
            assert Money.total(one.kinds.values()) == one.tokens


def test_the_specs_add_up_to_the_whole_run() -> None:
    calls = pool()
    base, head = side(*calls[:150]), side(*calls[150:])

    whole, *specs = split(base, head)

    for name in ("base", "head", "price", "calls", "mix", "tokens"):
        assert Money.total(getattr(one, name) for one in specs) == getattr(whole, name)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_calls_changes_nothing(seed: int) -> None:
    calls = pool()
    mixed = [*calls]
    dice(seed).shuffle(mixed)
    before, after = calls[:40], calls[30:90]

    again = split(
        side(*(one for one in mixed if one in before)),
        side(*(one for one in mixed if one in after)),
    )

    assert again == split(side(*before), side(*after))
