"""A routing table as it was written: what stands in a file, key by key, and nothing else.

A draft is laid over another, so that a file says only what it changes.  `building` makes the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from pytest_specbudget.routing.reading import (
    Entry,
    Reader,
    a_band,
    a_count,
    a_list,
    a_name,
    a_share,
    a_switch,
    amount,
    at_least,
    one_of,
    or_none,
    read_entry,
    shown,
    table_at,
)
from pytest_specbudget.routing.values import Strictness, Wire

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PLAN", "Draft", "drafted", "laid"]

PLAN: Mapping[str, Reader] = {
    "native": a_switch,
    "primaries": a_list,
    "validator": or_none(a_name),
    "aggregator": or_none(a_name),
    "escalation": or_none(a_name),
    "min_agents": at_least(1),
    "min_quality": a_share,
    "strictness": one_of(*get_args(Strictness)),
    "retries": a_count,
    "max_tokens": or_none(at_least(1)),
    "band": or_none(a_band),
    "expected": or_none(amount),
    "limit": or_none(amount),
    "alternates": a_list,
}
"""The keys of a plan, in a tier, a command or a stage."""

_OTHERS = ("cost_limits", "cost_tiers")
"""The seeds' tables, which stand among the models and are none."""

_TIER: Mapping[str, Reader] = {**PLAN, "after": a_name}
_STAGE: Mapping[str, Reader] = {**PLAN, "tier": a_name, "like": a_name}
_COMMAND: Mapping[str, Reader] = {
    **PLAN,
    "tier": a_name,
    "aliases": a_list,
    "pipeline": a_list,
    "stages": lambda given: given,
}
_MODEL: Mapping[str, Reader] = {
    "provider": a_name,
    "model": a_name,
    "wire": one_of(*get_args(Wire)),
    "premium": a_switch,
    "reasoning": or_none(a_name),
    "base_url": or_none(a_name),
    "credentials": a_list,
    "alternates": a_list,
}
_GENERAL: Mapping[str, Reader] = {
    "default": a_name,
    "error_limit": a_share,
    "on_budget_pressure": one_of("off", "downgrade"),
    "pressure_at": a_share,
    "select": one_of("declared", "cheapest"),
    "max_escalations": a_count,
    "limit": or_none(amount),
}
_TABLES = ("tiers", "commands", "models")

_Entries = dict[str, Entry]


@dataclass(slots=True)
class Draft:
    """What somebody wrote.

    Attributes:
        general: The keys that stand in no table.
        tiers: The keys of each tier.
        commands: The keys of each command, without its stages.
        stages: The keys of each stage, by command.
        models: The keys of each model.
    """

    general: Entry = field(default_factory=dict)
    tiers: _Entries = field(default_factory=dict)
    commands: _Entries = field(default_factory=dict)
    stages: dict[str, _Entries] = field(default_factory=dict)
    models: _Entries = field(default_factory=dict)

    def over(self, base: Draft) -> Draft:
        """Lay this over *base*, key by key.

        A command that gets another tier keeps nothing that *base* says of its plan.
        """
        rebased = {
            name: {key: base.commands[name][key] for key in base.commands[name].keys() - PLAN}
            for name, entry in self.commands.items()
            if name in base.commands and _moves(entry, base.commands[name])
        }
        return Draft(
            general=base.general | self.general,
            tiers=_merged(base.tiers, self.tiers),
            commands=_merged(base.commands | rebased, self.commands),
            stages={
                name: _merged(base.stages.get(name, {}), self.stages.get(name, {}))
                for name in base.stages | self.stages
            },
            models=_merged(base.models, self.models),
        )


def _moves(entry: Entry, below: Entry) -> bool:
    return "pipeline" in entry or entry.get("tier", below.get("tier")) != below.get("tier")


def _merged(below: _Entries, above: _Entries) -> _Entries:
    return {name: laid(below.get(name, {}), above.get(name, {})) for name in below | above}


def laid(below: Entry, above: Entry) -> Entry:
    """Lay *above* over *below*; a figure to reckon with goes with the band that it is of."""
    stale = {"expected"} if "band" in above else set()
    return {key: value for key, value in below.items() if key not in stale} | above


def drafted(raw: Mapping[str, Any], source: str, problems: list[str]) -> Draft:
    """Read what stands in a file; *problems* takes what makes no sense there."""
    general = {key: given for key, given in raw.items() if key not in _TABLES}
    commands = _tables(raw, "commands", source, _COMMAND, problems)
    stages = {name: entry.pop("stages") for name, entry in commands.items() if "stages" in entry}
    return Draft(
        general=read_entry(source, general, _GENERAL, problems),
        tiers=_tables(raw, "tiers", source, _TIER, problems),
        commands=commands,
        stages={
            name: _entries(given, f"{source} [commands.{name}.stages", _STAGE, problems)
            for name, given in stages.items()
        },
        models=_tables({"models": _models(raw)}, "models", source, _MODEL, problems),
    )


def _tables(
    raw: Mapping[str, Any],
    table: str,
    source: str,
    readers: Mapping[str, Reader],
    problems: list[str],
) -> _Entries:
    return _entries(raw.get(table, {}), f"{source} [{table}", readers, problems)


def _entries(
    given: object, place: str, readers: Mapping[str, Reader], problems: list[str]
) -> _Entries:
    """Read the tables that stand in the table *given*, each by its name."""
    entries: _Entries = {}
    for name, raw in table_at(f"{place}]", given, problems).items():
        where = f"{place}.{_key(name)}]"
        entries[name] = read_entry(where, table_at(where, raw, problems), readers, problems)
    return entries


def _models(raw: Mapping[str, Any]) -> object:
    given: object = raw.get("models", {})
    if not isinstance(given, dict):
        return given
    return {name: model for name, model in given.items() if name not in _OTHERS}


def _key(name: str) -> str:
    return name if name.isidentifier() else shown(name)
