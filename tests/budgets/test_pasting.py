"""What a remedy gives to paste stands on lines of its own, and holds as it stands."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from support.journals import call

from pytest_specbudget.budgets.admission import Stop
from pytest_specbudget.budgets.bounds import declaration
from pytest_specbudget.budgets.unknowns import UnknownGate
from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.money import Money

GATEWAY = {"host": "llm-gw.corp"}


def pasted(remedy: str) -> list[str]:
    """Return the blocks of indented lines, as one pastes them."""
    lines = [line if line.startswith("    ") else "" for line in remedy.split("\n")]
    return [block.strip("\n") for block in "\n".join(lines).split("\n\n") if block.strip()]


def in_state(state: str, **changes: object) -> Charge:
    made = call(None, **GATEWAY)
    return replace(made, reading=replace(made.reading, usage_state=state), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("charge", "keys"),
    [
        pytest.param(
            in_state("complete", reason="no price"),
            ["price", "provider", "bound_usd"],
            id="no price",
        ),
        pytest.param(in_state("none"), ["bound_usd", "estimate", "free"], id="no counts"),
        pytest.param(in_state("unreadable"), ["bound_usd", "free"], id="counts that are none"),
        pytest.param(in_state("partial", list_cost=Money(1)), ["bound_usd"], id="cut off"),
        pytest.param(in_state("complete", outcome="unknown"), ["bound_usd"], id="unanswered"),
    ],
)
def test_what_a_finding_gives_to_paste_is_toml(charge: Charge, keys: list[str]) -> None:
    finding, *_ = UnknownGate().check(Ledger([charge]))

    found = [tomllib.loads(block) for block in pasted(finding.remedy)]
    assert [next(iter(one.get("hosts", {}).get("llm-gw.corp", one))) for one in found] == keys


def test_what_a_refusal_gives_to_paste_stands_below_the_sentence() -> None:
    stop = Stop(subject="", what="what", origin="set", why="why", remedy=declaration("gw.corp"))

    *_, remedy, line = str(stop).splitlines()
    assert remedy.startswith("    try          declare in [tool.specbudget]")
    assert line == '                     hosts."gw.corp" = { bound_usd = "0.05" }'
    assert tomllib.loads(line)["hosts"]["gw.corp"] == {"bound_usd": "0.05"}
