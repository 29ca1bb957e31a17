"""What trying cheap models first came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.charges import charge

from pytest_specbudget.core.attribution import Attribution
from pytest_specbudget.core.routed import Role, Routed
from pytest_specbudget.verdicts.cheap_first import cheap_first

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge

PLAN = Attribution(test="t.py::test_a", command="plan", when="call", via="context")


def call(cost: str | None, task: str, role: Role = "primary", **others: Any) -> Charge:
    routed = Routed(**{"task": task, "role": role, "tier": "M", "slot": "a-model", **others})
    made = charge(cost, routed=routed)
    made.attribution = PLAN  # type: ignore[misc] # frozen for users
    return made


def test_escalations_are_told_with_what_they_cost_and_when_they_pay() -> None:
    cheap = [call("0.10", f"t{n}") for n in range(4)]
    judged = [call("0.02", f"t{n}", "validator") for n in range(4)]
    again = [call("0.48", "t3", escalated=True)]

    assert list(cheap_first([*cheap, *judged, *again])) == [
        (
            "cheap first, plan: 4 tasks, 1 escalated (25.0 %), validators cost $0.0800 of $0.9600; "
            "escalating pays up to 75.0 %"
        )
    ]


def test_where_premium_is_no_dearer_escalating_never_pays() -> None:
    calls = [call("0.50", "t"), call("0.10", "t", escalated=True)]

    assert next(cheap_first(calls)).endswith("escalating pays up to 0.0 %")


def test_tasks_that_nobody_judged_are_not_told() -> None:
    assert list(cheap_first([call("0.10", "t"), charge("1")])) == []


@pytest.mark.parametrize(
    "began",
    [
        pytest.param({"tier": "X"}, id="critical work"),
        pytest.param({"reason": "override"}, id="a table that was set aside"),
    ],
)
def test_tasks_that_began_with_premium_models_are_not_told(began: dict[str, Any]) -> None:
    calls = [call("0.50", "t", **began), call("0.10", "t", "validator", tier="X")]

    assert list(cheap_first(calls)) == []


def test_work_that_escalated_to_critical_models_is_told() -> None:
    calls = [call("0.10", "t"), call("0.50", "t", tier="X", escalated=True)]

    assert len(list(cheap_first(calls))) == 1


def test_an_unknown_cost_is_said_and_no_limit_is_derived_from_the_rest() -> None:
    calls = [call(None, "t"), call("0.10", "t", "validator"), call("0.50", "t", escalated=True)]

    assert next(cheap_first(calls)).endswith("of $0.6000; 1 call of unknown cost not counted")
