"""What each SPEC cost over all runs of a history, by stage and model.

Replayed calls count at list cost, as in the report of a run.  As in `spending`, records are summed
up in a plain loop or by the engine, to equal figures.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

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
    sums: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for told in records:
        if told["spec"] not in (None, UNASSIGNED):
            sums_of_key = sums[tuple(map(told.get, _KEYS))]
            for place, added in enumerate(_figures(told)):
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
    keys = ", ".join(_KEYS)
    return (
        f"select {keys}, {_FIGURES} from usage_t "  # noqa: S608 - nothing in it comes from outside
        f"where spec is not null and spec <> '{UNASSIGNED}' group by {keys}"
    )


_FIGURES = """\
count(*) filter (part = 0),
count(*) filter (part = 0 and not free and (
    outcome = 'unknown'
    or outcome = 'answered' and (list_cost is null or usage_state = 'partial')
)),
coalesce(sum(list_cost), 0),
coalesce(sum(billed_cost) filter (source <> 'replay'), 0)"""


def _figures(told: Mapping[str, Any]) -> tuple[int, int, int, int]:
    first, paid = told["part"] == 0, told["source"] != "replay"
    doubted = first and _doubted(told)
    billed = told["billed_cost"] or 0
    return int(first), int(doubted), told["list_cost"] or 0, billed if paid else 0


def _doubted(told: Mapping[str, Any]) -> bool:
    if told["free"]:
        return False
    if told["outcome"] == "answered":
        return told["list_cost"] is None or told["usage_state"] == "partial"
    return bool(told["outcome"] == "unknown")
