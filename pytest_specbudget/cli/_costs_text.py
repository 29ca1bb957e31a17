"""What usage costs by group, as `specbudget history cost` tells it: a table, or one JSON object.

Names come from outside; what would steer a terminal is escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars, places_for, plain
from pytest_specbudget.reports.figures import lower_bound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pytest_specbudget.analysis.pricing.summing import Group, Problem
    from pytest_specbudget.histories.costing import Costs

__all__ = ["costs_json", "print_costs", "reason_told", "remarks"]

_NONE = "-"


def costs_json(costs: Costs) -> dict[str, Any]:
    """Return the facts as JSON has them: exact decimal strings, and what is unknown null."""
    sums = costs.sums
    return {
        "history": costs.usage,
        "by": [*sums.by],
        "price_at": costs.at if isinstance(costs.at, str) else _stamp(costs.at),
        "catalogue": costs.catalogue,
        "groups": [
            {**dict(zip(sums.by, map(_plain, one.key), strict=True)), **_figures(one)}
            for one in sums.groups
        ],
        "total": _figures(sums.total),
        "unpriced": [_unpriced(one) for one in sums.problems],
        "problems": [*costs.problems],
    }


def print_costs(costs: Costs) -> None:
    """Print the groups, the dearest first, and all of them together."""
    at = "their own time" if isinstance(costs.at, str) else f"{costs.at:%Y-%m-%d}"
    say(f"{costs.usage}: {calls_of(costs.sums.total.calls)} at the prices of {at}")
    if not costs.sums.groups:
        return
    say()
    groups = sorted(costs.sums.groups, key=lambda one: -(one.repriced or Money()).atto)
    total = costs.sums.total
    shown = [*groups, total] if len(groups) > 1 else groups
    names = [*(_names(one.key) for one in groups), ("total",) + ("",) * (len(costs.sums.by) - 1)]
    columns = dict(_columns(shown))
    rows = [
        (*name, *figures)
        for name, figures in zip(names, zip(*columns.values(), strict=True), strict=False)
    ]
    print_table((*costs.sums.by, *columns), rows, names=len(costs.sums.by))
    told = [*remarks(total)]
    if told:
        say()
    for remark in told:
        say(remark)


def remarks(total: Group) -> Iterator[str]:
    """Say what makes the sums differ beside prices: what one of them has, and the other lacks."""
    if total.unrecorded_calls:
        found = f"repriced USD has {dollars(total.gained)} for that"
        yield (
            f"recorded USD is without {calls_of(total.unrecorded_calls)} that no cost is on record "
            f"of; {found if total.gained else 'there is no price for that either'}"
        )
    if total.lost:
        yield (
            f"recorded USD has {dollars(total.lost)} of what has no price "
            f"({calls_of(total.unpriced_calls, 'record')}), which repriced USD is without"
        )


def reason_told(problem: Problem) -> str:
    """Say why some records have no price."""
    name = f"{problem.provider}/{problem.model}"
    return f"{name}: {calls_of(problem.records, 'record')} without a price: {problem.reason}"


def _columns(groups: Sequence[Group]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield each column of figures; those that say nothing beside the others are left out."""
    costs = [cost for one in groups for cost in (one.recorded, one.repriced, one.contracted)]
    places = places_for(cost for cost in costs if cost is not None)

    def shown(cost: Money | None, lacking: int) -> str:
        if cost is None:
            return "?" if lacking else _NONE
        return lower_bound(plain(cost, places), cost, unknown=lacking > 0)

    yield "calls", [f"{one.calls:,}" for one in groups]
    yield "input", [f"{one.input_tokens or 0:,}" for one in groups]
    yield "output", [f"{one.output_tokens or 0:,}" for one in groups]
    yield "recorded USD", [shown(one.recorded, one.unrecorded_calls) for one in groups]
    yield "repriced USD", [shown(one.repriced, one.unpriced_calls) for one in groups]
    if any(one.contracted != one.repriced for one in groups):
        yield "paid USD", [shown(one.contracted, one.unpriced_calls) for one in groups]
    if any(one.unpriced_calls for one in groups):
        yield "unpriced", [f"{one.unpriced_calls:,}" for one in groups]


def _names(key: Sequence[object]) -> tuple[str, ...]:
    return tuple(_NONE if part is None else str(part) for part in key)


def _figures(one: Group) -> dict[str, Any]:
    return {
        "records": one.records,
        "calls": one.calls,
        "input_tokens": one.input_tokens or 0,
        "output_tokens": one.output_tokens or 0,
        "recorded_usd": _text(one.recorded),
        "repriced_usd": _text(one.repriced),
        "contracted_usd": _text(one.contracted),
        "calls_unrecorded": one.unrecorded_calls,
        "records_unpriced": one.unpriced_calls,
        "recorded_of_unpriced_usd": str(one.lost),
        "repriced_of_unrecorded_usd": str(one.gained),
    }


def _unpriced(one: Problem) -> dict[str, Any]:
    return {
        "provider": one.provider,
        "model": one.model,
        "reason": one.reason,
        "records": one.records,
        "input_tokens": one.input_tokens,
        "output_tokens": one.output_tokens,
        "example": one.example,
    }


def _plain(part: object) -> object:
    """Return a value of a key as JSON has it: text, a number, true, false or null."""
    return part if part is None or isinstance(part, bool | int) else str(part)


def _text(amount: Money | None) -> str | None:
    return None if amount is None else str(amount)


def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
