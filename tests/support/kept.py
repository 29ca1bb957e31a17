"""Runs that a project has kept, each in a folder of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from support.journals import line_of

from pytest_specbudget.bookkeeping.bookkeeper import Identity
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge

__all__ = ["keep"]


def keep(rootdir: Path, *charges: Charge, run: str = "r") -> Path:
    """Write the journal of a *run* in *rootdir* that made *charges*, and return its path."""
    path = rootdir / ".specbudget/journal" / run / "h-7-main.jsonl"
    total = Money.total(one.list_cost or Money() for one in charges)
    footer = {"kind": "footer", "count": len(charges), "list_cost": str(total), "events": 0}
    header = Identity(run=run, worker="main", host="h").header() | {"pid": 7}
    header["pid"] = 7  # as in the ids of calls that `call` makes
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = map(json.dumps, (header, *map(line_of, charges), footer))
    path.write_text("".join(f"{line}\n" for line in lines))
    return path
