"""Routing tables that spell out only what a test is about, and appendix 1 as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from support.charges import charge

from pytest_specbudget.core.attribution import Attribution
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.routing.loading import load

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.routing.standing import Tokens
    from pytest_specbudget.routing.values import RoutingTable

__all__ = [
    "APPENDIX_1",
    "FLASH",
    "HAIKU",
    "MARKET",
    "MIXED",
    "PREMIUM",
    "SONNET",
    "Expected",
    "FewPrices",
    "model_call",
    "table",
]

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


_RATES: dict[str, Tokens] = {
    "gemini-1.5-flash": (7, 30),
    "claude-of-the-cheap": (10, 40),
    "gemini-2.0-flash": (10, 40),
    "gpt-4o-mini": (15, 60),
    "gemini-2.5-flash": (30, 250),
    "claude-3-5-haiku-20241022": (80, 400),
    "gemini-1.5-pro": (125, 500),
    "gpt-5": (125, 1000),
    "claude-of-long-questions": (10, 4000),
    "claude-mid": (150, 900),
    "gpt-4o": (250, 1000),
    "gpt-4o-2024-05-13": (500, 1500),
    "claude-sonnet-4-20250514": (300, 1500),
    "claude-of-the-dear": (1500, 7500),
}
_OTHER_NAMES = {
    "claude-haiku-by-another-name": "claude-3-5-haiku-20241022",
    "claude-sonnet-4-0": "claude-sonnet-4-20250514",
}


class FewPrices:
    """A market of a few models, with the cents that a million tokens in, and out, cost."""

    def name_of(self, provider: str, model: str) -> str | None:
        known = _OTHER_NAMES.get(model, model)
        return f"{provider}/{known}" if known in _RATES else None

    def cost_of(self, provider: str, model: str, tokens: Tokens) -> Money | None:
        del provider
        rates = _RATES.get(_OTHER_NAMES.get(model, model))
        if rates is None:
            return None
        return Money(sum(map(int.__mul__, rates, tokens)) * 10**10)


MARKET = FewPrices()


def model_call(  # noqa: PLR0913 - each is what one test or another is about
    provider: str,
    model: str,
    *,
    asked: str | None = None,
    tokens: Tokens = (0, 0),
    command: str | None = None,
    stage: str | None = None,
    test: str = "tests/test_a.py::test_a",
    cost: str | None = "0.10",
    **others: Any,
) -> Charge:
    """Make a call that *model* of *provider* answered."""
    made = charge(cost, **others)
    reading = Reading(
        provider=provider,
        operation="chat",
        request_model=asked or model,
        response_model=model,
        usage=Usage(input_tokens=tokens[0], output_tokens=tokens[1]),
        usage_state="complete",
    )
    owner = Attribution(test=test, command=command, stage=stage, when="call", via="context")
    made.reading, made.attribution = reading, owner  # type: ignore[misc] # frozen for users
    return made
