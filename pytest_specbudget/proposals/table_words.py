"""The ceilings that a routing table sets, and whose prices hold at which host, by its text."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_specbudget.errors import SettingError
from pytest_specbudget.routing.loading import load

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LIMITS", "settings_in"]

LIMITS = ("per_spec_budget", "per_command_budget", "monthly_budget")
"""What is called so in `[models.cost_limits]`."""


def settings_in(name: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Yield what the table *name* sets beside routes: the place, the setting, its value."""
    try:
        table = load(text, name)
    except SettingError:
        yield name, "routing", "cannot be read"
        return
    for key in LIMITS:
        amount = getattr(table.cost_limits, key, None)
        if amount is not None:
            yield name, key, str(amount)
    if table.cost_limits is not None and table.cost_limits.per_command_budget is not None:
        for command, amount in table.ceilings.items():
            yield name, f"per_command_budget.{command}", str(amount)
    for profile in table.profiles.values():
        host = urlsplit(profile.base_url or "").hostname
        if host:
            yield name, f'hosts."{host}"', profile.provider
