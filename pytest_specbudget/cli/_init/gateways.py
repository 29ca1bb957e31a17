"""Hosts that no provider is known to own, and what a user may have to say about them; pure."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_specbudget.providers.hosts import provider_of, rule_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_specbudget.cli._init.source import BaseUrl
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.providers import HostRule

__all__ = ["Gateway", "addressed", "answering", "host_of", "is_local"]

_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?")
_LOCAL = re.compile(r"localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1|\[::1\]|.*\.localhost")
_RESERVED = re.compile(
    r"(?:.*\.)?(?:example|invalid|test|localhost|example\.(?:com|org|net))|testserver|fake|mock"
)
"""Names that lead nowhere.  Source: RFC 2606 and RFC 6761; `testserver` is that of test clients."""
_ILLUSTRATION = re.compile(r"(?:^|/)(?:docs?|examples?|samples?|benchmarks?)/")
_FORMATS = (("anthropic", "anthropic"), ("azure", "azure.ai.openai"), ("", "openai"))
"""What in the name of a client or variable tells the format of the answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A host, and what is known of it.

    Attributes:
        host: Its name, as settings take it.
        providers: In whose formats it answers.
        calls: How many recorded calls went to it.
        models: Which models it was asked for that have no price.
        untold: How many calls came back without token counts that can be used.
        where: Where an address of it is written, if that is how it was found.
    """

    host: str
    providers: tuple[str, ...]
    calls: int = 0
    models: tuple[str, ...] = ()
    untold: int = 0
    where: str = ""

    @property
    def is_clear(self) -> bool:
        """Whether the recordings leave nothing for the user to decide."""
        decided = not self.models and not self.untold and len(self.providers) == 1
        return bool(self.calls) and decided and not is_local(self.host)


def answering(charges: Iterable[Charge], rules: Sequence[HostRule]) -> Iterator[Gateway]:
    """Yield the hosts of *charges* that are unknown, or whose answers tell no counts, by name.

    Args:
        charges: Recorded calls.
        rules: What the user has declared; a declared host needs nothing.
    """
    groups: dict[str, list[Charge]] = defaultdict(list)
    for charge in charges:
        if _HOST.fullmatch(charge.host) and rule_for(charge.host, rules) is None:
            groups[charge.host].append(charge)
    for host, group in sorted(groups.items()):
        found = _gateway(host, group)
        if found.untold or provider_of(host) is None:
            yield found


def addressed(
    addresses: Iterable[BaseUrl], rules: Sequence[HostRule], seen: Iterable[str]
) -> Iterator[Gateway]:
    """Yield the hosts that clients are told to call and that nobody knows, by name.

    Args:
        addresses: What stands in code and templates; names that lead nowhere are left out.
        rules: What the user has declared.
        seen: Hosts that recordings tell more about.
    """
    known = set(seen)
    for host, address in sorted(_hosts(addresses).items()):
        if host not in known and provider_of(host) is None and rule_for(host, rules) is None:
            yield Gateway(host=host, providers=(_format(address.name),), where=_said(address))


def is_local(host: str) -> bool:
    """Tell whether *host* is this machine."""
    return _LOCAL.fullmatch(host) is not None


def _gateway(host: str, group: Sequence[Charge]) -> Gateway:
    unknown = provider_of(host) is None
    return Gateway(
        host=host,
        providers=tuple(sorted({charge.reading.provider for charge in group})),
        calls=sum(charge.reading.called for charge in group),
        models=tuple(sorted({one.reading.model for one in group if unknown and one.unpriced})),
        untold=sum(charge.unreported for charge in group),
    )


def _hosts(addresses: Iterable[BaseUrl]) -> Mapping[str, BaseUrl]:
    found: dict[str, BaseUrl] = {}
    for address in addresses:
        host = host_of(address.url)
        leads = host and not _RESERVED.fullmatch(host) and not is_local(host)
        if leads and not _ILLUSTRATION.search(address.where):
            found.setdefault(host, address)
    return found


def host_of(url: str) -> str:
    """Return the host of an address, without what may be secret in it; empty if it has none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) else ""


def _format(name: str) -> str:
    return next(provider for word, provider in _FORMATS if word in name.lower())


def _said(address: BaseUrl) -> str:
    return f"{address.name} in {address.where}"
