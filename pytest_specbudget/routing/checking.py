"""A routing table beside its limits, and beside an earlier one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.rises import adding_up
from pytest_specbudget.core.wording import dollars_beside, places_beside
from pytest_specbudget.routing.estimates import band_of, expected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.money import Money
    from pytest_specbudget.routing.values import CommandRule, CostLimits, Plan, RoutingTable

__all__ = ["differences", "infeasible"]

_MISSING: Any = object()
_NO_MONEY: Mapping[str, Mapping[str, Any]] = {"cost_limits": {}}
"""A table without amounts, so that one which comes or goes is told amount by amount."""


def infeasible(table: RoutingTable, limits: CostLimits | None = None) -> list[str]:
    """Say where the table cannot keep a limit by its own estimates; one sentence each.

    What a run really costs is judged by its tokens; this says that the plan itself is over.

    Args:
        table: With bands; a plan without one is not judged.
        limits: The user's, or None: each plan is held to its own limit alone.
    """
    found = [*_over_own_limit(table)]
    if limits is not None and limits.per_command_budget is not None:
        found += _dear_plans(table, "per_command_budget", limits.per_command_budget)
    if limits is not None and limits.per_spec_budget is not None:
        found += _dear_plans(table, "per_spec_budget", limits.per_spec_budget)
        found += _dear_pipelines(table, limits.per_spec_budget)
    return found


def _over_own_limit(table: RoutingTable) -> Iterator[str]:
    for (cost, limit), names in _grouped(table, lambda plan: plan.limit).items():
        yield _told(names, cost, "its own limit", limit)


def _dear_plans(table: RoutingTable, what: str, budget: Money) -> Iterator[str]:
    for (cost, _), names in _grouped(table, lambda _: budget).items():
        yield _told(names, cost, what, budget)


def _grouped(table: RoutingTable, limit_of: Any) -> dict[tuple[Money, Money], list[str]]:
    """Return the commands that are expected to cost more than their limit, by both figures."""
    groups: dict[tuple[Money, Money], list[str]] = {}
    for name, plan in _plans(table):
        cost, limit = expected(plan.band), limit_of(plan)
        if cost is not None and limit is not None and cost > limit:
            groups.setdefault((cost, limit), []).append(name)
    return groups


def _plans(table: RoutingTable) -> Iterator[tuple[str, Plan]]:
    used = {rule.plan.tier for rule in table.commands.values() if not rule.pipeline}
    for name, rule in table.commands.items():
        if not rule.pipeline:
            yield name, rule.plan
        for stage, plan in rule.stages.items():
            yield f"{name}/{stage}", plan
    for tier, plan in table.tiers.items():
        if tier not in used:
            yield f"tier {tier}", plan


def _told(names: Iterable[str], cost: Money, what: str, limit: Money) -> str:
    spent, most = dollars_beside(limit, cost)
    return f"{', '.join(names)}: expected to cost {spent} a run, over {what} of {most}"


def _dear_pipelines(table: RoutingTable, budget: Money) -> Iterator[str]:
    for name, rule in table.commands.items():
        cost = expected(band_of(table, rule)) if rule.pipeline else None
        if cost is not None and cost > budget:
            spent, most = dollars_beside(budget, cost)
            parts = _sum(table, rule, places_beside(budget, cost))
            yield (
                f"{name}: expected to cost {spent} a run ({parts}), over per_spec_budget of {most}"
            )


def _sum(table: RoutingTable, rule: CommandRule, places: int) -> str:
    costs = ((step, expected(table.commands[step].plan.band)) for step in rule.pipeline)
    known = [(step, cost) for step, cost in costs if cost is not None]
    shown = adding_up([cost for _, cost in known], places)
    return " + ".join(f"{step} {cost}" for (step, _), cost in zip(known, shown, strict=True))


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Say what differs between two canonical tables, one sentence for each change.

    The same change in several places, as where commands inherit from a tier, is told once.
    """
    places: dict[tuple[str, str], list[str]] = {}
    for path, was, now in _changes((), {**_NO_MONEY, **old}, {**_NO_MONEY, **new}):
        places.setdefault((path[-1], _told_change(was, now)), []).append(".".join(path[:-1]))
    return [
        f"{key} of {', '.join(where)} {change}" if any(where) else f"{key} {change}"
        for (key, change), where in places.items()
    ]


def _changes(
    path: tuple[str, ...], old: Any, new: Any
) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _changes((*path, key), old.get(key, _MISSING), new.get(key, _MISSING))
    elif type(old) is not type(new) or old != new:
        yield path, old, new


def _told_change(was: Any, now: Any) -> str:
    if was is _MISSING:
        return f"is new{_written(now)}"
    if now is _MISSING:
        return f"is gone{_written(was)}"
    return f"was {_shown(was)}, is {_shown(now)}"


def _written(value: Any) -> str:
    return "" if isinstance(value, Mapping) else f": {_shown(value)}"


def _shown(value: Any) -> str:
    return "a table" if isinstance(value, Mapping) else json.dumps(value, ensure_ascii=False)
