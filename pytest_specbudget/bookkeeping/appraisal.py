"""The most that a call can cost, before it is sent.

Its tokens are bounded by its request (`bounds`), and priced as the answer will be: at the user's
prices laid over the catalogue, in the service tier and region that it asks for.  Where a price
depends on what only the answer tells (reasoning, input written to a cache), the dearest counts.
A user may declare for a host what one call costs at most; the lower of the two holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.hearsay import repeatable_reason
from pytest_specbudget.budgets.admission import Unbounded, Worst
from pytest_specbudget.budgets.bounds import declaration, token_bounds
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.meters.clock import Clock
from pytest_specbudget.prices.fares import fare_of
from pytest_specbudget.providers.hosts import region_of, rule_for
from pytest_specbudget.providers.tiers import region, service_tier

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pytest_specbudget.bookkeeping.desk import PriceDesk
    from pytest_specbudget.budgets.bounds import Cached, TokenBounds
    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.prices.fares import Fare
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
_ZERO = Money()


class Appraiser:
    """Says what a call can cost at most.

    The user's test waits for it, so calls that differ in their size alone share a fare, for a
    minute.
    """

    __slots__ = ("_desk", "_fares", "_settings")

    def __init__(self, settings: Settings, desk: PriceDesk) -> None:
        self._settings = settings
        self._desk = desk
        self._fares: dict[tuple[object, ...], list[Fare]] = {}

    def worst(self, request: Request, listener: Listener) -> Worst | Unbounded:
        """Return the most that the call can cost, or why that has no bound.

        Raises:
            CatalogueError: If the prices cannot be read.
        """
        rule = rule_for(request.host, self._settings.hosts)
        if rule is not None and rule.free:
            return Worst(cost=_ZERO, declared=rule.origin)
        reckoned = self._reckoned(request, listener, rule)
        declared = None if rule is None else rule.bound_of(listener.request_model or "")
        if rule is None or declared is None:
            return reckoned
        if isinstance(reckoned, Worst) and reckoned.cost <= declared:
            return reckoned
        return Worst(cost=declared, declared=rule.origin)

    def _reckoned(
        self, request: Request, listener: Listener, rule: HostRule | None
    ) -> Worst | Unbounded:
        model = listener.request_model
        bounds = token_bounds(request, listener.operation, model, rule)
        if isinstance(bounds, Unbounded):
            return bounds
        fare = self._fare(request, listener, rule, bounds)
        if isinstance(fare, str):
            why = repeatable_reason(fare, model)
            return Unbounded(why=why, remedy=declaration(request.host, model, rule))
        given, made = bounds.input_tokens, bounds.output_tokens
        return Worst(cost=fare.most(given, made), input_tokens=given, output_tokens=made)

    def _fare(
        self, request: Request, listener: Listener, rule: HostRule | None, bounds: TokenBounds
    ) -> Fare | str:
        """Return the fare of such calls, or why they have none."""
        like = (request.host, request.path, listener.provider, listener.request_model)
        asked = None if _PRICED_BY.isdisjoint(request.document) else _asked(request)
        made = bounds.output_tokens > 0
        known = self._known((like, asked, bounds.cached, made, Clock.tick() // _MINUTE))
        for fare in known:
            if fare.over < bounds.input_tokens <= fare.up_to:
                return fare
        found = self._found(_reading(request, listener, rule, bounds), bounds.cached)
        if not isinstance(found, str):
            known.append(found)
        return found

    def _known(self, key: tuple[object, ...]) -> list[Fare]:
        known = self._fares.get(key)
        if known is None:
            if len(self._fares) > _MOST:
                self._fares.clear()
            known = self._fares[key] = []
        return known

    def _found(self, reading: Reading, kept: Cached) -> Fare | str:
        at = self._settings.price_at.time or Clock.utc()
        billed = self._settings.judge == "billed"
        return fare_of(reading, self._desk.catalogue, at, kept=kept, billed=billed)


def _reading(
    request: Request, listener: Listener, rule: HostRule | None, bounds: TokenBounds
) -> Reading:
    """Make what will be read of the answer, if it consumes all that it may."""
    model = listener.request_model
    tier, place = _asked(request)
    return Reading(
        provider=listener.provider,
        operation=listener.operation,
        request_model=model,
        real_model=rule.models.get(model or "") if rule is not None else None,
        service_tier=tier,
        region=place,
        usage=Usage(input_tokens=bounds.input_tokens, output_tokens=bounds.output_tokens),
    )


def _asked(request: Request) -> tuple[str | None, str | None]:
    """Return the service tier and the region that the request asks for."""
    place = region(request.document.get("inference_geo"))
    return _tier(request.document), place or region_of(request.host, request.path)


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
