"""The most that a call can cost, before it is sent.

Its tokens are bounded by its request (`bounds`), and priced as the answer will be: at the user's
prices laid over the catalogue, in the service tier and region that it asks for.  Where a price
depends on what only the answer tells (reasoning, input written to a cache), the dearest counts.
A user may declare for a host what one call costs at most; the lower of the two holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.budgets.admission import Unbounded, Worst
from pytest_specbudget.budgets.bounds import declaration, token_bounds
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.meters.clock import Clock
from pytest_specbudget.prices.pricing import price
from pytest_specbudget.providers.hosts import region_of, rule_for
from pytest_specbudget.providers.tiers import region, service_tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pytest_specbudget.bookkeeping.desk import PriceDesk
    from pytest_specbudget.budgets.bounds import TokenBounds
    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.prices.pricing import Quote
    from pytest_specbudget.providers import Listener
    from pytest_specbudget.providers.hosts import HostRule
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Appraiser"]

_PRICED_BY = frozenset(
    {"service_tier", "serviceTier", "speed", "performanceConfig", "inference_geo"}
)
"""Keys of a request that decide its price beside its model."""

_MINUTE = 60
_MOST = 1_000
_SHORT, _LONG = 1, 10**9
_ZERO = Money()


class Appraiser:
    """Says what a call can cost at most.

    The user's test waits for it, so what was said of a call is said again, for a minute, of a like
    one: to the same model, with as many tokens.
    """

    __slots__ = ("_desk", "_known", "_settings", "_thinking")

    def __init__(self, settings: Settings, desk: PriceDesk) -> None:
        self._settings = settings
        self._desk = desk
        self._known: dict[tuple[object, ...], Worst | Unbounded] = {}
        self._thinking: dict[tuple[str | None, ...], bool] = {}

    def worst(self, request: Request, listener: Listener) -> Worst | Unbounded:
        """Return the most that the call can cost, or why that has no bound.

        Raises:
            CatalogueError: If the prices cannot be read.
        """
        bounds = token_bounds(request, listener.operation, listener.request_model)
        if isinstance(bounds, Unbounded) or not _PRICED_BY.isdisjoint(request.document):
            return self._appraised(request, listener, bounds)
        asked = (request.host, request.path, listener.provider, listener.request_model)
        counts = (bounds.input_tokens, bounds.output_tokens, bounds.cached)
        key = (asked, counts, Clock.tick() // _MINUTE)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > _MOST:
                self._known.clear()
            known = self._known[key] = self._appraised(request, listener, bounds)
        return known

    def _appraised(
        self, request: Request, listener: Listener, bounds: TokenBounds | Unbounded
    ) -> Worst | Unbounded:
        rule = rule_for(request.host, self._settings.hosts)
        if rule is not None and rule.free:
            return Worst(cost=_ZERO, declared=rule.origin)
        reckoned = self._reckoned(request, listener, rule, bounds)
        declared = None if rule is None else rule.bound_of(listener.request_model or "")
        if rule is None or declared is None:
            return reckoned
        if isinstance(reckoned, Worst) and reckoned.cost <= declared:
            return reckoned
        return Worst(cost=declared, declared=rule.origin)

    def _reckoned(
        self,
        request: Request,
        listener: Listener,
        rule: HostRule | None,
        bounds: TokenBounds | Unbounded,
    ) -> Worst | Unbounded:
        if isinstance(bounds, Unbounded):
            return bounds
        quote = self._dearest(_asked(request, listener, rule), bounds)
        cost = self._judged(quote)
        if cost is None:
            return Unbounded(why=str(quote.reason), remedy=declaration(request.host))
        return Worst(
            cost=cost, input_tokens=bounds.input_tokens, output_tokens=bounds.output_tokens
        )

    def _dearest(self, asked: dict[str, Any], bounds: TokenBounds) -> Quote:
        """Return the dearest price that the call may have; without one if it has none at all."""
        catalogue = self._desk.catalogue
        at = self._settings.price_at.time or Clock.utc()
        quotes = [
            price(Reading(usage=usage, **asked), catalogue, at)
            for usage in _uses(bounds, thinking=self._thinks(asked, at))
        ]
        if len(quotes) == 1 or self._judged(quotes[0]) is None:
            return quotes[0]
        return max(quotes, key=lambda quote: self._judged(quote) or _ZERO)

    def _judged(self, quote: Quote) -> Money | None:
        return quote.contracted_cost if self._settings.judge == "billed" else quote.list_cost

    def _thinks(self, asked: dict[str, Any], at: datetime) -> bool:
        """Tell whether output with reasoning has a price of its own, asked once for each model."""
        key = tuple(asked.values())
        known = self._thinking.get(key)
        if known is None:
            known = self._thinking[key] = any(
                self._differs(asked, at, length) for length in (_SHORT, _LONG)
            )
        return known

    def _differs(self, asked: dict[str, Any], at: datetime, length: int) -> bool:
        plain = Usage(input_tokens=length, output_tokens=_LONG)
        thought = plain + Usage(reasoning_output_tokens=_LONG)
        catalogue = self._desk.catalogue
        one, other = (price(Reading(usage=use, **asked), catalogue, at) for use in (plain, thought))
        return one.list_cost != other.list_cost


def _asked(request: Request, listener: Listener, rule: HostRule | None) -> dict[str, Any]:
    """Return what decides the price beside the counts, as a reading has it."""
    document, model = request.document, listener.request_model
    return {
        "provider": listener.provider,
        "operation": listener.operation,
        "request_model": model,
        "real_model": rule.models.get(model or "") if rule is not None else None,
        "service_tier": _tier(document),
        "region": region(document.get("inference_geo")) or region_of(request.host, request.path),
    }


def _tier(document: Mapping[str, Any]) -> str | None:
    """Name the service tier that is asked for; `auto` is taken for the default.

    Source: `service_tier` and `speed` of openai 3.54.0 and anthropic 2.12.0, `serviceTier` of
    google-genai 3.4.0, `serviceTier` and `performanceConfig` of botocore 1.43.117.
    """
    if document.get("speed") == "fast":
        return "fast"
    performance = document.get("performanceConfig")
    if isinstance(performance, dict) and performance.get("latency") == "optimized":
        return "optimized"
    told = document.get("service_tier") or document.get("serviceTier")
    return service_tier(told.get("type") if isinstance(told, dict) else told)


def _uses(bounds: TokenBounds, *, thinking: bool) -> Iterator[Usage]:
    given, made = bounds.input_tokens, bounds.output_tokens
    yield Usage(input_tokens=given, output_tokens=made)
    if thinking:
        yield Usage(input_tokens=given, output_tokens=made, reasoning_output_tokens=made)
    if bounds.cached:
        kept = {f"cache_write_{bounds.cached}_input_tokens": given}
        yield Usage(input_tokens=given, output_tokens=made, **kept)
