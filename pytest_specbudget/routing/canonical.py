"""A routing table as plain JSON, the same for equal tables, and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pytest_specbudget.routing.values import RoutingTable

__all__ = ["agreed", "canonical", "checksum", "plain"]

_OF_NO_ACCOUNT = ("source", "checksum", "cost_limits", "ceilings")


def canonical(table: RoutingTable) -> dict[str, Any]:
    """Return everything that routing depends on as JSON values.

    The order of the tiers counts, so it stands there by itself; where the table was read does not.
    """
    document: dict[str, Any] = plain(table)
    kept = {key: value for key, value in document.items() if key not in _OF_NO_ACCOUNT}
    return kept | {"order": list(table.tiers)}


def agreed(table: RoutingTable) -> dict[str, Any]:
    """Return everything that a verdict depends on: routing, and the money beside it.

    That is what `canonical` returns where the file states no ceiling.
    """
    limits: dict[str, Any] = plain(table.cost_limits) or {}
    stated = {key: value for key, value in limits.items() if value not in (None, {})}
    money = {"cost_limits": stated, "commands_with_ceiling": sorted(table.ceilings)}
    return canonical(table) | {key: told for key, told in money.items() if told}


def checksum(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of *document* in hexadecimal, whatever the order of its keys."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: object) -> Any:
    """Return *value* as JSON values: amounts and shares as exact text, values as objects."""
    match value:
        case Money():
            return str(value)
        case Fraction():
            return _decimal(value)
        case Mapping():
            return {key: plain(each) for key, each in value.items()}
        case tuple() | list():
            return [plain(each) for each in value]
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    return value


def _decimal(share: Fraction) -> str:
    """Write *share* as people do, `0.85`; as a fraction if it has no end."""
    exact = Decimal(share.numerator) / Decimal(share.denominator)
    return f"{exact:f}" if Fraction(exact) == share else str(share)
