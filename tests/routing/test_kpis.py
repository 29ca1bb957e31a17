"""The five figures of how a suite is routed; what is unknown is in none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.routing import MARKET, model_call, table

from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.routed import Routed
from pytest_specbudget.routing.kpis import kpis
from pytest_specbudget.routing.standing import Standings

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge

HAIKU, SONNET = "claude-3-5-haiku-20241022", "claude-sonnet-4-20250514"
ROUTED = Routed(task="t", role="primary", tier="M", slot="x")


def call(model: str = HAIKU, command: str | None = "plan", **others: Any) -> Charge:
    return model_call("anthropic", model, command=command, **{"routed": ROUTED, **others})


def figures(*calls: Charge) -> dict[str, tuple[str, bool]]:
    found = kpis(Ledger(list(calls)), Standings(table(), MARKET))
    return {kpi.name: (kpi.value, kpi.met) for kpi in found}


def test_they_count_calls_and_commands() -> None:
    told = figures(call(), call(command="tasks"), call(SONNET, "nobody-knows-it"))

    assert told == {
        "P6": ("66.6 % of 3 commands", False),
        "P7": ("100.0 % of 3 calls", True),
        "P8": ("66.6 % of 3 calls", False),
        "P9": ("33.3 % of 3 calls", False),
        "P10": ("$0.1000 over 3 commands", True),
    }


def test_commands_that_routing_did_not_carry_out_are_not_routed() -> None:
    assert figures(call(), call(routed=None))["P6"] == ("0.0 % of 1 command", False)


def test_the_cheapest_model_counts_as_cheap() -> None:
    flash = model_call("google", "gemini-2.0-flash")

    assert figures(flash)["P8"] == ("100.0 % of 1 call", True)


def test_calls_that_failed_did_nothing() -> None:
    told = figures(*[call(cost="0", outcome="failed")] * 36)

    assert told["P7"] == ("unknown (no call was answered)", False)
    assert told["P10"] == ("unknown (no call of a command was answered)", False)


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        pytest.param([call(cost=None)], "unknown: 1 call of unknown cost", id="all of it"),
        pytest.param(
            [call(cost=None), call()],
            "at least $0.1000 over 1 command, 1 call of unknown cost",
            id="a part",
        ),
    ],
)
def test_an_unknown_cost_is_no_zero(calls: list[Charge], told: str) -> None:
    found = figures(*calls)

    assert found["P10"] == (told, False)
    assert found["P7"][1] is False


def test_models_that_nobody_can_place_are_said() -> None:
    told = figures(call(), call("claude-of-nobody"))

    assert told["P8"] == ("50.0 % of 2 calls, 1 of unknown price and tier", False)
    assert told["P9"] == ("0.0 % of 2 calls, 1 of unknown price and tier", False)


def test_without_calls_there_are_no_figures() -> None:
    assert figures() == {}
