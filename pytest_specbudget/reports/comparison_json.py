"""A comparison as one JSON object, and back.

The names and shapes are public interface (docs: "Report, json").  Money is an exact decimal string,
negative where something became cheaper.  What `comparison_json` writes, `comparison_of` reads back
whole; what follows from the rest (`rise_usd`) is written for others, and not read.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pytest_specbudget.audit.comparison import (
        Change,
        Comparison,
        Effects,
        Listed,
        RequestChange,
        Waste,
    )
    from pytest_specbudget.core.ledger import Totals

__all__ = ["comparison_json", "comparison_of", "sums_json"]

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
        "waste": [_waste(one) for one in comparison.waste],
        "claims": [_as_lists(asdict(claim)) for claim in comparison.claims],
        "notes": list(comparison.notes),
    }


def comparison_of(document: object, where: str = "comparison") -> Comparison:
    """Read what `comparison_json` wrote; *where* names it in errors.

    Raises:
        JournalError: If a key is missing or of another type, with the place of each problem.
    """
    from pytest_specbudget.reports import stored_comparison  # noqa: PLC0415 -- brings pydantic; writing needs none

    return stored_comparison.read(document, where)


def sums_json(totals: Totals) -> _Object:
    """Return *totals* by name; amounts end in `_usd`."""
    figures = ((field.name, getattr(totals, field.name)) for field in fields(totals))
    return {
        f"{name}_usd" if isinstance(figure, Money) else name: _figure(figure)
        for name, figure in figures
    }


def _figure(figure: int | Money) -> int | str:
    return str(figure) if isinstance(figure, Money) else figure


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
        "base": sums_json(change.base),
        "head": sums_json(change.head),
    }


def _listed(one: Listed) -> _Object:
    return {"test": one.test, "spec": one.spec, "totals": sums_json(one.totals)}


def _effects(one: Effects) -> _Object:
    return {
        "subject": one.subject,
        "base_usd": str(one.base),
        "head_usd": str(one.head),
        "price_usd": str(one.price),
        "calls_usd": str(one.calls),
        "mix_usd": str(one.mix),
        "tokens_usd": str(one.tokens),
        "kinds_usd": {kind: str(cost) for kind, cost in one.kinds.items()},
    }


def _request(one: RequestChange) -> _Object:
    return {
        "test": one.test,
        "cassette": one.cassette,
        "places": list(one.places),
        "lines": list(one.lines),
        "base_usd": _cost(one.base),
        "head_usd": _cost(one.head),
    }


def _waste(one: Waste) -> _Object:
    return {
        "kind": one.kind,
        "test": one.test,
        "calls": one.calls,
        "list_cost_usd": str(one.list_cost),
        "new": one.new,
    }


def _cost(amount: Money | None) -> str | None:
    return None if amount is None else str(amount)


def _as_lists(values: _Object) -> _Object:
    """Return *values* as they come back from JSON, which has no tuples."""
    return {name: [*told] if isinstance(told, tuple) else told for name, told in values.items()}
