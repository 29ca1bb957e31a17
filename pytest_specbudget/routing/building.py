"""From a draft, whole, to the routing table: who inherits what, and which model a name means.

A command has the plan of its tier with what the table says of the command on top; a stage, that of
its command, of another tier or of another command, likewise.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_specbudget.core.names import nearest
from pytest_specbudget.routing.canonical import canonical, checksum
from pytest_specbudget.routing.drafting import PLAN, laid
from pytest_specbudget.routing.values import (
    PIPELINE,
    STANDARD_TIERS,
    Band,
    CommandRule,
    ModelProfile,
    Plan,
    RoutingTable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_specbudget.core.money import Money
    from pytest_specbudget.routing.drafting import Draft
    from pytest_specbudget.routing.reading import Entry
    from pytest_specbudget.routing.values import CostLimits, Wire

__all__ = ["built"]

_WIRES: Mapping[str, Wire] = {"anthropic": "anthropic", "google": "gemini", "openai": "openai"}
_NEEDED = ("provider", "model", "wire")


def built(
    draft: Draft,
    source: str,
    problems: list[str],
    limits: CostLimits | None = None,
    written: Draft | None = None,
) -> RoutingTable:
    """Make the table that *draft* describes.

    Args:
        draft: Everything, laid over the shipped table.
        source: Where it was read, for people.
        problems: Takes a sentence for each name that means nothing.
        limits: The ceilings beside it, or None.
        written: What a user wrote of it, or None for the shipped table.
    """
    builder = _Builder(draft=draft, source=source, problems=problems)
    general = {key: given for key, given in draft.general.items() if key != "limit"}
    tiers, commands = builder.tiers(), builder.commands()
    table = RoutingTable(
        profiles=builder.profiles,
        tiers=tiers,
        commands=commands,
        source=source,
        checksum="",
        cost_limits=limits,
        ceilings={} if written is None else dict(_ceilings(commands, draft, written)),
        **general,
    )
    return replace(table, checksum=checksum(canonical(table)))


@dataclass(slots=True)
class _Builder:
    draft: Draft
    source: str
    problems: list[str]
    profiles: dict[str, ModelProfile] = field(init=False, default_factory=dict)
    _ids: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.profiles = {name: self._profile(name) for name in self.draft.models}
        for profile in self.profiles.values():
            self._ids.setdefault(profile.model, profile.name)
        for name, profile in self.profiles.items():
            stand_ins = self._models(f'[models."{name}"]', profile.alternates)
            self.profiles[name] = replace(profile, alternates=stand_ins)

    def tiers(self) -> dict[str, Plan]:
        entries = self.draft.tiers
        return {
            name: self._plan(f"[tiers.{name}]", name, entries[name]) for name in self._in_order()
        }

    def commands(self) -> dict[str, CommandRule]:
        return {name: self._command(name) for name in self.draft.commands}

    def _in_order(self) -> list[str]:
        """Return the tiers: each other one comes after the tier that it names, or last."""
        order = [*STANDARD_TIERS]
        for name in sorted(self.draft.tiers.keys() - order):
            same = next((known for known in order if known.casefold() == name.casefold()), None)
            if same is not None:
                self._tell(f"[tiers.{name}]", f'did you mean "{same}"? Capitals count')
            after = self.draft.tiers[name].get("after", order[-1])
            if after not in order:
                self._tell(f"[tiers.{name}]", f'after = "{after}": no such tier comes before it')
                after = order[-1]
            order.insert(order.index(after) + 1, name)
        return order

    def _profile(self, name: str) -> ModelProfile:
        entry = self.draft.models[name]
        wire = _WIRES.get(entry.get("provider", ""))
        whole = {"wire": wire, **entry} if wire else entry
        for key in _NEEDED:
            if key not in whole:
                self._tell(f'[models."{name}"]', f'"{key}" is missing')
        blank: Entry = {"provider": "", "model": "", "wire": "openai"}
        return ModelProfile(**{**blank, **whole, "name": name})

    def _command(self, name: str) -> CommandRule:
        entry = self.draft.commands[name]
        aliases = tuple(sorted(entry.get("aliases", ())))
        if "pipeline" in entry:
            plan = Plan(tier=PIPELINE)
            return CommandRule(command=name, plan=plan, aliases=aliases, pipeline=entry["pipeline"])
        where = f"[commands.{name}]"
        tier = self._tier(where, entry)
        plan = self._plan(where, tier, laid(self.draft.tiers[tier], entry))
        stages = {
            stage: self._stage(name, stage, given)
            for stage, given in self.draft.stages.get(name, {}).items()
        }
        return CommandRule(command=name, plan=plan, aliases=aliases, stages=stages)

    def _stage(self, command: str, stage: str, entry: Entry) -> Plan:
        where = f"[commands.{command}.stages.{stage}]"
        like = entry.get("like", command)
        if like not in self.draft.commands:
            self._tell(where, f'like = "{like}": {_unknown("command", like, self.draft.commands)}')
            like = command
        base = self.draft.commands[like]
        tier = self._tier(where, {"tier": base.get("tier", self._default()), **entry})
        below = laid(self.draft.tiers[tier], {} if "tier" in entry else base)
        return self._plan(where, tier, laid(below, entry))

    def _tier(self, where: str, entry: Entry) -> str:
        tier: str = entry.get("tier", self._default())
        if tier in self.draft.tiers:
            return tier
        self._tell(where, f'tier = "{tier}": {_unknown("tier", tier, self.draft.tiers)}')
        return self._default()

    def _default(self) -> str:
        default: str = self.draft.general["default"]
        return default if default in self.draft.tiers else STANDARD_TIERS[-2]

    def _plan(self, where: str, tier: str, entry: Entry) -> Plan:
        known = {key: given for key, given in entry.items() if key in PLAN and key != "expected"}
        known.setdefault("limit", self.draft.general.get("limit"))
        known["band"] = _band(entry.get("band"), entry.get("expected"))
        for slot in ("primaries", "alternates"):
            known[slot] = self._models(where, known.get(slot, ()))
        for slot in ("validator", "aggregator"):
            name = known.get(slot)
            known[slot] = None if name is None else self._models(where, (name,))[0]
        return Plan(tier=tier, **known)

    def _models(self, where: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the profiles that *names* mean: their names, or the ids that providers give."""
        for name in names:
            if name not in self.profiles and name not in self._ids:
                self._ids[name] = name  # it is told once, and not where it is inherited
                told = _unknown("model", name, self.profiles)
                self._tell(where, f'{told} A new one is declared as [models."{name}"].')
        return tuple(name if name in self.profiles else self._ids[name] for name in names)

    def _tell(self, where: str, what: str) -> None:
        self.problems.append(f"{self.source} {where}: {what}")


def _ceilings(
    commands: Mapping[str, CommandRule], draft: Draft, written: Draft
) -> Iterator[tuple[str, Money]]:
    """Yield the limit of each command that has it from what the user wrote."""
    for name, rule in commands.items():
        limit = rule.plan.limit
        if limit is not None and _is_written(name, rule.plan.tier, draft, written):
            yield name, limit


def _is_written(command: str, tier: str, draft: Draft, written: Draft) -> bool:
    """Whether the place that decides a command's limit is one that the user wrote."""
    for ours, theirs in (
        (draft.commands.get(command, {}), written.commands.get(command, {})),
        (draft.tiers.get(tier, {}), written.tiers.get(tier, {})),
    ):
        if "limit" in ours:
            return "limit" in theirs
    return "limit" in written.general


def _band(band: Band | None, expected: Money | None) -> Band | None:
    if expected is None:
        return band
    low, high = (expected, expected) if band is None else (band.low, band.high)
    return Band(low=low, high=high, expected=expected)


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    likely = nearest(name, known)
    hint = f'did you mean "{likely}"?' if likely else f"there are {', '.join(known)}."
    return f'no {kind} is called "{name}"; {hint}'
