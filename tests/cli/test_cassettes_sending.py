"""What recording anew sends: held to a cap before each call, and counted from the journals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call, journal

from pytest_specbudget.cli.cassettes._sending import Sending
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge


def sent(cost: str | None, **others: Any) -> Charge:
    """Return a call that was recorded for *cost*."""
    return call(cost, source="record", **others)


@pytest.mark.parametrize(
    ("cap", "costs", "terms"),
    [
        pytest.param(None, [], [], id="nothing holds without a cap"),
        pytest.param("0.10", [], ["--spec-session-budget=0.1"], id="all of it at first"),
        pytest.param("0.10", ["0.03", "0.001"], ["--spec-session-budget=0.069"], id="what is left"),
    ],
)
def test_a_run_is_held_to_what_is_left_of_the_cap(
    cap: str | None, costs: list[str], terms: list[str]
) -> None:
    sending = Sending(None if cap is None else Money.parse(cap))
    for cost in costs:
        sending.book([journal(sent(cost))])

    held = ["--spec-stop-loss", "--spec-judge=billed", "--spec-mode=enforce"]
    assert sending.terms == [*terms, *held][: 4 * bool(terms)]


@pytest.mark.parametrize(
    ("charges", "said"),
    [
        pytest.param([], "sent 0 calls, $0.0000 of --max-cost $0.1000", id="nothing"),
        pytest.param(
            [sent("0.02")], "sent 1 call, $0.0200 of --max-cost $0.1000", id="what was billed"
        ),
        pytest.param(
            [sent("0.02"), call("9", source="replay", billed_cost=Money())],
            "sent 1 call, $0.0200 of --max-cost $0.1000",
            id="not what was replayed",
        ),
        pytest.param(
            [sent(None)],
            "sent 1 call, $0.0000 of --max-cost $0.1000 and 1 call of unknown cost",
            id="and what nobody knows",
        ),
    ],
)
def test_what_was_sent_is_said(charges: list[Charge], said: str) -> None:
    sending = Sending(Money.parse("0.10"))

    sending.book([journal(*charges)])

    assert str(sending) == said


@pytest.mark.parametrize(
    ("cost", "obstacle"),
    [
        pytest.param("0.05", "", id="something is left"),
        pytest.param("0.10", "--max-cost is spent", id="nothing is left"),
        pytest.param(None, "what 1 call cost is unknown", id="nobody knows what is left"),
    ],
)
def test_no_more_is_sent_than_the_cap_surely_holds(cost: str | None, obstacle: str) -> None:
    sending = Sending(Money.parse("0.10"))

    sending.book([journal(sent(cost))])

    assert sending.obstacle.startswith(obstacle)
    assert bool(sending.obstacle) is bool(obstacle)


def test_a_journal_that_was_cut_off_does_not_tell_what_is_left() -> None:
    sending = Sending(Money.parse("0.10"))

    sending.book([replace(journal(sent("0.01")), footer=None)])

    assert "what --max-cost leaves is unknown" in sending.obstacle
    assert not sending.is_well
