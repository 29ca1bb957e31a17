"""The seeds' record of a consensus: its keys, its sums, and what is not known."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.scripted_models import Models, carried_out, plan

from pytest_specbudget.agents.telemetry import path_of, record, written
from pytest_specbudget.agents.values import Unavailable
from pytest_specbudget.core.attribution import Attribution
from pytest_specbudget.core.ledger import Charge
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from pytest_specbudget.agents.outcome import Outcome
    from pytest_specbudget.agents.steps import Attempt

THREE = ("gemini", "claude", "gpt_pro")
AT = datetime(2026, 11, 22, 6, 38, 27, 123456, tzinfo=UTC)
COSTS = {"gemini": "0.12", "claude": "0.15", "gpt_pro": "0.45"}
TOP = {"schemaVersion", "command", "specId", "sessionId", "timestamp", "consensus"}
CONSENSUS = {
    *("agents", "disagreement_detected", "disagreement_points", "escalation_triggered"),
    *("escalation_reason", "synthesis_status", "total_cost_usd", "total_latency_ms"),
}
AGENT = {
    *("agent", "model_id", "reasoning_mode", "prompt_tokens", "completion_tokens"),
    *("latency_ms", "cost_usd"),
}


def consensus(**says: Any) -> Outcome:
    """Let the seeds' three agents answer; the third makes one answer of theirs."""
    models = Models({"gemini": ["yes"], "claude": ["yes"], "gpt_pro": ["yes"], **says})
    return carried_out(models, plan("C", "gemini", "claude", aggregator="gpt_pro", min_agents=1))


def charge(attempt: Attempt, cost: str | None) -> Charge:
    return Charge(
        id=attempt.profile,
        at="2026-11-22T06:38:27Z",
        host="api",
        reading=Reading(
            provider="openai",
            operation="chat",
            response_model=attempt.model,
            usage=Usage.of({"input_tokens": 1234, "output_tokens": 567}),
            usage_state="none" if cost is None else "complete",
        ),
        attribution=Attribution(),
        source="replay",
        outcome="answered",
        list_cost=None if cost is None else Money.parse(cost),
        routed=attempt.routed,
    )


def told(outcome: Outcome, costs: dict[str, str | None]) -> dict[str, Any]:
    charges = [charge(one, costs[one.profile]) for one in outcome.attempts if one.profile in costs]
    return record(outcome, charges, spec="SPEC-KIT-070", session="run-1", at=AT)


def test_the_record_has_the_keys_of_the_seeds_and_no_other() -> None:
    one = told(consensus(), {**COSTS})

    assert set(one) == TOP | {"quality_metrics"}
    assert set(one["consensus"]) == CONSENSUS
    assert [set(agent) - AGENT for agent in one["consensus"]["agents"]] == [
        *(set(), set(), {"arbiter_override", "override_reason"}),
    ]
    assert set(one["quality_metrics"]) == {
        *("completeness_score", "human_review_score"),
        *("automated_checks_passed", "automated_checks_failed"),
    }
    assert json.loads(written(one)) == one


def test_the_totals_are_the_sums_of_the_agents() -> None:
    one = told(consensus(), {**COSTS})["consensus"]

    assert one["total_cost_usd"] == "0.72"
    assert one["total_latency_ms"] == sum(agent["latency_ms"] for agent in one["agents"])
    assert [agent["prompt_tokens"] for agent in one["agents"]] == [1234] * 3
    assert (one["synthesis_status"], one["escalation_triggered"]) == ("ok", False)


@pytest.mark.parametrize(
    ("costs", "known"),
    [
        pytest.param({**COSTS, "claude": None}, True, id="a call that told no counts"),
        pytest.param({"gemini": "0.12", "gpt_pro": "0.45"}, False, id="a call that nobody metered"),
    ],
)
def test_what_is_not_known_is_null_and_never_zero(
    costs: dict[str, str | None], *, known: bool
) -> None:
    one = told(consensus(), costs)["consensus"]

    assert [agent["cost_usd"] for agent in one["agents"]] == ["0.12", None, "0.45"]
    assert [agent["prompt_tokens"] for agent in one["agents"]] == [1234, None, 1234]
    assert one["total_cost_usd"] is None
    assert (len(costs) == 3) is known


def test_an_arbiter_that_overrides_says_so_and_a_failed_agent_degrades() -> None:
    overridden = told(consensus(gpt_pro=["no"]), {**COSTS})["consensus"]
    degraded = told(consensus(claude=[Unavailable("server")]), {**COSTS})["consensus"]

    assert overridden["agents"][-1]["arbiter_override"] is True
    assert overridden["agents"][-1]["override_reason"]
    assert degraded["synthesis_status"] == "degraded"
    assert [agent["agent"] for agent in degraded["agents"]] == ["gemini", "claude"]


def test_disagreements_are_points_by_type_and_severity() -> None:
    outcome = consensus(claude=["use Postgres in 12 steps"], gemini=["use SQLite in 3 steps"])

    one = told(outcome, {**COSTS})["consensus"]

    assert one["disagreement_detected"] is True
    (point,) = one["disagreement_points"]
    assert set(point) == {"agents", "type", "severity", "point"}


def test_one_model_is_no_consensus() -> None:
    outcome = carried_out(Models(), plan("S", "cheap"))

    with pytest.raises(ValueError, match="no consensus"):
        record(outcome, [], spec="S", session="r", at=AT)


def test_the_file_is_named_by_spec_stage_and_moment() -> None:
    path = path_of(Path("evidence"), consensus(), "SPEC-KIT-070", AT)

    assert path.as_posix() == (
        "evidence/consensus/SPEC-KIT-070/spec-plan_20261122T063827Z_telemetry.json"
    )


@pytest.mark.parametrize("spec", ["(unassigned)", "../../etc", "a/b", "a:b", "Ü", "x" * 200])
def test_a_spec_names_one_folder_that_every_file_system_takes(spec: str) -> None:
    path = path_of(Path("evidence"), consensus(), spec, AT)

    assert path.parent.parent == Path("evidence/consensus")
    assert path.parent != path_of(Path("evidence"), consensus(), f"{spec}!", AT).parent
    assert path.parent.name.isascii()
    assert len(path.parent.name) <= 80
    assert not set(path.parent.name) & set('<>:"|?*')
