"""Routing tables that spell out only what a test is about, and appendix 1 as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.routing.loading import load

if TYPE_CHECKING:
    from pytest_specbudget.routing.values import RoutingTable

__all__ = ["APPENDIX_1", "FLASH", "HAIKU", "MIXED", "PREMIUM", "SONNET", "Expected", "table"]

HAIKU, FLASH, SONNET = "claude-haiku-3.5", "gemini-flash-2.0", "claude-sonnet-4"
MIXED = (HAIKU, FLASH, SONNET)
PREMIUM = (SONNET, "gemini-pro-1.5", "gpt-4o")


class Expected(NamedTuple):
    """A row of appendix 1."""

    tier: str
    primaries: tuple[str, ...] = ()
    validator: str | None = None
    aggregator: str | None = None
    escalation: str | None = None
    band: tuple[str, str] = ("0", "0")
    native: bool = False


_MEDIUM = Expected("M", (HAIKU,), "gpt-4o-mini", None, "C", ("0.2", "0.4"))
_COMPLEX = Expected("C", MIXED, None, "gpt-4o", "X", ("0.6", "1"))
_CRITICAL = Expected("X", PREMIUM, "gpt-5-oauth2", None, None, ("2", "3"))
APPENDIX_1 = {
    "status": Expected("S", native=True),
    "new": Expected("S", escalation="M", band=("0", "0.05"), native=True),
    "clarify": _MEDIUM,
    "checklist": _MEDIUM,
    "tasks": _MEDIUM._replace(primaries=(HAIKU, FLASH), validator=None),
    "specify": _COMPLEX,
    "plan": _COMPLEX._replace(band=("0.6", "0.8")),
    "analyze": _COMPLEX,
    "validate": _COMPLEX,
    "implement": Expected("C", (SONNET,), HAIKU, None, "X", ("0", "1.5")),
    "audit": _CRITICAL,
    "unlock": _CRITICAL,
}
"""The twelve commands that ask models; the thirteenth, `auto`, runs six of them."""


def table(toml: str = "") -> RoutingTable:
    """Lay *toml* over the shipped table."""
    return load(toml, "routing.toml")
