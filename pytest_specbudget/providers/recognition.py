"""Whether a request is a model call, or is about one, and who listens to its answer."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pytest_specbudget.core.value import value
from pytest_specbudget.providers.counts import text
from pytest_specbudget.providers.fold import Asked
from pytest_specbudget.providers.forms import fields_of
from pytest_specbudget.providers.hosts import provider_of, region_of, rule_for
from pytest_specbudget.providers.listener import Listener
from pytest_specbudget.providers.route import fit
from pytest_specbudget.providers.routes import RETRIEVALS, ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.providers.hosts import HostRule
    from pytest_specbudget.providers.route import Fit, Route

__all__ = ["read_whole", "recognise"]

_METHODS = ("POST", "GET")
_PUBLISHERS = ("anthropic", "mistral")
"""Whose models Google's cloud sells at prices that are known here under their own names."""
_STREAMING_VERBS = (
    ":streamGenerateContent",
    ":streamRawPredict",
    "/converse-stream",
    "/invoke-with-response-stream",
    "_stream",
)


def recognise(
    request: Request, rules: Sequence[HostRule] = (), added: tuple[Route, ...] = ()
) -> Listener | None:
    """Return who listens to the answer to *request*, or None if it is nothing to listen to.

    Listened to are model calls, requests that begin a batch (`operation` is `BEGIN` of `deferred`)
    and those that ask about work which an earlier call began (`RETRIEVE`).

    Path and host decide.  On a host that nobody knows, path and body must agree; where the body
    fits only in part, or could not be seen, the listener is not `certain`.

    Args:
        request: The request, before it is sent.
        rules: What the user says about hosts; the first that fits wins over everything but the
            format, which follows the path.
        added: Routes of model calls that other plugins add; they are found before ours.
    """
    if request.method not in _METHODS:
        return None
    rule = rule_for(request.host, rules) if rules else None
    declared = rule.provider if rule else None
    for place in _places(request.method, request.host, request.path, declared, added):
        listener = _listener(request, place, rule)
        if listener is not None:
            return listener
    return None


def read_whole(
    request: Request,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    rules: Sequence[HostRule] = (),
) -> Reading | None:
    """Read one finished exchange; None if there is nothing to read."""
    listener = recognise(request, rules)
    if listener is None:
        return None
    listener.head(status, headers)
    listener.feed(body)
    return listener.finish("complete")


@value
class _Place:
    """What the host and the path of a request tell.

    Attributes:
        route: How the answer is read.
        known: Whether it is known who the host belongs to.
        provider: Who is charged: as the user declared it, else whose host it is, else whose format.
        model: The model in the path, or None.
        region: The region asked for, or None.
        streams: Whether the path asks for a stream.
    """

    route: Route
    known: bool
    provider: str
    model: str | None
    region: str | None
    streams: bool


@lru_cache(maxsize=256)  # a run asks the same few again and again
def _places(
    method: str, host: str, path: str, declared: str | None, added: tuple[Route, ...]
) -> tuple[_Place, ...]:
    return tuple(_found(method, host, path, declared, added))


def _found(
    method: str, host: str, path: str, declared: str | None, added: tuple[Route, ...]
) -> Iterator[_Place]:
    """Yield the places that a path may be; the first that the body fits is the one."""
    asks = method == "GET" or path.endswith("/cancel")
    owners = (declared, provider_of(host, path))
    for route in RETRIEVALS if asks else added + ROUTES:
        match = route.path.search(path)
        if match and (not route.own or route.provider in owners):
            provider = _host_provider(host, path, route)
            model = match.groupdict().get("model")
            yield _Place(
                route=route,
                known=provider is not None,
                provider=declared or provider or route.provider,
                model=None if model is None else unquote(model),
                region=region_of(host, path),
                streams=path.endswith(_STREAMING_VERBS),
            )


def _listener(request: Request, place: _Place, rule: HostRule | None) -> Listener | None:
    fields, route = _fields(request), place.route
    fits: Fit = "whole"
    if not place.known and (rule is None or route.everyday):
        fits = fit(route, fields, model_in_path=place.model is not None)
        if fits == "none" and (route.everyday or request.body is not None):
            return None
    asked = Asked(request, place.provider, _named(fields, place), place.region)
    listener = Listener(route.fold(asked), route.operation, rule)
    listener.certain = fits == "whole"
    listener.streaming = place.streams or bool(fields.get("stream"))
    listener.gateway = not place.known
    return listener


def _host_provider(host: str, path: str, route: Route) -> str | None:
    """Name the provider of *host*; on Google's cloud, the publisher of the model."""
    known = provider_of(host, path)
    return route.provider if known == "google" and route.provider in _PUBLISHERS else known


def _named(fields: Mapping[str, Any], place: _Place) -> str | None:
    """Name the model asked for, without the `models/` that Google's own names may start with."""
    told = text(fields.get("model")) or text(fields.get("model_id"))  # watsonx, ElevenLabs
    return (told or place.model or "").removeprefix("models/") or None


def _fields(request: Request) -> Mapping[str, Any]:
    """Return the fields of a JSON or a form body."""
    document = request.document
    if document or not (request.body or b"").startswith(b"--"):
        return document
    return fields_of(request.body or b"")
