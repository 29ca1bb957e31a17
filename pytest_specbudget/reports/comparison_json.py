"""A comparison as one JSON object, and back.

The names and shapes are public interface (docs: "Report, json").  Money is an exact decimal string,
negative where something became cheaper.  What `comparison_json` writes, `comparison_of` reads back
whole; what follows from the rest (`rise_usd`) is written for others, and not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.reports.keys import keyed

if TYPE_CHECKING:
    from pytest_specbudget.audit.comparison import (
        Change,
        Comparison,
        Effects,
        Listed,
        RequestChange,
    )
    from pytest_specbudget.core.money import Money

__all__ = ["comparison_json", "comparison_of"]

_Object = dict[str, Any]


def comparison_json(comparison: Comparison) -> _Object:
    """Return *comparison* as what `json.dumps` takes."""
    return {
        "base": comparison.base,
        "head": comparison.head,
        "limit": comparison.limit,
        "origin": comparison.origin,
        "changes": [_change(change) for change in comparison.changes],
        "new": [_listed(one) for one in comparison.new],
        "vanished": [_listed(one) for one in comparison.vanished],
        "unrun": list(comparison.unrun),
        "renamed": [{"old": old, "new": new} for old, new in comparison.renamed],
        "effects": [_effects(one) for one in comparison.effects],
        "requests": [_request(one) for one in comparison.requests],
        "waste": [keyed(one) for one in comparison.waste],
        "claims": [keyed(claim) for claim in comparison.claims],
        "notes": list(comparison.notes),
    }


def comparison_of(document: object, where: str = "comparison") -> Comparison:
    """Read what `comparison_json` wrote; *where* names it in errors.

    Raises:
        JournalError: If a key is missing or of another type, with the place of each problem.
    """
    from pytest_specbudget.reports import stored_comparison  # noqa: PLC0415 -- brings pydantic; writing needs none

    return stored_comparison.read(document, where)


def _change(change: Change) -> _Object:
    return {
        "scope": change.scope,
        "subject": change.subject,
        "spec": change.spec,
        "said": change.said,
        "rise_usd": str(change.rise),
        "limit": change.limit,
        "origin": change.origin,
        "why": list(change.why),
        "base": keyed(change.base),
        "head": keyed(change.head),
    }


def _listed(one: Listed) -> _Object:
    return {"test": one.test, "spec": one.spec, "totals": keyed(one.totals)}


def _effects(one: Effects) -> _Object:
    told = keyed(one)
    return told | {"kinds_usd": {kind: str(cost) for kind, cost in told.pop("kinds").items()}}


def _request(one: RequestChange) -> _Object:
    return {
        "test": one.test,
        "cassette": one.cassette,
        "places": list(one.places),
        "lines": list(one.lines),
        "base_usd": _cost(one.base),
        "head_usd": _cost(one.head),
    }


def _cost(amount: Money | None) -> str | None:
    return None if amount is None else str(amount)
