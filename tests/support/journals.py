"""Journals that spell out only what a test is about."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from support.charges import charge

from pytest_specbudget.core.money import Money
from pytest_specbudget.journal.lines import SCHEMA, charge_line
from pytest_specbudget.journal.reader import Journal
from pytest_specbudget.journal.schema import EventLine, FooterLine, HeaderLine

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge

__all__ = ["call", "event", "journal", "line_of"]

_numbers = count(1)
_OWNER = (
    *("spec", "command", "stage", "phase"),
    *("when", "fixture", "within", "via", "attempt", "stale"),
)


def call(cost: str | None = "0.10", *, test: str = "t.py::test_a", **others: Any) -> Charge:
    """Make a live, billed call of *test*; *others* are of the charge, reading or attribution."""
    owner = {name: others.pop(name) for name in _OWNER if name in others}
    live = {"source": "live", "worker": "main", "fingerprint": others.pop("asks", None)}
    billed = None if cost is None else Money.parse(cost)
    values = {**live, "billed_cost": billed, **others}
    values.setdefault("id", f"r/{values['worker']}/7/{next(_numbers):06}")
    made = charge(cost, test=test, **values)
    return replace(made, attribution=replace(made.attribution, **owner))


def line_of(charge: Charge) -> dict[str, Any]:
    """Return what stands in the line that keeps *charge*."""
    values: dict[str, Any] = json.loads(charge_line(charge))
    return values


def event(name: str, **values: Any) -> EventLine:
    """Make an event."""
    return EventLine(kind="event", event=name, values=values)


def journal(
    *happened: Charge | EventLine, worker: str = "main", run: str = "r", ended: bool = True
) -> Journal:
    """Make the journal of one process, with a footer that agrees if it *ended* well."""
    charges = [one for one in happened if not isinstance(one, EventLine)]
    total = Money.total(one.list_cost or Money() for one in charges)
    footer = FooterLine.model_construct(kind="footer", count=len(charges), list_cost=total)
    header = HeaderLine.model_validate(
        {"kind": "header", "schema": SCHEMA, "run": run, "worker": worker, "pid": 7}
    )
    return Journal(
        name=f"{worker}.jsonl",
        header=header,
        charges=charges,
        events=[one for one in happened if isinstance(one, EventLine)],
        footer=footer if ended else None,
    )
