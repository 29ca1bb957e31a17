"""Which plan a command gets, and why; a pure function of the table and of what it is told.

Nothing is learned while tests run: equal questions get equal answers, so that recordings replay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.core.names import nearest
from pytest_specbudget.core.wording import percent, percents_beside
from pytest_specbudget.errors import SettingError
from pytest_specbudget.routing.estimates import expected
from pytest_specbudget.routing.mistyped import no_command, no_stage
from pytest_specbudget.routing.naming import plain_name, rule_of
from pytest_specbudget.routing.values import CRITICAL, Decision, ModelProfile, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from pytest_specbudget.core.money import Money
    from pytest_specbudget.routing.values import CommandRule, RoutingTable

__all__ = ["Prices", "alternates_of", "decide", "profile_named"]

Prices = Callable[[ModelProfile], "Money | None"]
"""What a model costs, for the same work as every other that it is asked of; None is unknown."""


def decide(  # noqa: PLR0913 - each is a fact of its own, by name
    table: RoutingTable,
    command: str,
    *,
    stage: str | None = None,
    tier: str | None = None,
    model: str | None = None,
    premium: bool = False,
    error_rate: Fraction | None = None,
    pressure: Fraction | None = None,
    prices: Prices | None = None,
) -> Decision:
    """Decide how *command* is executed.

    Args:
        table: What is declared.
        command: In any spelling; one that the table does not know has the table's default tier.
        stage: The stage within it; one with no plan of its own has the command's.
        tier: What a marker asks for; goes before the command's own, and is never promoted.
        model: The model that does everything, by its name in the table or its provider's id.
        premium: Whether the models of tier X do everything; native handlers stay.
        error_rate: The share of the command's runs that escalated, 0 to 1; above the table's limit
            the command starts at the tier that it escalates to.
        pressure: The share of the budget that is used; see `RoutingTable.on_budget_pressure`.
        prices: What models cost, where the table selects the cheapest.

    Raises:
        SettingError: If there is no such tier or model, or a command that only runs others runs no
            such stage.
    """
    decision = _declared(table, command, stage, tier)
    if decision.pipeline:
        return decision
    if model is not None:
        return _overridden(decision, profile_named(table, model))
    if premium:
        return _with_escalations(table, _premium(table, decision))
    if error_rate is not None and tier is None:
        decision = _promoted(table, decision, error_rate)
    if pressure is not None:
        decision = _downgraded(table, decision, pressure)
    if prices is not None and table.select == "cheapest":
        decision = _cheapest(table, decision, prices)
    return _with_escalations(table, decision)


def alternates_of(table: RoutingTable, plan: Plan, name: str) -> tuple[str, ...]:
    """Return who takes the place of *name* in *plan* while it is unavailable, in order.

    Nobody whom the plan asks already, and for tier X premium models alone.
    """
    profile = table.profiles.get(name)
    stand_ins = plan.alternates if name in plan.primaries else ()
    stand_ins += () if profile is None else profile.alternates
    asked = plan.models
    return tuple(
        each
        for each in dict.fromkeys(stand_ins)
        if each not in asked and (plan.tier != CRITICAL or table.profiles[each].premium)
    )


def _declared(table: RoutingTable, command: str, stage: str | None, tier: str | None) -> Decision:
    rule = rule_of(table.commands, command)
    name = plain_name(command) if rule is None else rule.command
    plan, why = _plan_of(table, rule, name, stage)
    reasons = (why, *_doubts(rule, stage))
    if tier is not None and tier != plan.tier:
        if tier not in table.tiers:
            raise SettingError([_unknown("tier", tier, table.tiers)])
        plan, reasons = table.tiers[tier], (f"tier {tier} is asked for",)
        rule = rule and replace(rule, pipeline=())
    elif rule is not None and rule.pipeline and len(reasons) > 1:
        raise SettingError([f"{reasons[1]}; it runs {', '.join(rule.pipeline)}"])
    return Decision(
        command=name,
        stage=stage,
        plan=plan,
        reasons=reasons,
        table=table.checksum,
        classified=rule is not None,
        pipeline=() if rule is None or stage in rule.pipeline else rule.pipeline,
    )


def _doubts(rule: CommandRule | None, stage: str | None) -> tuple[str, ...]:
    doubt = None if rule is None or stage is None else no_stage(rule, stage)
    return () if doubt is None else (doubt,)


def _plan_of(
    table: RoutingTable, rule: CommandRule | None, name: str, stage: str | None
) -> tuple[Plan, str]:
    if rule is None:
        return table.tiers[table.default], f"{no_command(table, name)}: tier {table.default}"
    if stage is not None and stage in rule.stages:
        plan = rule.stages[stage]
        return plan, f'stage "{stage}" of command "{name}" is tier {plan.tier}'
    if stage is not None and stage in rule.pipeline:
        plan = table.commands[stage].plan
        return plan, f'"{name}" runs command "{stage}", which is tier {plan.tier}'
    if rule.pipeline:
        return rule.plan, f'command "{name}" runs {", ".join(rule.pipeline)}'
    return rule.plan, f'command "{name}" is tier {rule.plan.tier}'


def profile_named(table: RoutingTable, model: str) -> str:
    """Return the profile that *model* means, by its name or its provider's id.

    Raises:
        SettingError: If there is none.
    """
    if model in table.profiles:
        return model
    found = (name for name, profile in table.profiles.items() if profile.model == model)
    name = next(found, None)
    if name is None:
        raise SettingError([_unknown("model", model, table.profiles)])
    return name


def _overridden(decision: Decision, name: str) -> Decision:
    """Let one model do everything, once, with nobody to judge it."""
    plan = replace(
        decision.plan,
        native=False,
        primaries=(name,),
        alternates=(),
        validator=None,
        aggregator=None,
        escalation=None,
        min_agents=1,
        band=None,
    )
    return _changed(decision, plan, f'model "{name}" is chosen by hand', overridden=True)


def _premium(table: RoutingTable, decision: Decision) -> Decision:
    plan = decision.plan
    if plan.tier == CRITICAL or not plan.primaries:
        return decision
    premium = replace(table.tiers[CRITICAL], native=plan.native)
    why = f"premium models do everything: tier {CRITICAL}"
    return _changed(decision, premium, why, overridden=True)


def _promoted(table: RoutingTable, decision: Decision, error_rate: Fraction) -> Decision:
    above = decision.plan.escalation
    if above is None or error_rate <= table.error_limit:
        return decision
    share, limit = percents_beside(table.error_limit, error_rate)
    shares = f"{share} of its runs escalated, over {limit}"
    plan = replace(table.tiers[above], native=decision.plan.native)
    return _changed(decision, plan, f"{shares}: tier {above} at once")


def _downgraded(table: RoutingTable, decision: Decision, pressure: Fraction) -> Decision:
    """Choose the cheapest tier; an escalation would cost more than was saved, so there is none."""
    plan = decision.plan
    spared = table.on_budget_pressure == "off" or pressure < table.pressure_at
    if spared or plan.tier == CRITICAL or not plan.primaries:
        return decision
    tier = min(table.tiers, key=lambda name: _by_cost(table.tiers[name]))
    if _by_cost(table.tiers[tier]) >= _by_cost(plan):
        return decision
    cheap = replace(table.tiers[tier], native=plan.native, escalation=None)
    used = f"{percent(pressure)} of the budget is used"
    return _changed(
        decision, cheap, f"{used}: tier {tier}, the cheapest, without escalation", downgraded=True
    )


def _by_cost(plan: Plan) -> tuple[bool, int]:
    """Order plans by what they are expected to cost; the unknown counts as dearest."""
    cost = expected(plan.band)
    return cost is None, 0 if cost is None else cost.atto


def _cheapest(table: RoutingTable, decision: Decision, prices: Prices) -> Decision:
    """Put the cheapest of those that may stand for it in the place of each model."""
    plan = decision.plan
    for name in plan.models:
        chosen = _cheapest_of(table, plan, name, prices)
        if chosen != name:
            plan = _swapped(plan, name, chosen)
            why = f"{chosen} is the cheapest of those that may stand for {name}"
            decision = _changed(decision, plan, why)
    return decision


def _cheapest_of(table: RoutingTable, plan: Plan, name: str, prices: Prices) -> str:
    """Return the cheapest; *name* itself if its own price is unknown, or no other is lower."""
    own = prices(table.profiles[name])
    if own is None:
        return name
    costs = {name: own}
    for other in alternates_of(table, plan, name):
        cost = prices(table.profiles[other])
        if cost is not None:
            costs[other] = cost
    return min(costs, key=costs.__getitem__)


def _swapped(plan: Plan, name: str, chosen: str) -> Plan:
    """Return *plan* with one model in another's place, which is now its alternate."""
    return replace(
        plan,
        primaries=tuple(chosen if each == name else each for each in plan.primaries),
        validator=chosen if plan.validator == name else plan.validator,
        aggregator=chosen if plan.aggregator == name else plan.aggregator,
        alternates=(name, *(each for each in plan.alternates if each != chosen))
        if name in plan.primaries
        else plan.alternates,
    )


def _with_escalations(table: RoutingTable, decision: Decision) -> Decision:
    """Add the tiers that take over, one after the other; no tier comes twice."""
    plans: list[Plan] = []
    seen = {decision.plan.tier}
    above = decision.plan.escalation
    while above is not None and above not in seen and len(plans) < table.max_escalations:
        seen.add(above)
        plans.append(table.tiers[above])
        above = table.tiers[above].escalation
    return replace(decision, escalations=tuple(plans)) if plans else decision


def _changed(
    decision: Decision, plan: Plan, why: str, *, overridden: bool = False, downgraded: bool = False
) -> Decision:
    return replace(
        decision,
        plan=plan,
        reasons=(*decision.reasons, why),
        overridden=overridden or decision.overridden,
        downgraded=downgraded or decision.downgraded,
    )


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    likely = nearest(name, known)
    hint = f'did you mean "{likely}"?' if likely else f"there are {', '.join(known)}"
    return f'no {kind} is called "{name}"; {hint}'
