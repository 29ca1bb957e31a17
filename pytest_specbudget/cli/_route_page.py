"""How a decision, and a whole routing table, are shown: for people, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars, exact
from pytest_specbudget.routing.canonical import canonical, plain
from pytest_specbudget.routing.deciding import alternates_of
from pytest_specbudget.routing.estimates import band_of, expected
from pytest_specbudget.routing.legacy import legacy_tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.cli._recorded_runs import Recorded
    from pytest_specbudget.routing.values import Band, Decision, Plan, RoutingTable

__all__ = ["decision_document", "print_decision", "print_rows", "table_document"]

_NOBODY = "-"
_SHORT = 12


def print_rows(table: RoutingTable, known: Mapping[str, Recorded]) -> None:
    """Print a line for each command."""
    headers = (
        "command",
        "tier",
        "asks",
        "judged by",
        "made one by",
        "else",
        "expected",
        "recorded",
    )
    print_table(headers, _rows(table, known), names=6)
    say()
    say(_signature(table))


def _rows(table: RoutingTable, known: Mapping[str, Recorded]) -> Iterator[tuple[str, ...]]:
    for name, rule in table.commands.items():
        plan, band = rule.plan, band_of(table, rule)
        asked = " -> ".join(rule.pipeline) if rule.pipeline else _asked(plan)
        yield (
            name,
            plan.tier,
            asked,
            plan.validator or _NOBODY,
            plan.aggregator or _NOBODY,
            plan.escalation or _NOBODY,
            _band(band),
            _mean(known.get(name)),
        )


def _asked(plan: Plan) -> str:
    return " + ".join((*(["native"] if plan.native else []), *plan.primaries))


def _band(band: Band | None) -> str:
    if band is None:
        return "?"
    if band.low == band.high:
        return f"${exact(band.low)}"
    return f"${exact(band.low)} to ${exact(band.high)}"


def _mean(seen: Recorded | None) -> str:
    mean = None if seen is None else seen.mean
    return _NOBODY if mean is None else dollars(mean)


def print_decision(table: RoutingTable, decision: Decision, seen: Recorded | None) -> None:
    """Print whom a command asks, why, and what that should cost."""
    for label, text in _sentences(table, decision, seen):
        say(f"{label:<14}{text}")
    if decision.plan.models:
        say()
        headers = ("asked as", "model", "provider", "id", "", "while unavailable")
        print_table(headers, _slots(table, decision.plan), names=6)


def _sentences(
    table: RoutingTable, decision: Decision, seen: Recorded | None
) -> Iterator[tuple[str, str]]:
    plan = decision.plan
    stage = f', stage "{decision.stage}"' if decision.stage else ""
    yield "command", f"{decision.command}{stage}"
    yield "tier", f"{plan.tier} (tier {_legacy(decision)} of the old scale)"
    yield "because", "; ".join(decision.reasons)
    if decision.pipeline:
        yield "runs", ", ".join(decision.pipeline)
    else:
        yield "asks", _asked(plan)
        yield from _when_good(plan)
        yield "otherwise", _otherwise(decision)
    yield "should cost", _should_cost(table, decision)
    if plan.limit is not None:
        yield "ceiling", f"${exact(plan.limit)} a run"
    yield "recorded", _told(seen)
    yield "table", _signature(table)


def _legacy(decision: Decision) -> str:
    return legacy_tier(None if decision.pipeline else decision.plan)


def _when_good(plan: Plan) -> Iterator[tuple[str, str]]:
    if plan.primaries:
        most = f", asked again {calls_of(plan.retries, 'time')} if not" if plan.retries else ""
        score = plain(plan.min_quality)
        yield "good enough", f"from a score of {score} on, {plan.strictness} validators{most}"
        if len(plan.primaries) > 1:
            yield "at least", f"{plan.min_agents} of {len(plan.primaries)} must have answered"


def _otherwise(decision: Decision) -> str:
    if not decision.escalations:
        return "it stops, and a person decides"
    return ", then ".join(f"tier {plan.tier}: {_asked(plan)}" for plan in decision.escalations)


def _should_cost(table: RoutingTable, decision: Decision) -> str:
    band = _estimate(table, decision)
    if band is None:
        return "unknown: the table has no estimate for it"
    worst = _worst(decision) if decision.escalations else None
    most = f", ${exact(worst)} with every escalation" if worst else ""
    return f"{_band(band)} a run{_reckoned(band)}{most}; an estimate of the table, no price"


def _reckoned(band: Band) -> str:
    cost = expected(band)
    return "" if cost is None or band.low == band.high else f", reckoned with ${exact(cost)}"


def _estimate(table: RoutingTable, decision: Decision) -> Band | None:
    rule = table.commands.get(decision.command)
    return band_of(table, rule) if decision.pipeline and rule else decision.plan.band


def _worst(decision: Decision) -> Money | None:
    """Return what it is expected to cost if nothing is ever good enough; None if unknown."""
    costs = [expected(plan.band) for plan in (decision.plan, *decision.escalations)]
    known = [cost for cost in costs if cost is not None]
    return Money.total(known) if len(known) == len(costs) else None


def _told(seen: Recorded | None) -> str:
    if seen is None:
        return "nothing in the newest journal"
    mean = "unknown" if seen.mean is None else dollars(seen.mean)
    of = f"the mean of {seen.priced}" if seen.priced == seen.runs else _partly(seen)
    escalated = f", {seen.escalated} escalated" if seen.escalated else ""
    return f"{mean} a run, list cost, {of} in the newest journal{escalated}"


def _partly(seen: Recorded) -> str:
    return f"the mean of {seen.priced} of {seen.runs} (of the others it is unknown)"


def _slots(table: RoutingTable, plan: Plan) -> Iterator[tuple[str, ...]]:
    roles = (*("primary" for _ in plan.primaries),)
    roles += ("validator",) * (plan.validator is not None)
    roles += ("aggregator",) * (plan.aggregator is not None)
    for role, name in zip(roles, plan.models, strict=True):
        profile = table.profiles[name]
        stand_ins = ", ".join(alternates_of(table, plan, name)) or _NOBODY
        grade = "premium" if profile.premium else "cheap"
        yield role, name, profile.provider, profile.model, grade, stand_ins


def _signature(table: RoutingTable) -> str:
    return f"{table.source}, sha256 {table.checksum[:_SHORT]}"


def table_document(
    table: RoutingTable, known: Mapping[str, Recorded], told: Mapping[str, list[str]]
) -> dict[str, Any]:
    """Return the whole table as JSON values."""
    return {
        "source": table.source,
        "sha256": table.checksum,
        "table": canonical(table),
        "recorded": {name: _recorded(seen) for name, seen in sorted(known.items())},
        **told,
    }


def decision_document(
    table: RoutingTable, decision: Decision, seen: Recorded | None
) -> dict[str, Any]:
    """Return a decision as JSON values."""
    asked = (decision.plan, *decision.escalations)
    names = dict.fromkeys(name for plan in asked for name in plan.models)
    return {
        **plain(decision),
        "source": table.source,
        "models": {name: plain(table.profiles[name]) for name in names},
        "legacy_tier": legacy_tier(None if decision.pipeline else decision.plan),
        "estimate": plain(_estimate(table, decision)),
        "estimate_with_escalations_usd": plain(_worst(decision)),
        "recorded": None if seen is None else _recorded(seen),
    }


def _recorded(seen: Recorded) -> dict[str, Any]:
    return {
        "runs": seen.runs,
        "runs_priced": seen.priced,
        "runs_escalated": seen.escalated,
        "calls": seen.calls,
        "list_cost_usd": str(seen.list_cost),
        "mean_list_cost_usd": None if seen.mean is None else str(seen.mean),
    }
