"""Charges and ledgers that spell out only what a test is about."""

from __future__ import annotations

from itertools import count
from typing import Any

from pytest_specbudget.core.attribution import UNASSIGNED, Attribution
from pytest_specbudget.core.bound import Bound
from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage

__all__ = ["bound", "charge", "ledger"]

_ids = count()
_READING = ("provider", "request_model", "response_model", "usage_state", "free", "flags")


def charge(
    cost: str | None = "0.10",
    *,
    test: str = "tests/test_a.py::test_a",
    spec: str = UNASSIGNED,
    model: str = "gpt-5-mini",
    usage: Usage | None = None,
    **others: Any,
) -> Charge:
    """Make an answered, replayed call that cost *cost*, or that has no price."""
    reading = {"provider": "openai", "response_model": model, "usage_state": "complete"}
    reading |= {name: others.pop(name) for name in _READING if name in others}
    money = None if cost is None else Money.parse(cost)
    values: dict[str, Any] = {
        "id": f"c{next(_ids):06}",
        "at": "2026-11-21T10:00:00Z",
        "host": "api.openai.com",
        "source": "replay",
        "verdict": "hit",
        "outcome": "answered",
        "list_cost": money,
        "contracted_cost": money,
        "billed_cost": Money(),
    }
    return Charge(
        reading=Reading(operation="chat", usage=usage or Usage(), **reading),  # type: ignore[arg-type]
        attribution=Attribution(test=test, spec=spec, when="call", via="context"),
        **{**values, **others},
    )


def bound(usd: str, by: str = "hosts.gw") -> Bound:
    """Make a declaration that one call costs at most *usd*."""
    return Bound(usd=Money.parse(usd), by=by)


def ledger(*costs: str, **others: Any) -> Ledger:
    """Make a ledger of one call for each of *costs*."""
    return Ledger([charge(cost, **others) for cost in costs])
