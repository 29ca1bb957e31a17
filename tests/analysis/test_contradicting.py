"""Of several records of one call, what counts, and what contradicts it."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from support.history import a_record

from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.store.contradicting import Claim, settle

if TYPE_CHECKING:
    from collections.abc import Mapping

    Told = Mapping[str, Any]

PLAIN = named(a_record("0.10", billed_cost=None))
DAY = PLAIN["day"]


def says(**told: Any) -> Claim:
    return Claim(PLAIN | told, recorded=False)


RECORDED = Claim(PLAIN, recorded=True)


ONE_CENT, TEN_CENTS = 10**16, 10**17
LOST = {"outcome": "unknown", "usage_state": "none", "list_cost": None, "source": "live"}
LOST |= {"input_tokens": None, "output_tokens": None, "model": "asked-for"}
SUM = {"operation": "cost_summary", "usage_state": "none"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param([{}, {}], {}, id="the same twice"),
        pytest.param([{"priced_at": None}, {"priced_at": DAY}], {"priced_at": DAY}, id="filled"),
        pytest.param(
            [{"spec": None, "tier": "C"}, {"spec": "S", "tier": None}],
            {"spec": "S", "tier": "C"},
            id="each fills the other",
        ),
        pytest.param(
            [{"usage_state": "none", "input_tokens": None}, {}], {}, id="counts that came later"
        ),
        pytest.param(
            [{"usage_state": "partial", "output_tokens": None}, {}], {}, id="output that came later"
        ),
        pytest.param(
            [{"usage_state": "partial", "input_tokens": None}, {}], {}, id="input that came later"
        ),
        pytest.param(
            [
                {"usage_state": "partial", "output_tokens": None},
                {"usage_state": "none", "input_tokens": None, "output_tokens": None},
            ],
            {"usage_state": "partial", "output_tokens": None},
            id="half of the counts beside none",
        ),
        pytest.param([{"clock": DAY}, {}], {"clock": DAY}, id="a clock beside none of its own"),
        pytest.param([LOST, {}], {}, id="an end that was seen elsewhere"),
        pytest.param(
            [LOST | {"input_tokens": 999}, {}], {}, id="an end with more than was seen before it"
        ),
        pytest.param(
            [SUM | {"list_cost": 1}, SUM | {"list_cost": 2, "at": DAY}],
            SUM | {"list_cost": 2, "at": DAY},
            id="a summary that grew",
        ),
    ],
)
@pytest.mark.parametrize("recorded", [None, 0, 1], ids=["all new", "the first old", "the last old"])
def test_what_only_tells_more_is_no_contradiction(
    told: list[Told], expected: dict[str, Any], recorded: int | None
) -> None:
    claims = [says(**one)._replace(recorded=place == recorded) for place, one in enumerate(told)]

    for order in permutations(claims):
        assert settle(order) == (PLAIN | expected, ())


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        pytest.param({"list_cost": ONE_CENT}, "list_cost 0.1 here, 0.01 there", id="cheaper"),
        pytest.param({"list_cost": 9 * TEN_CENTS}, "list_cost 0.1 here, 0.9 there", id="dearer"),
        pytest.param({"input_tokens": 9}, "input_tokens 1000 here, 9 there", id="other counts"),
        pytest.param(
            {"usage_state": "partial"},
            "usage_state complete here, partial there",
            id="a lower bound",
        ),
        pytest.param({"spec": "B"}, "spec SPEC-1 here, B there", id="of another SPEC"),
        pytest.param({"outcome": "failed"}, "outcome answered here, failed there", id="failed"),
        pytest.param(
            LOST | {"input_tokens": 5000},
            "input_tokens 1000 here, 5000 there",
            id="more than at its end",
        ),
        pytest.param(
            {"list_cost": 1, "input_tokens": 1, "output_tokens": 1, "spec": "B", "stage": "b"},
            "; and 1 more",
            id="in many ways",
        ),
    ],
)
def test_what_contradicts_a_record_is_refused_and_the_record_stays(
    told: dict[str, Any], reason: str
) -> None:
    other = says(**told)

    settled = settle([other, RECORDED])

    assert settled.kept == PLAIN
    ((refused, why),) = settled.refused
    assert refused is other
    assert why.startswith("contradicts what is recorded under this id: ")
    assert reason in why


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        pytest.param([{"list_cost": 1}, {"list_cost": 2}, {"list_cost": None}], 1, id="dearest"),
        pytest.param([{"list_cost": 1}, {"list_cost": None, "spec": "B"}], 0, id="one with a cost"),
        pytest.param([{"pages": 1}, {"pages": 2}], 1, id="the one that used most"),
        pytest.param(
            [{"list_cost": 2, "outcome": "unknown"}, {"list_cost": 1}], 1, id="one that ended"
        ),
    ],
)
def test_of_new_ones_that_contradict_each_other_it_keeps_in_any_order(
    told: list[dict[str, Any]], kept: int
) -> None:
    claims = [says(**one) for one in told]

    for order in permutations(claims):
        settled = settle(order)
        assert settled.kept == claims[kept].told
        assert len(settled.refused) == 1
