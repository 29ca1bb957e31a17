"""The scale of tiers that the seeds had before S, M, C and X: how many agents were asked.

Source: SPEC-KIT-070, PRD of 2025-10-24, section 1 (read 2026-11-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from pytest_specbudget.routing.values import Plan

__all__ = ["LEGACY_TIERS", "LegacyTier", "legacy_tier"]


@value
class LegacyTier:
    """One step of the old scale.

    Attributes:
        label: `2-lite`.
        says: What was asked.
        usd: What a run was said to cost.
        tier: What takes its place, or None: a pipeline has a tier for each of its commands.
    """

    label: str
    says: str
    usd: Money
    tier: str | None


def _step(label: str, says: str, usd: str, tier: str | None) -> LegacyTier:
    return LegacyTier(label=label, says=says, usd=Money.parse(usd), tier=tier)


LEGACY_TIERS = {
    step.label: step
    for step in (
        _step("0", "native", "0", "S"),
        _step("1", "single agent", "0.10", "S"),
        _step("2-lite", "dual agent", "0.35", "M"),
        _step("2", "triple agent", "0.80", "C"),
        _step("3", "quad agent", "2.00", "X"),
        _step("4", "full pipeline", "11.00", None),
    )
}
"""The old scale, by label."""

_BY_AGENTS = ("0", "1", "2-lite", "2", "3")


def legacy_tier(plan: Plan | None) -> str:
    """Return the label of *plan* on the old scale; None is a pipeline.

    Agents are those that answer and the one that judges, as the seeds counted them; who makes one
    answer of several was not counted.
    """
    if plan is None:
        return "4"
    agents = len(plan.primaries) + (plan.validator is not None)
    return _BY_AGENTS[min(agents, len(_BY_AGENTS) - 1)]
