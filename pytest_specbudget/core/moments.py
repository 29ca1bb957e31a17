"""Instants as text."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["stamp"]


def stamp(moment: datetime) -> str:
    """Write the aware *moment* as RFC 3339 in UTC, to the microsecond."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat("T", "microseconds")[:-6] + "Z"
