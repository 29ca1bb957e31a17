"""What a run is held to by its routing table: tiers, premium models, and ceilings of commands.

The table is the one that the run had, kept in its journal, so that another machine judges the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.gate import Ceiling, SpendGate
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import dollars_beside
from pytest_specbudget.routing.conformance import ConformanceGate, PremiumShareGate
from pytest_specbudget.routing.kpis import kpis
from pytest_specbudget.routing.loading import default_table, load
from pytest_specbudget.routing.mistyped import doubts_of_names
from pytest_specbudget.routing.naming import rule_of
from pytest_specbudget.routing.shares import REST, overdrawn
from pytest_specbudget.routing.standing import Standings
from pytest_specbudget.verdicts.market import market_of
from pytest_specbudget.verdicts.routed import Routing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from fractions import Fraction

    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.core.ledger import Charge, Ledger
    from pytest_specbudget.routing.values import RoutingTable
    from pytest_specbudget.settings.settings import Settings
    from pytest_specbudget.verdicts.routed import Allowed, Told

__all__ = ["held_to"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageShares:
    """Warns of a stage that takes more of its SPEC's ceiling than its share.

    Attributes:
        shares: What share each stage may take; `*` stands for all others together.
        settings: The ceilings of SPECs.
    """

    shares: Mapping[str, Fraction]
    settings: Settings

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield a warning for each SPEC and stage that took too much."""
        for spec, spent in sorted(_by_stage(ledger).items()):
            ceiling = self.settings.ceiling_of(spec)
            over = () if ceiling is None else overdrawn(ceiling.ceiling, self.shares, spent)
            for one in over:
                have, most = dollars_beside(one.ceiling, one.spent)
                stage = "all other stages" if one.stage == REST else f'stage "{one.stage}"'
                yield Finding(
                    rule="stage-share-exceeded",
                    subject=spec,
                    message=f"{stage} of {spec} spent {have}; its share of the ceiling is {most}",
                    origin="" if ceiling is None else ceiling.origin,
                    remedy="send the stage to cheaper models, or give it a larger share",
                    severity="warning",
                )


def _by_stage(ledger: Ledger) -> dict[str, dict[str, Money]]:
    spent: dict[str, dict[str, Money]] = {}
    for charge in ledger:
        if not charge.mocked:
            stages = spent.setdefault(charge.attribution.spec, {})
            stage = charge.attribution.stage or "(none)"
            stages[stage] = stages.get(stage, Money()) + (charge.list_cost or Money())
    return spent


def held_to(
    ledger: Ledger,
    settings: Settings,
    *,
    told: Told | None,
    allowed: Allowed,
    nodes: Callable[[Charge], Iterable[str]],
) -> Routing:
    """Return what routing says of *ledger*.

    Args:
        ledger: What is judged.
        settings: What was asked for.
        told: The routing table that the run had, or None for the one of the house.
        allowed: The tiers that markers allow.
        nodes: The nodes that a charge counts for.
    """
    charges, most = [*ledger], settings.max_premium_share
    is_routed = any(charge.routed is not None for charge in charges)
    table = default_table() if told is None else load(*told)
    standings, override = Standings(table, market_of(settings)), _override(settings)
    conformance = ConformanceGate(
        standings=standings,
        allowed=allowed,
        nodes=nodes,
        severity="error" if told else "warning",
        override=override,
    )
    ceilings = _ceilings(table, settings)
    shown = not override and (is_routed or told is not None or most is not None)
    return Routing(
        gates=(conformance, *_limits(standings, settings, override), *ceilings),
        kpis=kpis(ledger, standings) if shown else (),
        enforces=bool(allowed or ceilings),
        doubts=tuple(doubts_of_names(table, charges)),
    )


def _limits(standings: Standings, settings: Settings, override: str) -> Iterator[Gate]:
    """Yield what holds the share of premium models, and that of each stage."""
    if settings.max_premium_share is not None:
        origin = settings.origin_of("max_premium_share")
        yield PremiumShareGate(standings, settings.max_premium_share, origin, override)
    limits = standings.table.cost_limits
    if limits is not None and limits.stage_shares:
        yield StageShares(shares=limits.stage_shares, settings=settings)


def _override(settings: Settings) -> str:
    """Return what sends the whole run to other models than the table does, or nothing."""
    if settings.route == "premium":
        return settings.origin_of("route")
    return settings.origin_of("model") if settings.model is not None else ""


def _ceilings(table: RoutingTable, settings: Settings) -> tuple[SpendGate, ...]:
    """Return what holds commands to the ceilings that the table states; nothing without one.

    A ceiling of the same command in the settings goes before that of the table.
    """
    ours = {limit.subject for limit in settings.limits if limit.scope == "command"}
    named = {
        name: Ceiling(amount=most, origin=f'limit = {most} of command "{name}" in {table.source}')
        for name, most in table.ceilings.items()
        if name not in ours
    }
    gate = SpendGate(
        scope="command",
        subjects=lambda charge: _command(charge, table),
        named=named,
        basis=settings.judge,
        warning=settings.alert_warning,
        critical=settings.alert_critical,
    )
    return (gate,) if named else ()


def _command(charge: Charge, table: RoutingTable) -> tuple[str, ...]:
    """Return the command that a charge counts for, whatever it was called."""
    command = charge.attribution.command
    rule = None if command is None else rule_of(table.commands, command)
    return () if rule is None else (rule.command,)
