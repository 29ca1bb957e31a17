"""Charges as records, in the order of the columns, and records as readings again.

What consumed nothing is no record: a fake's answer, a second answer about work that is counted
elsewhere, a question about work that has no counts yet.  A call that failed, or whose end nobody
saw, is one, since it belongs to what was asked.  This module reads no file and knows no DuckDB.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.columns import COLUMNS, COUNTS
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.money import Money

__all__ = ["Record", "fetched", "named", "reading_of", "record_of", "records_of"]

Record = tuple[Any, ...]
"""A value for each of `COLUMNS`: text, naive `datetime`s in UTC, a `date`, whole numbers (money in
attodollars), booleans; None for what is not known."""

_NAMES = tuple(column.name for column in COLUMNS)
_NUMBERS = tuple(column.name for column in COLUMNS if column.kind in ("count", "money"))
_DECLARED = "declared"


def records_of(charge: Charge, run: str | None) -> Iterator[Record]:
    """Yield a record for each model that *charge* names; the first has what the call cost.

    Args:
        charge: One that counts: the rules that join copies, repeats and reruns come before.
        run: The run that it belongs to, or None.

    Raises:
        ValueError: If it has a time that is none.
    """
    reading = charge.reading
    if charge.mocked or not reading.counted:
        return
    if not reading.called and not any(reading.usage.reported().values()):
        return
    told = _told(charge, run)
    parts = [(part.model, part.usage) for part in reading.parts]
    for part, (model, usage) in enumerate(parts or [(reading.model, reading.usage)]):
        paid = told if part == 0 else told | {"list_cost": None, "billed_cost": None}
        yield record_of(paid | {"part": part, "model": model} | usage.reported())


def record_of(told: Mapping[str, Any]) -> Record:
    """Put what is *told*, by the names of columns, in their order; None for what is not."""
    return tuple(map(told.get, _NAMES))


def named(record: Record) -> dict[str, Any]:
    """Return the values of *record* by the names of their columns."""
    return dict(zip(_NAMES, record, strict=True))


def fetched(row: Iterable[Any]) -> dict[str, Any]:
    """Return the values of a *row* of a database by the names of the columns, whole numbers whole.

    Engines give what has 38 digits as a decimal, and some give all numbers so.
    """
    told = named(tuple(row))
    for name in _NUMBERS:
        told[name] = None if told[name] is None else int(told[name])
    return told


def reading_of(told: Mapping[str, Any]) -> Reading:
    """Return what a record says was consumed, as `prices.pricing.price` takes it.

    Args:
        told: The values of a record, by the names of their columns.
    """
    return Reading(
        provider=told["provider"],
        operation=told["operation"] or "",
        request_model=told["request_model"],
        response_model=told["model"],
        usage=Usage.of({name: told[name] for name in COUNTS}),
        usage_state=told["usage_state"],
        service_tier=told["service_tier"],
        region=told["region"],
        free=_DECLARED if told["free"] else None,
    )


def _told(charge: Charge, run: str | None) -> dict[str, Any]:
    reading, owner = charge.reading, charge.attribution
    at = _instant(charge.at)
    return {
        "id": charge.id,
        "day": at.date(),
        "at": at,
        "clock": at if charge.answered_at is None else _instant(charge.answered_at),
        "run": run,
        "provider": reading.provider,
        "request_model": reading.request_model,
        "operation": reading.operation,
        "service_tier": reading.service_tier,
        "region": reading.region,
        "spec": owner.spec,
        "command": owner.command,
        "stage": owner.stage,
        "phase": owner.phase,
        "test": owner.test,
        "tier": charge.tier if charge.routed is None else charge.routed.tier,
        "source": charge.source,
        "outcome": charge.outcome,
        "usage_state": reading.usage_state,
        "free": bool(reading.free),
        "list_cost": _atto(charge.list_cost),
        "billed_cost": _atto(charge.billed_cost),
        "price_id": charge.price_id,
        "priced_at": None if charge.priced_at is None else _instant(charge.priced_at),
    }


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _atto(cost: Money | None) -> int | None:
    return None if cost is None else cost.atto
