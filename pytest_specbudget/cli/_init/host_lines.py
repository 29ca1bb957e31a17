"""What the user may have to say about hosts and models; what is certain is a setting; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.cli._init.gateways import addressed, answering, is_local
from pytest_specbudget.cli._init.line import Line, quoted
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.providers.hosts import provider_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.cli._init.gateways import Gateway
    from pytest_specbudget.cli._init.survey import Survey

__all__ = ["host_lines", "price_file", "price_file_line"]

_UNNAMED = "(unnamed)"
_ESTIMATE = 'estimate = "chars/4"'
_ASK = (
    'Ask for them (stream_options={"include_usage": true} in the format of OpenAI), or let them be '
    "estimated."
)


def price_file_line(found: Survey) -> Iterator[Line]:
    """Yield the line that names a price file, where one would be needed."""
    missing = len(_unpriced(found))
    if missing and not found.settings.prices:
        yield Line(
            toml='prices = ["prices.toml"]',
            why=f"{calls_of(missing, 'model')} without a published price: say in such a file what "
            "you pay.",
            active=False,
        )


def host_lines(found: Survey) -> Iterator[Line]:
    """Yield a line for each gateway, and for each host whose answers tell no counts."""
    charges, rules = found.recorded.ledger, found.settings.hosts
    recorded = [*answering(charges, rules)]
    ours = [one for one in recorded if provider_of(one.host) is None]
    seen = {charge.host for charge in charges}
    for gateway in (*ours, *addressed(found.addresses, rules, seen)):
        yield Line(
            toml=f"hosts.{quoted(gateway.host)} = {{ {', '.join(_declared(gateway))} }}",
            why=_why_declared(gateway),
            active=gateway.is_clear,
        )
    yield from _estimates(one for one in recorded if provider_of(one.host) is not None)


def _estimates(untold: Iterable[Gateway]) -> Iterator[Line]:
    why = f"Calls that told no token counts. {_ASK}"
    for gateway in untold:
        host, told = quoted(gateway.host), calls_of(gateway.untold)
        yield Line(toml=f"hosts.{host} = {{ {_ESTIMATE} }} # {told}", why=why, active=False)
        why = ""


def _declared(gateway: Gateway) -> Iterator[str]:
    if gateway.models and is_local(gateway.host):
        yield 'free = "a model on this machine"'
        return
    provider = gateway.providers[0] if len(gateway.providers) == 1 else "?"
    yield f"provider = {quoted(provider)}"
    if gateway.models:
        aliases = ", ".join(f'{quoted(model)} = "?"' for model in gateway.models)
        yield f"models = {{ {aliases} }}"
    if gateway.untold:
        yield _ESTIMATE


def _why_declared(gateway: Gateway) -> str:
    if not gateway.calls:
        return f"{gateway.where} leads there; say whose prices hold."
    formats = " and ".join(gateway.providers)
    calls = calls_of(gateway.calls, "recorded call")
    told = [f"{calls} to a host that nobody knows, in the format of {formats}: whose prices hold?"]
    if gateway.models:
        models = calls_of(len(gateway.models), "model")
        told.append(f"{models} there without a price: say what stands behind.")
    if gateway.untold:
        told.append(f"{calls_of(gateway.untold)} told no token counts. {_ASK}")
    return " ".join(told)


def _unpriced(found: Survey) -> list[tuple[str, str, str]]:
    """Return provider, model and region of what providers of their own sell without a price."""
    return sorted(
        {
            (charge.reading.provider, charge.reading.model, charge.reading.region or "")
            for charge in found.recorded.ledger
            if charge.unpriced and provider_of(charge.host) and charge.reading.model != _UNNAMED
        }
    )


def price_file(found: Survey) -> str:
    """Return the text of a price file with what is missing as question marks; or nothing."""
    entries = []
    for provider, model, region in _unpriced(found):
        where = f"region = {quoted(region)}\n" if region else ""
        entries.append(
            f"[[price]]\nprovider = {quoted(provider)}\nmodel = {quoted(model)}\n{where}"
            'valid_from = "2026-01-01"\n'
            'rates = { input = "?", output = "?" } # USD for a million tokens\n'
        )
    return "\n".join(entries)
