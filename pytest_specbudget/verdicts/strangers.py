"""Hosts that nobody declared, and whose calls got the prices of a provider all the same.

Whose API a host speaks is told by the shape of its answers, and whose prices hold is not: a gateway
has contracts of its own, and a model of one's own costs what its machine does.  So it is said, and
fails nothing: most gateways do pass on what their provider charges.

What fakes answered in the process is mocked and not priced.  Loopback is left out, too: a server of
the tests stands there for a provider and is meant to have its prices, and of what people run there
themselves (Ollama, vLLM, proxies) only a model of that provider's own name gets a price at all; any
other is `usage-unpriced`.  A name that is reserved for tests is not: nothing can be called there,
so that it is what somebody made of a gateway's name in a recording.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.pasting import line_for
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value
from pytest_specbudget.core.wording import calls_of, dollars
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.reports.figures import lower_bound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.providers.hosts import HostRule
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Stranger", "stranger_notes", "strangers_among"]

_MOST = 3
_LOOPBACK = ("localhost", "testserver")  # the second is the usual base URL of test clients
_BY_HAND = "("
"""How the host of a call begins that was booked by hand."""
_NO_PRICES = (None, "free")
_BY_PATH = frozenset({"gateway.ai.cloudflare.com"})
"""Where the path says who answers, which a charge does not keep."""


@value
class Stranger:
    """A host that nobody declared.

    Attributes:
        host: Its name.
        providers: Whose prices its calls have, sorted; several, if it speaks several formats.
        calls: How many calls it answered.
        cost: What is known of their list cost.
        doubted: Whether they may have cost more than is known.
        rule: What settings say of it: nothing of whose prices hold; None if nothing at all.
    """

    host: str
    providers: tuple[str, ...]
    calls: int
    cost: Money
    doubted: bool
    rule: HostRule | None

    def told(self) -> str:
        """Say what was spent there, and whose prices that is by."""
        cost = lower_bound(dollars(self.cost), self.cost, unknown=self.doubted)
        whose = " and ".join(self.providers)
        return f"{self.host} ({calls_of(self.calls)}, {cost} by the prices of {whose})"

    def line(self) -> str:
        """Write the entry that says whose prices hold; a `?` where its formats name several."""
        provider = self.providers[0] if len(self.providers) == 1 else "?"
        entry, _, place = line_for(self.host, self.rule, {"provider": provider}).partition("  # ")
        return f"{entry.strip()} ({place})" if place else entry.strip()


def stranger_notes(charges: Iterable[Charge], settings: Settings) -> Iterator[str]:
    """Yield one sentence about all hosts of *charges* that nobody declared, dearest first."""
    found = strangers_among(charges, settings)
    if found:
        shown = found[:_MOST]
        more = len(found) - _MOST
        rest = f" and {calls_of(more, 'more host')}" if more > 0 else ""
        yield (
            f"nobody declared {', '.join(one.told() for one in shown)}{rest}: the format of the "
            "answers told whose prices to take; say in [tool.specbudget] whose hold, or "
            f'free = "why": {"; ".join(one.line() for one in shown)}'
        )


def strangers_among(charges: Iterable[Charge], settings: Settings) -> list[Stranger]:
    """Return the hosts of *charges* that neither we nor *settings* know, dearest first.

    Only calls count that have a published price of a model that is sold: what has none is a
    finding, and who states one for a model of their own knows what it costs.
    """
    priced = [one for one in charges if one.price_id not in _NO_PRICES and not _is_fake(one)]
    strange = {host for host in {one.host for one in priced} if not _is_known(host, settings)}
    is_sold = _everything_is if not strange or not settings.prices else _is_shipped()
    made: dict[str, list[Charge]] = {}
    for one in priced:
        if one.host in strange and is_sold(one.price_id or ""):
            made.setdefault(one.host, []).append(one)
    found = [_stranger(host, group, settings) for host, group in made.items()]
    return sorted(found, key=lambda one: (-one.cost.atto, one.host))


def _is_fake(charge: Charge) -> bool:
    """Tell whether a fake answered, also where such calls are counted as replayed."""
    return charge.mocked or charge.verdict == "mocked"


def _is_known(host: str, settings: Settings) -> bool:
    # Who has prices has the readers of providers already, but for the controller of workers.
    from pytest_specbudget.providers.hosts import provider_of  # noqa: PLC0415 - see above

    if host.startswith(_BY_HAND) or host in _BY_PATH or _is_loopback(host):
        return True
    rule = _rule(host, settings)
    declared = rule is not None and bool(rule.provider or rule.free)
    return declared or provider_of(host) is not None


def _rule(host: str, settings: Settings) -> HostRule | None:
    from pytest_specbudget.providers.hosts import rule_for  # noqa: PLC0415 - as in `_is_known`

    return rule_for(host, settings.hosts)


def _stranger(host: str, charges: list[Charge], settings: Settings) -> Stranger:
    return Stranger(
        host=host,
        providers=tuple(sorted({one.reading.provider for one in charges})),
        calls=sum(one.reading.called for one in charges),
        cost=Money.total(one.list_cost or Money() for one in charges),
        doubted=any(one.uncertain for one in charges),
        rule=_rule(host, settings),
    )


def _everything_is(_price_id: str) -> bool:
    return True


def _is_shipped() -> Callable[[str], bool]:
    """Return what tells whether a price is of a model that our catalogue has, too."""
    from pytest_specbudget.prices.loading import load_catalogue  # noqa: PLC0415 - only few ask

    try:
        providers = load_catalogue().providers
    except CatalogueError:  # told where prices were needed
        return _everything_is

    def is_shipped(price_id: str) -> bool:
        return any(is_known_part(part) for part in price_id.split(" + "))

    def is_known_part(part: str) -> bool:
        provider, _, rest = part.partition("/")
        models = providers[provider].models if provider in providers else {}
        names = rest.split("/")  # ids of models and labels of rows may both have slashes
        return any("/".join(names[:end]) in models for end in range(1, len(names)))

    return is_shipped


def _is_loopback(host: str) -> bool:
    if host in _LOOPBACK or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
