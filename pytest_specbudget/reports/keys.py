"""A value as a JSON object: each field by its name; amounts are exact text, and end in `_usd`.

`shapes` reads them back.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["keyed"]


def keyed(value: DataclassInstance) -> dict[str, Any]:
    """Return the fields of *value* as what `json.dumps` takes, and gives back."""
    told = ((field.name, getattr(value, field.name)) for field in fields(value))
    return {_key(name, part): _plain(part) for name, part in told}


def _key(name: str, part: object) -> str:
    return f"{name}_usd" if isinstance(part, Money) else name


def _plain(part: object) -> object:
    if isinstance(part, Money):
        return str(part)
    return list(part) if isinstance(part, tuple) else part
