"""Whether the models that were called are those that routing allows; a pure function of charges.

Where a model stands is said by `standing`: by the plans of the table, and by what it costs.  What
nobody can place is said to be unknown, and never let pass as cheap.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.wording import calls_of, percent, percents_beside
from pytest_specbudget.routing.kpis import kpis
from pytest_specbudget.routing.values import CRITICAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pytest_specbudget.core.finding import Severity
    from pytest_specbudget.core.ledger import Charge, Ledger
    from pytest_specbudget.routing.standing import Standing, Standings

__all__ = ["ConformanceGate", "PremiumShareGate", "kpis"]

_SHOWN = 3
_UNKNOWN = "it stands in no plan and has no price, so nobody knows its tier"
_DECLARE = "add it to the plan of its tier in the routing table, or give it a price"


class _Case(NamedTuple):
    """What calls have in common that do not fit.

    Attributes:
        held: The tier, or the node, that holds them.
        model: Which was called.
        unknown: Whether nobody knows if it fits.
        declared: Whether somebody sent the whole run elsewhere, and so these calls.
    """

    held: str
    model: str
    unknown: bool
    declared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConformanceGate:
    """Breached by calls of models that the tier of their test does not have.

    Attributes:
        standings: Where models stand in the routing table.
        allowed: What markers allow, by node id: the tiers, and where that was said.
        nodes: The nodes that a charge counts for: its test, and the class and module around it.
        severity: What a call beyond the tier that its test declares is; beyond what a marker
            allows it is always an error.
        override: What sends the whole run to other models, as the user wrote it, or empty.  What
            routing sends there was declared, and is a warning.
    """

    standings: Standings
    allowed: Mapping[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    nodes: Callable[[Charge], Iterable[str]]
    severity: Severity = "warning"
    override: str = ""

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield one finding for each tier and model that do not fit, and for each silent change."""
        judged = [charge for charge in ledger if not charge.mocked and charge.reading.called]
        yield from self._beyond_tier(judged)
        yield from self._beyond_allowed(judged)
        yield from self._changed(judged)

    def _beyond_tier(self, charges: Iterable[Charge]) -> Iterator[Finding]:
        groups: dict[_Case, list[Charge]] = {}
        for charge in charges:
            tier = _held_to(charge)
            if tier in self.standings.table.tiers:
                fits = self._fits(tier, charge)
                if not fits:
                    groups.setdefault(self._case(tier, charge, fits), []).append(charge)
        for case, group in sorted(groups.items()):
            finding = Finding(
                rule="tier-mismatch",
                subject=case.model,
                message=f"in tests of tier {case.held}",
                origin=self.standings.table.source,
                remedy=f"ask a model of tier {case.held}, or give the tests the tier that they "
                "need",
                severity=self.severity,
                inconclusive=case.unknown,
            )
            yield self._told(finding, case, group)

    def _beyond_allowed(self, charges: Iterable[Charge]) -> Iterator[Finding]:
        groups: dict[_Case, list[Charge]] = {}
        for charge in charges:
            for node in self.nodes(charge):
                if node in self.allowed:
                    allows = self._allows(self.allowed[node][0], charge)
                    if not allows:
                        groups.setdefault(self._case(node, charge, allows), []).append(charge)
        for case, group in sorted(groups.items()):
            tiers, origin = self.allowed[case.held]
            finding = Finding(
                rule="tier-mismatch",
                subject=case.held,
                message=f"where models of tier {', '.join(tiers)} are allowed",
                origin=origin,
                remedy="ask a model of these tiers, or allow its tier",
                inconclusive=case.unknown,
            )
            yield self._told(finding, case, group)

    def _case(self, held: str, charge: Charge, allowed: bool | None) -> _Case:  # noqa: FBT001 - an answer
        declared = bool(self.override) and charge.routed is not None
        return _Case(held, charge.reading.model, allowed is None, declared)

    def _told(self, finding: Finding, case: _Case, group: list[Charge]) -> Finding:
        """Say of which model *finding* is, where that stands, and whether somebody asked for it."""
        placed = _placed(self.standings.of(group[0]))
        asked = f"; {self.override} asks for that" if case.declared else ""
        severity: Severity = "warning" if case.declared else finding.severity
        remedy = _DECLARE if case.unknown else finding.remedy
        return replace(
            finding,
            message=f"{calls_of(len(group))} of {case.model} {finding.message}: {placed}{asked}",
            details=_tests(group),
            remedy="nothing, if that is meant" if case.declared else remedy,
            severity=severity,
            inconclusive=finding.inconclusive and severity == "error",
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
                origin=self.standings.table.source,
                details=_tests(group),
                remedy="declare the alternate in the routing table, or ask the planned model",
            )

    def _planned(self, charge: Charge) -> str | None:
        routed = charge.routed
        if routed is None or routed.reason is not None:
            return None
        profile = self.standings.table.profiles.get(routed.slot)
        return None if profile is None else profile.model

    def _fits(self, tier: str, charge: Charge) -> bool | None:
        """Whether the work of a tier may be done by the model that was called; None if unknown.

        What is cheaper fits, too, but for critical work: that is never sent to a cheap model.
        """
        within = self.standings.is_within(charge, tier)
        return self._has(tier, charge) if within and tier == CRITICAL else within

    def _allows(self, tiers: Iterable[str], charge: Charge) -> bool | None:
        """Whether one of *tiers* has the model; None if nobody knows.

        A tier has whom its plans name, and what is cheaper.  The critical one has premium models
        alone.
        """
        told = [self._has(tier, charge) for tier in tiers]
        return True if True in told else None if None in told else False

    def _has(self, tier: str, charge: Charge) -> bool | None:
        standing = self.standings.of(charge)
        if tier in standing.named:
            return True
        if tier == CRITICAL:
            return standing.premium
        known = tier in self.standings.table.tiers
        return self.standings.is_within(charge, tier) if known else False


def _held_to(charge: Charge) -> str:
    """Return the tier that a call is held to: its test's, or the one that took over as declared."""
    routed = charge.routed
    if charge.tier is not None and routed is not None and routed.escalated:
        return routed.tier
    return charge.tier or ""


def _placed(standing: Standing) -> str:
    """Say where a model stands."""
    if standing.tier is not None:
        how = "" if standing.named else ", by its price"
        return f"it is of tier {standing.tier}{how}"
    if standing.doubtful is not None:
        return _UNKNOWN
    return "it stands in no plan, and is dearer than every model that does"


@dataclass(frozen=True, slots=True)
class PremiumShareGate:
    """Breached where premium models make too large a share of all calls.

    Attributes:
        standings: Where models stand in the routing table, which says what is premium.
        most: The largest share that may be, 0 to 1.
        origin: Where that was set.
        override: What sends the whole run to other models, as the user wrote it, or empty; then a
            breach is a warning.
    """

    standings: Standings
    most: Fraction
    origin: str
    override: str = ""

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield a finding if the share is larger, or if nobody can tell."""
        calls = [charge for charge in ledger if not charge.mocked and charge.reading.called]
        premium = [charge for charge in calls if self._is_premium(charge)]
        unknown = [charge for charge in calls if self._is_premium(charge) is None]
        if self._is_over(len(premium), len(calls)):
            yield self._over(premium, len(calls))
        elif self._is_over(len(premium) + len(unknown), len(calls)):
            yield self._unknown(unknown, len(premium), len(calls))

    def _is_premium(self, charge: Charge) -> bool | None:
        return self.standings.of(charge).premium

    def _is_over(self, part: int, whole: int) -> bool:
        return bool(whole) and Fraction(part, whole) > self.most

    def _over(self, premium: list[Charge], calls: int) -> Finding:
        told = f"; {self.override} asks for that" if self.override else ""
        share, most = percents_beside(self.most, Fraction(len(premium), calls))
        return Finding(
            rule="premium-share",
            subject="whole run",
            message=f"{len(premium):,} of {calls_of(calls)} went to premium models "
            f"({share}, at most {most}){told}",
            origin=self.origin,
            details=_tests(premium),
            remedy="send to cheaper tiers what does not need premium models",
            severity="warning" if self.override else "error",
        )

    def _unknown(self, unknown: list[Charge], premium: int, calls: int) -> Finding:
        models = ", ".join(sorted({charge.reading.model for charge in unknown}))
        return Finding(
            rule="premium-share",
            subject="whole run",
            message=f"{premium:,} of {calls_of(calls)} went to premium models (at most "
            f"{percent(self.most)}), and of {len(unknown):,} more nobody knows: {models}",
            origin=self.origin,
            details=_tests(unknown),
            remedy="name them in the routing table with premium = true or false, or price them",
            severity="warning" if self.override else "error",
            inconclusive=not self.override,
        )


def _tests(group: Iterable[Charge]) -> tuple[str, ...]:
    names = sorted({charge.attribution.test for charge in group})
    more = len(names) - _SHOWN
    return (*names[:_SHOWN], *((f"and {calls_of(more, 'more test')}",) if more > 0 else ()))
