"""The record of one consensus, with the keys that the seeds' schema 2.0 has, and no other.

Money is an exact decimal string, as in every file of ours, at published prices, so that a replayed
run says what it would have cost.  What is not known is null and never 0: an agent whose call told
no counts, and then the total too.  `total_latency_ms` is the sum over the agents, as in the seeds'
own example, and not how long the user waited.

Every model that was asked is an agent here, also one that judged, failed or was escalated from, so
that the total is what the consensus cost; `agent` is the place in the plan, `model_id` who sat
there last.

Source: the seeds, S3, task 1.1 and 1.2 (checked 2026-11-22).
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.operations.evidence import telemetry_path
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from pytest_specbudget.agents.outcome import Outcome
    from pytest_specbudget.agents.steps import Attempt
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.routed import Routed
    from pytest_specbudget.quality.consensus import Consensus

__all__ = ["SCHEMA_VERSION", "path_of", "record", "written"]

SCHEMA_VERSION = "2.0"

_UNPORTABLE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 60
_DIGEST = 8

_Key = tuple[str, str, str]


def record(
    outcome: Outcome, charges: Iterable[Charge], *, spec: str, session: str, at: datetime
) -> dict[str, Any]:
    """Return the record of a consensus.

    Args:
        outcome: What came of the task; it must have a consensus.
        charges: Its calls, as far as they were metered.
        spec: The SPEC that it belongs to.
        session: The run.
        at: When it ended, aware.

    Raises:
        ValueError: If there was no consensus.
    """
    if outcome.consensus is None:
        raise ValueError(f"task {outcome.task} was no consensus: one model was asked")
    agents = [*_agents(outcome, list(charges), outcome.consensus)]
    return {
        "schemaVersion": SCHEMA_VERSION,
        "command": f"spec-{outcome.decision.command}",
        "specId": spec,
        "sessionId": session,
        "timestamp": at.isoformat(),
        "consensus": {
            "agents": agents,
            **_agreement(outcome.consensus),
            "escalation_triggered": outcome.escalated,
            "escalation_reason": outcome.escalation_reason,
            "synthesis_status": outcome.consensus.status,
            "total_cost_usd": _total(agents),
            "total_latency_ms": sum(agent["latency_ms"] for agent in agents),
        },
        "quality_metrics": {
            "completeness_score": None,
            "human_review_score": None,
            "automated_checks_passed": sum(one.passed for one in outcome.judged),
            "automated_checks_failed": sum(not one.passed for one in outcome.judged),
        },
    }


def path_of(evidence: Path, outcome: Outcome, spec: str, at: datetime) -> Path:
    """Return where the record of a consensus lies, below the folder of *evidence*.

    A name that not every file system takes is changed, and told from others by a digest.
    """
    stage = outcome.decision.stage or f"spec-{outcome.decision.command}"
    return telemetry_path(evidence, _portable(spec), _portable(stage), at)


def written(told: Mapping[str, Any]) -> str:
    """Return the text of the file."""
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _agents(
    outcome: Outcome, charges: Sequence[Charge], consensus: Consensus
) -> Iterator[dict[str, Any]]:
    """Yield each place of each plan that was carried out, in the order of asking."""
    places: dict[_Key, list[Attempt]] = {}
    for attempt in outcome.attempts:
        places.setdefault(_place(attempt.routed), []).append(attempt)
    for place, attempts in places.items():
        ours = [one for one in charges if one.routed and _place(one.routed) == place]
        yield _agent(attempts, ours) | _override(attempts[-1], consensus)


def _place(routed: Routed) -> _Key:
    return routed.tier, routed.role, routed.slot


def _agent(attempts: Sequence[Attempt], charges: Sequence[Charge]) -> dict[str, Any]:
    last = attempts[-1]
    known = bool(charges) or all(one.reused for one in attempts)
    counted = known and not any(one.unreported for one in charges)
    return {
        "agent": last.routed.slot,
        "model_id": last.model,
        "reasoning_mode": last.reasoning,
        "prompt_tokens": _tokens(charges, "input_tokens") if counted else None,
        "completion_tokens": _tokens(charges, "output_tokens") if counted else None,
        "latency_ms": round(sum(one.latency_s for one in attempts) * 1000),
        "cost_usd": _cost(charges) if known else None,
    }


def _override(last: Attempt, consensus: Consensus) -> dict[str, Any]:
    if last.routed.role != "aggregator":
        return {}
    return {
        "arbiter_override": consensus.override,
        "override_reason": consensus.override_reason,
    }


def _tokens(charges: Iterable[Charge], kind: str) -> int:
    return sum(getattr(one.reading.usage, kind) or 0 for one in charges)


def _cost(charges: Sequence[Charge]) -> str | None:
    """Return what the calls cost at published prices; None if that is not known of each."""
    costs = [one.list_cost for one in charges if not one.uncertain]
    if len(costs) < len(charges):
        return None
    return str(Money.total(cost for cost in costs if cost is not None))


def _total(agents: Sequence[Mapping[str, Any]]) -> str | None:
    costs = [agent["cost_usd"] for agent in agents]
    return None if None in costs else str(Money.total(map(Money.parse, costs)))


def _agreement(consensus: Consensus) -> dict[str, Any]:
    return {
        "disagreement_detected": consensus.disagreed,
        "disagreement_points": [
            {
                "agents": list(one.agents),
                "type": one.type,
                "severity": one.severity,
                "point": one.point,
            }
            for one in consensus.disagreements
        ],
    }


def _portable(name: str) -> str:
    plain = _UNPORTABLE.sub("-", name).strip("-._")[:_LONGEST] or "unnamed"
    if plain == name:
        return name
    return f"{plain}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:_DIGEST]}"
