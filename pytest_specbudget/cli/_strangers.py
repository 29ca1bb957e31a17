"""Hosts that the newest run called, that nobody knows, and whose calls got a provider's prices.

Whose API a host speaks is told by the shape of its answers, and whose prices hold is not: a gateway
has contracts of its own, and a model of one's own costs what its machine does.  Loopback and the
names that are reserved for tests are left out: fakes are there, and no bill.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from typing import TYPE_CHECKING

from pytest_specbudget.core.value import value
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.journal.reader import journal_files, read_journal
from pytest_specbudget.providers.hosts import provider_of, rule_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.providers.hosts import HostRule

__all__ = ["Stranger", "find_strangers", "strangers_in"]

_OF_TESTS = (".test", ".example", ".invalid", ".localhost")
# Reserved by RFC 2606 and RFC 6761 (known by heart, and not read for this).
_BY_PATH = frozenset({"gateway.ai.cloudflare.com"})
"""Where the path says who answers, which a journal does not keep."""


@value
class Stranger:
    """A host that nobody knows.

    Attributes:
        host: Its name.
        provider: Whose prices its calls have.
        calls: How many they are.
    """

    host: str
    provider: str
    calls: int

    def __str__(self) -> str:
        return (
            f"{calls_of(self.calls)} to {self.host} got the prices of {self.provider}, by the "
            f'shape of the answers; say whose hold: hosts."{self.host}" = '
            f'{{ provider = "{self.provider}" }}, or free = "why"'
        )


def find_strangers(journals: Path, rules: Sequence[HostRule]) -> tuple[Stranger, ...]:
    """Look through the newest run in the folder *journals*; what cannot be read tells nothing."""
    try:
        read = [read_journal(file) for file in journal_files(journals)]
    except JournalError:
        return ()
    return tuple(strangers_in((one for journal in read for one in journal.charges), rules))


def strangers_in(charges: Iterable[Charge], rules: Sequence[HostRule]) -> Iterator[Stranger]:
    """Yield the hosts of *charges* that neither we nor *rules* know, sorted."""
    calls = Counter(
        (one.host, one.reading.provider)
        for one in charges
        if one.price_id is not None and not one.mocked
    )
    for (host, provider), count in sorted(calls.items()):
        if not (_is_known(host, rules) or _is_of_tests(host)):
            yield Stranger(host=host, provider=provider, calls=count)


def _is_known(host: str, rules: Sequence[HostRule]) -> bool:
    rule = rule_for(host, rules)
    declared = rule is not None and bool(rule.provider or rule.free)
    return declared or host.startswith("(") or host in _BY_PATH or provider_of(host) is not None


def _is_of_tests(host: str) -> bool:
    if host in ("localhost", "testserver") or host.endswith(_OF_TESTS):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
