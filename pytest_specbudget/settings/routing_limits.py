"""What a routing table brings along for the rest of the run: ceilings, hosts, the names of tiers.

Ceilings are held like those from settings, and give way to them; a host where the table says that a
model of a provider answers is as if `hosts` said so.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_specbudget.core.names import nearest
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import SettingError
from pytest_specbudget.routing.deciding import profile_named
from pytest_specbudget.routing.loading import default_table, load
from pytest_specbudget.routing.shares import undershared
from pytest_specbudget.settings.host_notes import host_notes
from pytest_specbudget.settings.values import Limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.money import Money
    from pytest_specbudget.providers import HostRule
    from pytest_specbudget.routing.values import CostLimits, ModelProfile, RoutingTable
    from pytest_specbudget.settings.settings import Settings
    from pytest_specbudget.settings.values import Scope

__all__ = ["TableNames", "with_routing"]


def with_routing(settings: Settings) -> Settings:
    """Return *settings* with what their routing table says; without a table, as they are.

    Raises:
        SettingError: If the table cannot be read or makes no sense, with every problem there is.
    """
    if settings.routing is None:
        return settings
    table = _table(settings)
    told = _with_hosts(settings, table)
    return told if table.cost_limits is None else _with_limits(told, table, table.cost_limits)


def _table(settings: Settings) -> RoutingTable:
    if settings.routing is None:
        return default_table()
    try:
        text = settings.routing.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"{settings.routing} cannot be read: {reason_of(error)}"
        raise SettingError([f"{settings.origin_of('routing')}: {problem}"]) from None
    return load(text, str(settings.routing))


def _with_limits(settings: Settings, table: RoutingTable, limits: CostLimits) -> Settings:
    held = {(limit.scope, limit.subject) for limit in settings.limits}
    added = [one for one in _ceilings(table, limits) if (one.scope, one.subject) not in held]
    warning = settings.alert_warning
    if limits.alert_threshold is not None and "alert_warning" not in settings.origins:
        warning = limits.alert_threshold
    shares = undershared(limits.stage_shares)
    notes = (f"{table.source}: {shares}",) if shares else ()
    return replace(
        settings,
        limits=(*settings.limits, *added),
        alert_warning=warning,
        alert_critical=max(warning, settings.alert_critical),
        notes=(*settings.notes, *notes),
    )


def _ceilings(table: RoutingTable, limits: CostLimits) -> Iterator[Limit]:
    """Yield what holds each SPEC and each command; a command's own goes before that of all."""
    told: tuple[tuple[Scope, str, Money | None], ...] = (
        ("spec", "per_spec_budget", limits.per_spec_budget),
        ("command", "per_command_budget", limits.per_command_budget),
        ("month", "monthly_budget", limits.monthly_budget),
    )
    for scope, key, ceiling in told:
        if ceiling is not None:
            origin = f"{key} = {ceiling} in {table.source} [models.cost_limits]"
            yield Limit(scope=scope, ceiling=ceiling, origin=origin)
    for name, most in table.ceilings.items() if limits.per_command_budget is not None else ():
        origin = f'limit = {most} of command "{name}" in {table.source}'
        yield Limit(scope="command", subject=name, ceiling=most, origin=origin)


def _with_hosts(settings: Settings, table: RoutingTable) -> Settings:
    """Let the providers count that the table declares for hosts; a provider in `hosts` goes before.

    What the user says there about a host beside its provider holds on.
    """
    served = _served(table.profiles.values())
    if not served:
        return settings
    from pytest_specbudget.providers.hosts import HostRule, rule_for  # noqa: PLC0415 - few need it

    added: list[HostRule] = []
    notes: list[str] = []
    for host, profiles in served.items():
        ours = rule_for(host, settings.hosts)
        providers = sorted({profile.provider for profile in profiles})
        if ours is not None and (ours.provider or ours.free):
            continue
        if len(providers) > 1:
            notes.append(f"{table.source}: {_several(host, providers)}")
        else:
            origin = f'provider = "{providers[0]}" of {profiles[0].name} in {table.source}'
            base = ours or HostRule(pattern=host, origin=origin)
            added.append(replace(base, pattern=host, provider=providers[0]))
    notes += host_notes(added, has_overlays=bool(settings.prices))
    return replace(settings, hosts=(*added, *settings.hosts), notes=(*settings.notes, *notes))


def _served(profiles: Iterable[ModelProfile]) -> dict[str, list[ModelProfile]]:
    """Return the models that the table says to ask at a host of their own, by host."""
    served: dict[str, list[ModelProfile]] = {}
    for profile in profiles:
        host = urlsplit(profile.base_url or "").hostname
        if host:
            served.setdefault(host, []).append(profile)
    return served


def _several(host: str, providers: Iterable[str]) -> str:
    listed = ", ".join(providers)
    return (
        f"models of {listed} are asked at {host}, so whose prices hold there is not known; say so: "
        f'hosts."{host}" = {{ provider = "..." }}'
    )


@dataclass(slots=True)
class TableNames:
    """Holds names in settings and markers against the routing table, which is read when needed.

    Attributes:
        settings: Which table.
    """

    settings: Settings
    _known: RoutingTable | None = field(default=None, init=False)

    @property
    def _table(self) -> RoutingTable:
        if self._known is None:
            self._known = _table(self.settings)
        return self._known

    def model_problem(self) -> str | None:
        """Say what is wrong with the model that does everything; None if nothing is."""
        if self.settings.model is None:
            return None
        try:
            profile_named(self._table, self.settings.model)
        except SettingError as error:
            return f"{self.settings.origin_of('model')}: {'; '.join(error.problems)}"
        return None

    def tier_problems(self, names: Iterable[str]) -> Iterator[str]:
        """Yield a sentence for each of *names* that is no tier."""
        tiers = self._table.tiers
        for name in names:
            if name not in tiers:
                yield f'no tier is called "{name}"; {_meant(name, tiers)}'


def _meant(name: str, tiers: Iterable[str]) -> str:
    known = [*tiers]
    if len(name) > 1 and {*name.upper()} <= {*known}:
        letters = ", ".join(f'"{letter}"' for letter in name.upper())
        return f"several are written as [{letters}]"
    likely = nearest(name, known)
    return f'did you mean "{likely}"?' if likely else f"there are {', '.join(known)}"
