"""The lines of a journal, as this version writes them.

`header`, then `start`, `charge` and `event` lines in the order things happened, then a `footer`
if the process ended well.  A `start` without a `charge` of the same id is a call whose answer was
never seen.  Amounts are exact decimal strings; times are RFC 3339 in UTC; a key without a value
is left out.  `schema` is the version of the format: readers refuse a newer one.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.attribution import Attribution

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.core.reading import Part, Reading

__all__ = ["SCHEMA", "attribution_values", "charge_line", "reading_values"]

SCHEMA = 1
_ATTRIBUTION = tuple(field.name for field in fields(Attribution))


def charge_line(charge: Charge) -> dict[str, Any]:
    """Return the line that keeps *charge*, whole."""
    return {
        "kind": "charge",
        "id": charge.id,
        "at": charge.at,
        "host": charge.host,
        "fingerprint": charge.fingerprint,
        "source": charge.source,
        "outcome": charge.outcome,
        "status": charge.status,
        "reading": reading_values(charge.reading),
        "attribution": attribution_values(charge.attribution),
        "list_cost": _text(charge.list_cost),
        "contracted_cost": _text(charge.contracted_cost),
        "billed_cost": _text(charge.billed_cost),
        "price_id": charge.price_id,
        "reason": charge.reason,
        "worker": charge.worker,
        "duration_s": charge.duration_s,
        "error": charge.error,
        "cassette": charge.cassette,
        "cassette_index": charge.cassette_index,
        "role": charge.role,
        "tier": charge.tier,
    }


def attribution_values(attribution: Attribution) -> dict[str, Any]:
    """Return what is known of *attribution*, by name."""
    return {
        name: value for name in _ATTRIBUTION if (value := getattr(attribution, name)) is not None
    }


def reading_values(reading: Reading) -> dict[str, Any]:
    """Return what is known of *reading*, by name."""
    return _known(
        {
            "provider": reading.provider,
            "operation": reading.operation,
            "request_model": reading.request_model,
            "response_model": reading.response_model,
            "real_model": reading.real_model,
            "usage": reading.usage.reported(),
            "usage_state": reading.usage_state,
            "streaming": reading.streaming or None,
            "response_id": reading.response_id,
            "service_tier": reading.service_tier,
            "region": reading.region,
            "parts": [_part(part) for part in reading.parts] or None,
            "provider_cost": _text(reading.provider_cost),
            "counted": None if reading.counted else False,
            "certain": None if reading.certain else False,
            "free": reading.free,
            "flags": list(reading.flags) or None,
        }
    )


def _part(part: Part) -> dict[str, Any]:
    return {"model": part.model, "usage": part.usage.reported()}


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _text(amount: Money | None) -> str | None:
    return None if amount is None else str(amount)
