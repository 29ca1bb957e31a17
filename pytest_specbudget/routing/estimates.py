"""What plans are expected to cost, by the table's own bands; estimates, and never a price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money
from pytest_specbudget.routing.values import Band

if TYPE_CHECKING:
    from pytest_specbudget.routing.values import CommandRule, Plan, RoutingTable

__all__ = ["band_of", "expected"]


def expected(band: Band | None) -> Money | None:
    """Return the figure to reckon with: the one that is named, else the middle of the band."""
    if band is None:
        return None
    middle = Money((band.low.atto + band.high.atto) // 2)
    return middle if band.expected is None else band.expected


def band_of(table: RoutingTable, rule: CommandRule) -> Band | None:
    """Return what one run of a command costs; of a pipeline, what all of its commands cost.

    None if the band of any of them is unknown.
    """
    if not rule.pipeline:
        return rule.plan.band
    bands = [_plan_of(table, step).band for step in rule.pipeline]
    known = [band for band in bands if band is not None]
    if len(known) < len(bands):
        return None
    return Band(
        low=Money.total(band.low for band in known),
        high=Money.total(band.high for band in known),
        expected=Money.total(expected(band) or Money() for band in known),
    )


def _plan_of(table: RoutingTable, step: str) -> Plan:
    rule = table.commands.get(step)
    return table.tiers[table.default] if rule is None else rule.plan
