"""What holds for every question and every table."""

from __future__ import annotations

import copy
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.routing import APPENDIX_1, table

from pytest_specbudget.core.money import Money
from pytest_specbudget.routing.canonical import canonical, checksum
from pytest_specbudget.routing.checking import differences
from pytest_specbudget.routing.deciding import Prices, alternates_of, decide
from pytest_specbudget.routing.loading import default_table
from pytest_specbudget.routing.values import CRITICAL, ModelProfile, RoutingTable

COMMANDS = st.sampled_from([*APPENDIX_1, "foo", "/speckit.bar"])
SHARES = st.fractions(min_value=0, max_value=2)
COSTS = st.dictionaries(
    st.sampled_from(sorted(default_table().profiles)), st.none() | st.integers(0, 9)
)


def priced(costs: dict[str, int | None]) -> Prices:
    def price(profile: ModelProfile) -> Money | None:
        cost = costs.get(profile.name, 1)
        return None if cost is None else Money(cost)

    return price


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "stage": draw(st.none() | st.sampled_from(["draft", "tasks"])),
        "tier": draw(st.none() | st.sampled_from("SMCX")),
        "premium": draw(st.booleans()),
        "error_rate": draw(st.none() | SHARES),
        "pressure": draw(st.none() | SHARES),
        "prices": priced(draw(COSTS)),
    }


def strictest() -> RoutingTable:
    """Make a table that does all it can to save."""
    return table('on_budget_pressure = "downgrade"\nselect = "cheapest"\npressure_at = 0\n')


@given(COMMANDS, questions())
def test_equal_questions_get_equal_answers_and_leave_the_table_alone(
    command: str, question: dict[str, Any]
) -> None:
    ours = strictest()
    before = copy.deepcopy(ours)

    answers = [decide(ours, command, **question) for _ in range(2)]

    assert answers[0] == answers[1]
    assert ours == before


@given(st.data(), COMMANDS, st.integers(0, 9))
def test_escalation_never_loops_whatever_the_table_says(
    data: st.DataObject, command: str, most: int
) -> None:
    shipped = default_table()
    above = st.none() | st.sampled_from("SMCX")
    tiers = {
        name: replace(plan, escalation=data.draw(above)) for name, plan in shipped.tiers.items()
    }
    tangled = replace(shipped, tiers=tiers, max_escalations=most)

    decision = decide(tangled, command)

    way = [decision.plan.tier, *(plan.tier for plan in decision.escalations)]
    assert len({*way}) == len(way)
    assert len(way) <= most + 1


@given(st.sampled_from(["audit", "unlock"]), questions())
def test_critical_work_is_never_downgraded(command: str, question: dict[str, Any]) -> None:
    ours = strictest()

    decision = decide(ours, command, **(question | {"tier": None}))

    plan = decision.plan
    asked = {*plan.models}.union(*(alternates_of(ours, plan, name) for name in plan.models))
    assert plan.tier == CRITICAL
    assert not decision.downgraded
    assert all(ours.profiles[name].premium for name in asked)
    assert decision.escalations == ()


@given(COMMANDS, questions())
def test_a_decision_asks_only_models_that_the_table_knows(
    command: str, question: dict[str, Any]
) -> None:
    ours = strictest()

    decision = decide(ours, command, **question)

    plans = (decision.plan, *decision.escalations)
    assert all(name in ours.profiles for plan in plans for name in plan.models)
    assert all(len({*plan.primaries}) == len(plan.primaries) for plan in plans)


def shuffled(value: Any, random: Any) -> Any:
    """Put the keys of every table in another order."""
    if not isinstance(value, dict):
        return value
    keys = [*value]
    random.shuffle(keys)
    return {key: shuffled(value[key], random) for key in keys}


@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_change_the_checksum(random: Any) -> None:
    document = canonical(default_table())

    assert checksum(shuffled(document, random)) == default_table().checksum


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for key in value for leaf in leaves(value[key], (*path, key))]
    return [path]


@given(st.sampled_from(leaves(canonical(default_table()))))
def test_every_change_changes_the_checksum_and_is_named(path: tuple[Any, ...]) -> None:
    old = canonical(default_table())
    new = copy.deepcopy(old)
    place = new
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = "changed"

    (told,) = differences(old, new)

    assert checksum(new) != checksum(old)
    assert told.startswith(f"{path[-1]} ")
    assert told.endswith('is "changed"')


@given(st.permutations(['default = "M"', "error_limit = 0.3", 'select = "cheapest"']))
def test_the_order_in_a_file_does_not_change_the_checksum(lines: list[str]) -> None:
    written = table("\n".join(lines))

    assert written.checksum == table("\n".join(sorted(lines))).checksum
    assert written.error_limit == Fraction(3, 10)
