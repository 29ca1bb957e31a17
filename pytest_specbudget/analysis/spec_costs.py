"""What each SPEC cost over all runs of a history, by stage and model.

Replayed calls count at list cost, as in the report of a run.  As in `spending`, records are summed
up in a plain loop or by the engine, to equal figures; and a call whose first part is not told, the
one that says what it cost, is one of unknown cost.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.spending import headless, may_have_cost
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["SpecCost", "spec_costs", "spec_costs_of", "spec_costs_sql"]

_KEYS = ("spec", "stage", "model")


@value
class SpecCost:
    """What one stage of a SPEC cost on one model.

    Attributes:
        spec: The SPEC.
        stage: The stage, or None.
        model: The one that was charged.
        calls: How many calls were made or replayed, failed ones included.
        doubted: How many of them may have cost more than is known.
        listed: What is known of their list cost.
        billed: What is known to be billed for them.
    """

    spec: str
    stage: str | None
    model: str
    calls: int
    doubted: int
    listed: Money
    billed: Money


def spec_costs_of(records: Iterable[Mapping[str, Any]]) -> tuple[SpecCost, ...]:
    """Sum *records*, values by the names of columns, up; calls of no SPEC are left out."""
    counted = [*records]
    least = headless(counted)
    sums: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for told in counted:
        if told["spec"] not in (None, UNASSIGNED):
            sums_of_key = sums[tuple(map(told.get, _KEYS))]
            for place, added in enumerate(_figures(told, least.get(told["id"], 0))):
                sums_of_key[place] += added
    return spec_costs((*key, *figures) for key, figures in sums.items())


def spec_costs(rows: Iterable[tuple[Any, ...]]) -> tuple[SpecCost, ...]:
    """Make values of what `spec_costs_sql` selects, in order."""
    made = (
        SpecCost(
            spec=spec,
            stage=stage,
            model=model,
            calls=int(calls),
            doubted=int(doubted),
            listed=Money(int(listed)),
            billed=Money(int(billed)),
        )
        for spec, stage, model, calls, doubted, listed, billed in rows
    )
    return tuple(sorted(made, key=lambda one: (one.spec, one.stage or "", one.model)))


def spec_costs_sql() -> str:
    """Return the statement that sums `usage_t` up."""
    return _SUMMED


_NAMES = ", ".join(_KEYS)
_OF_A_SPEC = f"spec is not null and spec <> '{UNASSIGNED}'"
_SUMMED = f"""\
with further as (select id, min(part) as part from usage_t where part > 0 group by id),
headed as (select id from usage_t where part = 0 and id in (select id from further)),
headless as (select id, part from further where id not in (select id from headed))
select {_NAMES}, sum(calls), sum(doubted), sum(listed), sum(billed) from (
    select {_NAMES}, count(*) filter (part = 0) as calls, count(*) filter (
        part = 0 and not free and (
            outcome = 'unknown'
            or outcome = 'answered' and (list_cost is null or usage_state = 'partial')
        )
    ) as doubted, coalesce(sum(list_cost), 0) as listed,
    coalesce(sum(billed_cost) filter (source <> 'replay'), 0) as billed
    from usage_t where {_OF_A_SPEC} group by {_NAMES}
    union all
    select {_NAMES}, count(*), count(*) filter (not free and outcome <> 'failed'), 0, 0
    from usage_t where {_OF_A_SPEC} and (id, part) in (select id, part from headless)
    group by {_NAMES}
) group by {_NAMES}"""  # noqa: S608 - nothing in it comes from outside
"""Calls are counted by the part that says what they cost; those that lack it are added."""


def _figures(told: Mapping[str, Any], least: int) -> tuple[int, int, int, int]:
    """Return what a record adds, of a call whose *least* known part is this."""
    first, paid = told["part"] == least, told["source"] != "replay"
    doubted = first and (may_have_cost(told) if least else _doubted(told))
    billed = told["billed_cost"] or 0
    return int(first), int(doubted), told["list_cost"] or 0, billed if paid else 0


def _doubted(told: Mapping[str, Any]) -> bool:
    if told["free"]:
        return False
    if told["outcome"] == "answered":
        return told["list_cost"] is None or told["usage_state"] == "partial"
    return bool(told["outcome"] == "unknown")
