"""A ceiling of five calls' worth: the sixth never reaches the server, in whatever client."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from worlds.callers.spenders import ASKED, SPENDERS

if TYPE_CHECKING:
    from support.suites import Outcome, Suite
    from worlds.caller import Spender
    from worlds.everybody import Everybody

AFFORDED = 5
REFUSED = "a model call was refused"
EVERY_CLIENT = pytest.mark.parametrize("client", SPENDERS, ids=str)


def cost_of_one(suite: Suite) -> Decimal:
    outcome = suite.run("--spec-budget=9", "-k", "test_asks[0]")
    assert outcome.status == 0, outcome.text
    return Decimal(outcome.facts["totals"]["list_cost_usd"])


def spend(suite: Suite, client: Spender, workers: str) -> Outcome:
    """Run with a ceiling of what *AFFORDED* calls cost, and a bound that is as tight."""
    suite.write("test_client.py", client.code)
    cost = cost_of_one(suite)
    rule = f'[tool.specbudget.hosts]\n"127.0.0.1" = {{ bound_usd = "{cost}" }}\n'
    suite.write("pyproject.toml", rule)
    return suite.run(f"--spec-session-budget={cost * AFFORDED}", "--spec-stop-loss", workers)


@EVERY_CLIENT
def test_calls_are_sent_up_to_the_ceiling_and_not_one_more(
    suite: Suite, everybody: Everybody, client: Spender
) -> None:
    outcome = spend(suite, client, "-n0")

    sent = len(everybody.served) - len(["the one that told the cost"])
    assert sent == AFFORDED, outcome.text
    assert outcome.facts["totals"]["calls"] == sent
    assert f"{ASKED - sent} failed, {sent} passed" in outcome.text
    assert outcome.text.count(f"\n{REFUSED}") == ASKED - sent
    assert outcome.rules("error") == ["stop-loss"]
    assert "Traceback" not in outcome.text


@EVERY_CLIENT
def test_four_workers_send_no_more_than_the_ceiling_together(
    suite: Suite, everybody: Everybody, client: Spender
) -> None:
    outcome = spend(suite, client, "-n4")

    sent = len(everybody.served) - len(["the one that told the cost"])
    assert 0 < sent <= AFFORDED, outcome.text
    assert outcome.facts["totals"]["calls"] == sent
    assert f"{ASKED - sent} failed, {sent} passed" in outcome.text
    assert outcome.rules("error") == ["stop-loss"]
