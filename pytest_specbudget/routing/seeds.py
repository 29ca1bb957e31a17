"""The seeds' own tables, `[models.cost_tiers]` and `[models.cost_limits]`, word for word.

Source: SPEC-KIT-070, PRD of 2025-10-24, sections 5 and 10 (read 2026-11-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.routing.drafting import Draft
from pytest_specbudget.routing.reading import (
    a_list,
    a_name,
    a_share,
    amount,
    or_none,
    read_entry,
    table_at,
)
from pytest_specbudget.routing.shares import summed
from pytest_specbudget.routing.values import CostLimits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from pytest_specbudget.routing.reading import Entry, Reader

__all__ = ["seed_draft", "seed_limits"]

_SLOTS: Mapping[str, tuple[str, str]] = {
    "tier_s_model": ("S", "primaries"),
    "tier_s_fallback": ("S", "alternates"),
    "tier_m_primary": ("M", "primaries"),
    "tier_m_validator": ("M", "validator"),
    "tier_c_aggregator": ("C", "aggregator"),
    "tier_x_models": ("X", "primaries"),
    "tier_x_validator": ("X", "validator"),
}
"""Which slot of which tier a key fills alone."""

_SEVERAL = ("primaries", "alternates")
_FORM = 'write shares of 1 by stage, like { implement = 0.40, "*" = 0.60 }'
_COMPLEX = ("tier_c_cheap_1", "tier_c_cheap_2", "tier_c_premium")
"""The keys that fill the primaries of tier C together, in order."""


def seed_draft(
    raw: Mapping[str, Any],
    limits: CostLimits | None,
    base: Draft,
    source: str,
    problems: list[str],
) -> Draft:
    """Read the seeds' tables as a draft; what they leave out is as in *base*.

    `per_command_budget` of *limits* becomes the limit of every plan that has none of its own.
    """
    where = f"{source} [models.cost_tiers]"
    given = table_at(where, _inside(raw, "cost_tiers") or {}, problems)
    readers = {key: _reader(slot) for key, (_, slot) in _SLOTS.items()}
    entry = read_entry(where, given, readers | dict.fromkeys(_COMPLEX, a_name), problems)
    most = None if limits is None else limits.per_command_budget
    return Draft(general={} if most is None else {"limit": most}, tiers=_tiers(entry, base))


def _tiers(entry: Entry, base: Draft) -> dict[str, Entry]:
    tiers: dict[str, Entry] = {}
    for key, (tier, slot) in _SLOTS.items():
        if key in entry:
            tiers.setdefault(tier, {})[slot] = entry[key]
    if not entry.keys().isdisjoint(_COMPLEX):
        below = base.tiers["C"]["primaries"]
        mixed = tuple(entry.get(key, below[place]) for place, key in enumerate(_COMPLEX))
        tiers.setdefault("C", {})["primaries"] = mixed
    return tiers


def seed_limits(raw: Mapping[str, Any], source: str, problems: list[str]) -> CostLimits | None:
    """Read `[models.cost_limits]`; None if it is not there."""
    where = f"{source} [models.cost_limits]"
    given = _inside(raw, "cost_limits")
    if given is None:
        return None
    readers: Mapping[str, Reader] = {
        "per_spec_budget": amount,
        "per_command_budget": amount,
        "monthly_budget": amount,
        "alert_threshold": a_share,
        "stage_shares": _shares,
    }
    return CostLimits(**read_entry(where, table_at(where, given, problems), readers, problems))


def _inside(raw: Mapping[str, Any], table: str) -> Any:
    models = raw.get("models", {})
    return models.get(table) if isinstance(models, dict) else None


def _reader(slot: str) -> Reader:
    return a_list if slot in _SEVERAL else or_none(a_name)


def _shares(given: object) -> dict[str, Fraction]:
    shares = {stage: a_share(part) for stage, part in _pairs(given)}
    if not shares:
        raise ValueError(_FORM)
    if sum(shares.values()) > 1:
        raise ValueError(f"{summed(shares)}, which is more than 1; {_FORM}")
    return shares


def _pairs(given: object) -> Iterable[tuple[str, object]]:
    return given.items() if isinstance(given, dict) else ()
