"""What is wrong with a routing table as a whole, and what is doubtful about it.

Faults keep a table from being used; doubts are said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.names import nearest
from pytest_specbudget.routing.values import CRITICAL, PIPELINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.routing.values import Band, CommandRule, Plan, RoutingTable

__all__ = ["doubts", "faults"]

_SIMPLE = "S"
_OF_SEVERAL = ("C", CRITICAL)
_FEWEST = 2


def faults(table: RoutingTable) -> list[str]:
    """Return a sentence for each fault: a tier that asks nobody, a cheap model in tier X, ..."""
    found = [*_of_tiers(table), *_of_names(table)]
    for place, plan in _plans(table):
        inherited = {*_of_plan(table.tiers[plan.tier], table)}
        found += [f"{place}: {told}" for told in _of_plan(plan, table) if told not in inherited]
    return found


def doubts(table: RoutingTable) -> list[str]:
    """Return a sentence for each doubt: consensus on simple work, a model that judges itself."""
    tiers = [(f"tier {name}", plan) for name, plan in table.tiers.items()]
    found: dict[str, str] = {}
    for place, plan in (*tiers, *_plans(table)):
        for told in _doubts_of(plan):
            found.setdefault(f"tier {plan.tier}{told}", f"{place}{told}")
    return [*found.values()]


def _of_tiers(table: RoutingTable) -> Iterator[str]:
    for name, plan in table.tiers.items():
        yield from (f"tier {name}: {told}" for told in _of_plan(plan, table))
        if name in _OF_SEVERAL and plan.min_agents < _FEWEST:
            yield (
                f"tier {name}: min_agents = {plan.min_agents}; complex work needs {_FEWEST} or"
                " more, a single command may ask for less"
            )
    if PIPELINE in table.tiers:
        yield f"tier {PIPELINE}: this name stands for what is no tier; choose another"
    if table.default not in table.tiers:
        yield f'default = "{table.default}": {_no_tier(table.default, table)}'


def _of_plan(plan: Plan, table: RoutingTable) -> Iterator[str]:
    if not plan.primaries and not plan.native:
        yield "asks nobody; name primaries, or make it native"
    if plan.primaries and plan.min_agents > len(plan.primaries):
        yield (
            f"needs {plan.min_agents} agents and has {len(plan.primaries)}; name more primaries,"
            " or say min_agents"
        )
    if len({*plan.primaries}) < len(plan.primaries):
        yield "asks a model twice"
    if plan.band is not None and not _is_whole(plan.band):
        yield f"expected = {plan.band.expected} lies outside its band"
    if plan.tier == CRITICAL:
        yield from _cheap(plan, table)
    if plan.escalation is not None:
        yield from _of_escalation(plan, plan.escalation, table)


def _is_whole(band: Band) -> bool:
    return band.expected is None or band.low <= band.expected <= band.high


def _of_escalation(plan: Plan, above: str, table: RoutingTable) -> Iterator[str]:
    if above not in table.tiers:
        yield f'escalation = "{above}": {_no_tier(above, table)}'
    elif _place(above, table) <= _place(plan.tier, table):
        yield f"escalates to tier {above}, which does not come after it; escalations lead upwards"
    elif plan.tier == CRITICAL:
        for told in _cheap(table.tiers[above], table):
            yield f"escalates to tier {above}, which {told}"


def _place(tier: str, table: RoutingTable) -> int:
    return [*table.tiers].index(tier)


def _cheap(plan: Plan, table: RoutingTable) -> Iterator[str]:
    asked = (*plan.models, *plan.alternates)
    cheap = [name for name in asked if name in table.profiles and not table.profiles[name].premium]
    if cheap:
        yield f"asks {', '.join(cheap)}; tier {CRITICAL} asks models with premium = true alone"


def _of_names(table: RoutingTable) -> Iterator[str]:
    taken: dict[str, str] = {name: name for name in table.commands}
    for name, rule in table.commands.items():
        for alias in rule.aliases:
            if taken.setdefault(alias, name) != name:
                yield f'command "{name}": "{alias}" is a name of command "{taken[alias]}" already'
        yield from _of_pipeline(rule, table)


def _of_pipeline(rule: CommandRule, table: RoutingTable) -> Iterator[str]:
    for step in rule.pipeline:
        if step not in table.commands:
            likely = nearest(step, table.commands)
            hint = f'; did you mean "{likely}"?' if likely else ""
            yield f'command "{rule.command}" runs "{step}", which is no command{hint}'
        elif table.commands[step].pipeline:
            yield f'command "{rule.command}" runs "{step}", which is a pipeline itself'


def _plans(table: RoutingTable) -> Iterator[tuple[str, Plan]]:
    for name, rule in table.commands.items():
        if not rule.pipeline:
            yield f'command "{name}"', rule.plan
        for stage, plan in rule.stages.items():
            yield f'stage "{stage}" of "{name}"', plan


def _doubts_of(plan: Plan) -> Iterator[str]:
    if plan.tier == _SIMPLE and (len(plan.primaries) > 1 or plan.aggregator is not None):
        yield " asks several models for one answer; simple work needs no consensus"
    for role, name in (("validator", plan.validator), ("aggregator", plan.aggregator)):
        if name is not None and name in plan.primaries:
            yield f": {name} is {role} and primary; a model should not judge itself"


def _no_tier(name: str, table: RoutingTable) -> str:
    return f'no tier is called "{name}"; there are {_listed(table.tiers)}'


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
