"""The ceilings that a routing table brings along, in the seeds' `[models.cost_limits]`.

They are held like ceilings from settings, and give way to them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.routing.loading import limits_of, load
from pytest_specbudget.settings.values import Limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.core.money import Money
    from pytest_specbudget.routing.values import CostLimits
    from pytest_specbudget.settings.settings import Settings
    from pytest_specbudget.settings.values import Scope

__all__ = ["with_routing"]

_MONTH = "monthly_budget stands there, and this version has no ceilings by the month"


def with_routing(settings: Settings) -> Settings:
    """Return *settings* with the ceilings of their routing table; without a table, as they are.

    Raises:
        OSError, UnicodeDecodeError: If the table cannot be read.
        SettingError: If it makes no sense, with every problem there is.
    """
    if settings.routing is None:
        return settings
    source = str(settings.routing)
    text = settings.routing.read_text("utf-8")
    load(text, source)
    limits = limits_of(text, source)
    return settings if limits is None else _with_limits(settings, limits, source)


def _with_limits(settings: Settings, limits: CostLimits, source: str) -> Settings:
    held = {(limit.scope, limit.subject) for limit in settings.limits}
    added = [one for one in _ceilings(limits, source) if (one.scope, None) not in held]
    warning = settings.alert_warning
    if limits.alert_threshold is not None and "alert_warning" not in settings.origins:
        warning = limits.alert_threshold
    notes = (f"{source}: {_MONTH}",) if limits.monthly_budget is not None else ()
    return replace(
        settings,
        limits=(*settings.limits, *added),
        alert_warning=warning,
        alert_critical=max(warning, settings.alert_critical),
        notes=(*settings.notes, *notes),
    )


def _ceilings(limits: CostLimits, source: str) -> Iterator[Limit]:
    told: tuple[tuple[Scope, str, Money | None], ...] = (
        ("spec", "per_spec_budget", limits.per_spec_budget),
        ("command", "per_command_budget", limits.per_command_budget),
    )
    for scope, key, ceiling in told:
        if ceiling is not None:
            origin = f"{key} = {ceiling} in {source} [models.cost_limits]"
            yield Limit(scope=scope, ceiling=ceiling, origin=origin)
