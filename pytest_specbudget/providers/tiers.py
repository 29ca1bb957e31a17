"""Service tiers and regions, in the words that prices use."""

from __future__ import annotations

from typing import Any

from pytest_specbudget.providers.counts import text

__all__ = ["region", "service_tier"]

_TIERS = {
    "auto": None,
    "default": "default",
    "on_demand": "default",
    "on_demand_flex": "flex",
    "on_demand_priority": "priority",
    "on_demand_offpeak": "offpeak",
    "standard": "default",
    "traffic_type_unspecified": None,
    "unspecified": None,
}
_NO_REGION = ("global", "not_available")


def service_tier(stated: Any) -> str | None:
    """Name the tier that was *stated*; None if none was.

    A tier that is not known here keeps its name, so that it is found to have no price rather than
    taken for the default.

    Source: `service_tier` of openai 3.54.0, anthropic 2.12.0 and groq 1.7.0; `TrafficType` and
    `ServiceTier` of google-genai 3.4.0.
    """
    tier = text(stated)
    return _TIERS.get(tier.lower(), tier.lower()) if tier else None


def region(stated: Any) -> str | None:
    """Name the region that was *stated*, if a price may depend on it."""
    place = text(stated)
    return None if place is None or place.lower() in _NO_REGION else place.lower()
