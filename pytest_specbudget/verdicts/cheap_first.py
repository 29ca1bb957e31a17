"""What trying cheap models first came to: how often it escalated, and whether that paid.

Tasks that began with premium models tried nothing cheap, and are left out: those of the critical
tier, and those for which somebody set the table aside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import PLACES, Money
from pytest_specbudget.core.wording import calls_of, dollars_of, percent
from pytest_specbudget.quality.confusion import break_even
from pytest_specbudget.routing.values import CRITICAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.routed import Routed

__all__ = ["cheap_first"]

_JUDGES = ("validator", "judge")
_SET_ASIDE = "override"


@dataclass(slots=True)
class _Tasks:
    """The tasks of one command.

    Attributes:
        seen: Every task.
        escalated: Those that a higher tier had to do again.
        cheap: What the first tier's answers cost.
        judged: What judging them cost.
        premium: What the higher tiers cost, judges included.
        doubted: How many calls may have cost more than is known.
    """

    seen: set[str] = field(default_factory=set)
    escalated: set[str] = field(default_factory=set)
    cheap: Money = field(default_factory=Money)
    judged: Money = field(default_factory=Money)
    premium: Money = field(default_factory=Money)
    doubted: int = 0

    def add(self, charge: Charge) -> None:
        routed, cost = charge.routed, charge.list_cost or Money()
        if routed is None:
            return
        self.seen.add(routed.task)
        self.doubted += charge.uncertain
        if routed.escalated:
            self.escalated.add(routed.task)
            self.premium += cost
        elif routed.role in _JUDGES:
            self.judged += cost
        else:
            self.cheap += cost

    def told(self) -> str:
        """Say it in a sentence."""
        rate = Fraction(len(self.escalated), len(self.seen))
        judged, spent = dollars_of(self.judged, self.cheap + self.judged + self.premium)
        return (
            f"{calls_of(len(self.seen), 'task')}, {len(self.escalated):,} escalated "
            f"({percent(rate)}), validators cost {judged} of {spent}{self._limit()}{self._doubts()}"
        )

    def _doubts(self) -> str:
        return f"; {calls_of(self.doubted)} of unknown cost not counted" if self.doubted else ""

    def _limit(self) -> str:
        """Say up to which rate escalating pays, as far as any escalation tells it."""
        if not self.escalated or not self.premium or self.doubted:
            return ""
        cheap, judged = (_mean(cost, len(self.seen)) for cost in (self.cheap, self.judged))
        limit = break_even(cheap, judged, _mean(self.premium, len(self.escalated)))
        return f"; escalating pays up to {percent(max(limit or Fraction(0), Fraction(0)))}"


def _mean(cost: Money, count: int) -> Money:
    return Money.of_fraction(Fraction(cost.atto, 10**PLACES * count))


def cheap_first(charges: Iterable[Charge]) -> Iterator[str]:
    """Yield a sentence for each command whose tasks were judged or escalated."""
    routed = [one for one in charges if one.routed is not None and not one.mocked]
    dear = {one.routed.task for one in routed if one.routed is not None and _is_dear(one.routed)}
    commands: dict[str, _Tasks] = {}
    for charge in routed:
        if charge.routed is not None and charge.routed.task not in dear:
            commands.setdefault(charge.attribution.command or "(none)", _Tasks()).add(charge)
    for command, tasks in sorted(commands.items()):
        if tasks.judged or tasks.escalated:
            yield f"cheap first, {command}: {tasks.told()}"


def _is_dear(routed: Routed) -> bool:
    """Whether a task with such a call began with premium models."""
    return routed.reason == _SET_ASIDE or (routed.tier == CRITICAL and not routed.escalated)
