"""Whether the models that were called are those that routing allows; a pure function of charges.

A model belongs to each tier whose plan names it; one that no plan names belongs to none, and is
judged only where a test says which tiers it may use.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars, percent
from pytest_specbudget.routing.naming import rule_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pytest_specbudget.core.finding import Severity
    from pytest_specbudget.core.ledger import Charge, Ledger
    from pytest_specbudget.routing.values import RoutingTable

__all__ = ["ConformanceGate", "Kpi", "PremiumShareGate", "kpis", "tiers_of"]

_SHOWN = 3
_CHEAP = ("S", "M")
_ZERO = Money()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConformanceGate:
    """Breached by calls of models that the tier of their test does not have.

    Attributes:
        table: The routing table.
        allowed: What markers allow, by node id: the tiers, and where that was said.
        nodes: The nodes that a charge counts for: its test, and the class and module around it.
        severity: What a call beyond the tier that its test declares is; beyond what a marker
            allows it is always an error.
    """

    table: RoutingTable
    allowed: Mapping[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    nodes: Callable[[Charge], Iterable[str]]
    severity: Severity = "warning"

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield one finding for each tier and model that do not fit, and for each silent change."""
        judged = [charge for charge in ledger if not charge.mocked and charge.reading.called]
        yield from self._beyond_tier(judged)
        yield from self._beyond_allowed(judged)
        yield from self._changed(judged)

    def _beyond_tier(self, charges: Iterable[Charge]) -> Iterator[Finding]:
        groups: dict[tuple[str, str], list[Charge]] = {}
        for charge in charges:
            has = tiers_of(charge, self.table)
            if charge.tier and has and not self._is_within(charge.tier, has):
                groups.setdefault((charge.tier, charge.reading.model), []).append(charge)
        for (tier, model), group in sorted(groups.items()):
            yield Finding(
                rule="tier-mismatch",
                subject=model,
                message=f"{calls_of(len(group))} of {model} (tier "
                f"{', '.join(tiers_of(group[0], self.table))}) in tests of tier {tier}",
                origin=self.table.source,
                details=_tests(group),
                remedy=f"ask a model of tier {tier}, or give the tests the tier that they need",
                severity=self.severity,
            )

    def _beyond_allowed(self, charges: Iterable[Charge]) -> Iterator[Finding]:
        groups: dict[tuple[str, str], list[Charge]] = {}
        for charge in charges:
            for node in self.nodes(charge):
                if node in self.allowed and not self._allows(node, charge):
                    groups.setdefault((node, charge.reading.model), []).append(charge)
        for (node, model), group in sorted(groups.items()):
            tiers, origin = self.allowed[node]
            has = tiers_of(group[0], self.table)
            yield Finding(
                rule="tier-mismatch",
                subject=node,
                message=f"{calls_of(len(group))} of {model} "
                f"({'tier ' + ', '.join(has) if has else 'of no tier'}), allowed are models of "
                f"tier {', '.join(tiers)}",
                origin=origin,
                details=_tests(group),
                remedy="ask a model of these tiers, or allow its tier",
            )

    def _changed(self, charges: Iterable[Charge]) -> Iterator[Finding]:
        """Find routed calls of another model than the plan says, with no reason told."""
        groups: dict[tuple[str, str], list[Charge]] = {}
        for charge in charges:
            planned = self._planned(charge)
            asked = charge.reading.request_model
            if planned is not None and asked is not None and asked != planned:
                groups.setdefault((planned, asked), []).append(charge)
        for (planned, asked), group in sorted(groups.items()):
            yield Finding(
                rule="fallback-silent",
                subject=asked,
                message=f"{calls_of(len(group))} asked {asked} where the plan says {planned}, and "
                "nothing says why",
                origin=self.table.source,
                details=_tests(group),
                remedy="declare the alternate in the routing table, or ask the planned model",
            )

    def _planned(self, charge: Charge) -> str | None:
        routed = charge.routed
        if routed is None or routed.reason is not None:
            return None
        profile = self.table.profiles.get(routed.slot)
        return None if profile is None else profile.model

    def _allows(self, node: str, charge: Charge) -> bool:
        return not {*self.allowed[node][0]}.isdisjoint(tiers_of(charge, self.table))

    def _is_within(self, tier: str, has: tuple[str, ...]) -> bool:
        """Whether a model of the tiers *has* is one of *tier*, or of a cheaper one."""
        order = [*self.table.tiers]
        if tier not in order:
            return tier in has
        return any(order.index(one) <= order.index(tier) for one in has)


@dataclass(frozen=True, slots=True, kw_only=True)
class PremiumShareGate:
    """Breached where premium models make too large a share of all calls.

    Attributes:
        table: The routing table, which says what is premium.
        most: The largest share that may be, 0 to 1.
        origin: Where that was set.
    """

    table: RoutingTable
    most: Fraction
    origin: str

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield a finding if the share is larger."""
        calls = [charge for charge in ledger if not charge.mocked and charge.reading.called]
        premium = [charge for charge in calls if _is_premium(charge, self.table)]
        if calls and Fraction(len(premium), len(calls)) > self.most:
            yield Finding(
                rule="premium-share",
                subject="whole run",
                message=f"{len(premium):,} of {calls_of(len(calls))} went to premium models "
                f"({percent(Fraction(len(premium), len(calls)))}, at most {percent(self.most)})",
                origin=self.origin,
                details=_tests(premium),
                remedy="send to cheaper tiers what does not need premium models",
            )


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure of how a suite is routed.

    Attributes:
        name: As the seeds number it: `P8`.
        says: What it is.
        value: For people.
        target: What the seeds ask for.
        met: Whether the target is met.
    """

    name: str
    says: str
    value: str
    target: str
    met: bool


def tiers_of(charge: Charge, table: RoutingTable) -> tuple[str, ...]:
    """Return the tiers whose plans name the model that was called, the cheapest first."""
    names = _profiles_of(charge, table)
    return tuple(tier for tier, plan in table.tiers.items() if not names.isdisjoint(plan.models))


def kpis(ledger: Ledger, table: RoutingTable) -> tuple[Kpi, ...]:
    """Return the figures P6 to P10 of the seeds, over the calls of *ledger*; none without calls.

    They count operations, each a call, and not commands.
    """
    calls = [charge for charge in ledger if not charge.mocked and charge.reading.called]
    if not calls:
        return ()
    commands = {charge.attribution.command for charge in calls} - {None}
    known = {command for command in commands if command and _is_classified(command, table)}
    routed = Fraction(len(known), len(commands)) if commands else Fraction(0)
    tracked = _share(calls, lambda charge: charge.list_cost is not None)
    cheap = _share(calls, lambda charge: not {*_CHEAP}.isdisjoint(tiers_of(charge, table)))
    premium = _share(calls, lambda charge: _is_premium(charge, table))
    found = [
        Kpi("P7", "operations with a known cost", percent(tracked), "100 %", tracked == 1),
        Kpi("P8", "operations on tiers S and M", percent(cheap), "80 %", cheap >= Fraction(4, 5)),
        Kpi("P9", "operations on premium models", percent(premium), "below 5 %", premium * 20 < 1),
    ]
    if commands:
        found.insert(0, Kpi("P6", "commands with routing", percent(routed), "100 %", routed == 1))
        found.append(_average(calls, len(commands)))
    return tuple(found)


def _average(calls: Iterable[Charge], commands: int) -> Kpi:
    spent = Money.total(
        charge.list_cost or _ZERO for charge in calls if charge.attribution.command is not None
    )
    each = Money.of_fraction(Fraction(spent.atto, 10**18) / commands)
    most = Money.parse("0.30")
    return Kpi("P10", "average cost of a command", dollars(each), "below $0.30", each < most)


def _share(calls: list[Charge], holds: Callable[[Charge], bool]) -> Fraction:
    return Fraction(sum(map(holds, calls)), len(calls))


def _is_classified(command: str, table: RoutingTable) -> bool:
    return rule_of(table.commands, command) is not None


def _is_premium(charge: Charge, table: RoutingTable) -> bool:
    return any(table.profiles[name].premium for name in _profiles_of(charge, table))


def _profiles_of(charge: Charge, table: RoutingTable) -> set[str]:
    """Return the names of the profiles that stand for the model that was called."""
    reading = charge.reading
    models = {reading.request_model, reading.response_model, reading.real_model} - {None}
    return {
        name
        for name, profile in table.profiles.items()
        if profile.model in models and profile.provider == reading.provider
    }


def _tests(group: Iterable[Charge]) -> tuple[str, ...]:
    names = sorted({charge.attribution.test for charge in group})
    more = len(names) - _SHOWN
    return (*names[:_SHOWN], *((f"and {calls_of(more, 'more test')}",) if more > 0 else ()))
