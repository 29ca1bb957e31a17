"""Histories that spell out only what a test is about.

Nothing here needs DuckDB but `history` and `rows`.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.records import Record, record_of
from pytest_specbudget.core.money import Money
from pytest_specbudget.journal.lines import SCHEMA, Start, charge_line, facts, start_line
from pytest_specbudget.journal.schema import EventLine

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.analysis.store.history import History
    from pytest_specbudget.core.ledger import Charge

__all__ = ["TODAY", "a_record", "history", "journal_file", "rows"]

TODAY = date(2026, 11, 22)

_ids = count(500_001)  # beyond those of the calls in `support.journals`
_NAMES = frozenset(column.name for column in COLUMNS)


def a_record(
    cost: str | None = "0.10",
    *,
    at: str = "2026-11-02T10:00:00Z",
    clock: str | None = None,
    tokens: tuple[int | None, int | None] = (1000, 100),
    **others: Any,
) -> Record:
    """Make the record of a live, answered call of `gpt-5-mini` that cost *cost* and was billed it.

    A replayed one was billed nothing.

    Args:
        cost: In USD, list and billed; None if it was not known.
        at: When it was sent, RFC 3339; its day follows from it.
        clock: When it was answered; default *at*.
        tokens: All input and all output.
        others: More columns, by name; money (`list_cost`, `billed_cost`) as text in USD.
    """
    paid = {"list_cost": cost, "billed_cost": "0" if others.get("source") == "replay" else cost}
    paid |= {name: others.pop(name) for name in paid if name in others}
    told = {
        "id": f"r/main/7/{next(_ids):06}",
        "part": 0,
        "at": _utc(at),
        "clock": _utc(clock or at),
        "run": "r",
        "provider": "openai",
        "model": "gpt-5-mini",
        "operation": "chat",
        "spec": "SPEC-1",
        "stage": "plan",
        "test": "tests/test_a.py::test_a",
        "source": "live",
        "outcome": "answered",
        "usage_state": "complete",
        "free": False,
        "input_tokens": tokens[0],
        "output_tokens": tokens[1],
        **{name: None if usd is None else Money.parse(usd).atto for name, usd in paid.items()},
        **others,
    }
    unknown = told.keys() - _NAMES
    if unknown:
        raise ValueError(f"no columns: {sorted(unknown)}")
    return record_of({"day": told["at"].date(), **told})


def history(folder: Path, *records: Record, today: date = TODAY) -> History:
    """Make a history of *records* below *folder*."""
    from pytest_specbudget.analysis.store.history import History  # noqa: PLC0415 - DuckDB is an extra

    made = History(folder)
    made.add_records(records, today=today)
    return made


def journal_file(
    path: Path, *happened: Charge | EventLine, run: str = "r", ended: bool = True, torn: str = ""
) -> Path:
    """Write the journal of one process: each charge with its start, a footer if it *ended* well.

    Args:
        path: The file.
        happened: In order.
        run: The run that its header names.
        ended: Whether there is a footer.
        torn: A last line that makes no sense.
    """
    charges = [one for one in happened if not isinstance(one, EventLine)]
    total = Money.total(one.list_cost or Money() for one in charges)
    header = {"kind": "header", "schema": SCHEMA, "run": run, "worker": "main", "pid": 7}
    footer = {"kind": "footer", "count": len(charges), "list_cost": str(total)}
    lines = [json.dumps(header)]
    for one in happened:
        lines += [one.model_dump_json()] if isinstance(one, EventLine) else _lines(one)
    lines += [torn] * bool(torn) + [json.dumps(footer)] * ended
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rows(history: History) -> list[Record]:
    """Return all records of *history*, in order."""
    from pytest_specbudget.analysis.store.embedded import connect  # noqa: PLC0415 - DuckDB is an extra

    with connect() as connection:  # DuckDB 1.4 keeps none for the sake of a relation
        return sorted(history.relation(connection).fetchall(), key=lambda row: row[:2])


def _lines(charge: Charge) -> list[str]:
    reading = charge.reading
    start = Start(
        id=charge.id,
        at=charge.at,
        host=charge.host,
        worker=charge.worker,
        provider=reading.provider,
        operation=reading.operation,
        model=reading.request_model,
        fingerprint=charge.fingerprint,
        attribution=charge.attribution,
        tier=charge.tier,
    )
    said = facts(charge)
    return [start_line(start, said), charge_line(charge, said)]


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
