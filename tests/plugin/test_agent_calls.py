"""`spec_spend.record_agent_call`: calls that no meter can see, booked by whoever made them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.booked import charges

if TYPE_CHECKING:
    from support.suites import Suite

RECORDED = """
from decimal import Decimal
import pytest
from calls import ask

@pytest.mark.spec("SPEC-OWN", stage="plan")
def test_records(spec_spend):
    cost, alert = spec_spend.record_agent_call(
        "SPEC-1", "audit", "validator", "gpt-4o-mini", 1_000_000, 0, provider="openai"
    )
    assert (cost, alert) == (Decimal("0.15"), None)
    assert isinstance(cost, Decimal)
    assert (spec_spend.list_cost, spec_spend.calls) == (Decimal("0.15"), 1)
    assert (spec_spend.input_tokens, spec_spend.output_tokens) == (1_000_000, 0)

def test_comes_close(spec_spend):
    levels = []
    for _ in range(5):
        _, alert = spec_spend.record_agent_call("SPEC-2", None, None, "gpt-4o-mini", 200_000, 0)
        levels.append(alert and (alert.level, alert.spec_id))
    assert levels[:3] == [None] * 3
    assert [level for level, spec in levels[3:]] == ["warning", "critical"]

def test_unpriced(spec_spend):
    cost, alert = spec_spend.record_agent_call("SPEC-3", None, "a", "gpt-999", 10, 10)
    assert cost is None
    assert (alert.level, alert.spec_id) == ("unpriced", "SPEC-3")
    assert "gpt-999" in alert.message

@pytest.mark.parametrize("count", [-1, 1.5, True, "7", None])
def test_counts(spec_spend, count):
    with pytest.raises(ValueError, match="whole number"):
        spec_spend.record_agent_call("SPEC-4", None, None, "gpt-4o-mini", count, 0)
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_recorded_call_is_booked_priced_and_answered_with_an_alert(
    suite: Suite, workers: str
) -> None:
    suite.write("test_it.py", RECORDED)

    outcome = suite.run(
        "--spec-budget=9", "--spec-budget=SPEC-2=0.15", "--spec-unknown=warn", workers
    )

    assert outcome.status == 0, outcome.text
    assert outcome.row("specs", "SPEC-1")["list_cost_usd"] == "0.15"
    assert Decimal(outcome.row("specs", "SPEC-2")["list_cost_usd"]) == Decimal("0.15")
    assert [row["name"] for row in outcome.facts["specs"]] == ["SPEC-1", "SPEC-2", "SPEC-3"]
    (told,) = (one for one in charges(suite) if one.attribution.spec == "SPEC-1")
    assert (told.source, told.role, told.attribution.stage) == ("live", "validator", "audit")
    assert told.attribution.test == "test_it.py::test_records"
    assert told.billed_cost == told.list_cost
    assert "usage-unpriced" in outcome.rules("warning")
