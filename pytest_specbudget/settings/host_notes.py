"""What to hear about `hosts` at the start: a provider whose prices nobody knows.

A note and no error, since prices may come from the user's own files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.names import SURE, nearest
from pytest_specbudget.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.providers import HostRule

__all__ = ["host_notes"]


def host_notes(hosts: Iterable[HostRule], *, has_overlays: bool) -> Iterator[str]:
    """Yield a note for each host whose provider is in no catalogue.

    Args:
        hosts: What the user declared.
        has_overlays: Whether prices come from files of the user as well; then only a name that is
            very like a known one is told.
    """
    declared = [rule for rule in hosts if rule.provider and not rule.free]
    known = _known() if declared else set()
    for rule in declared:
        if known and rule.provider and rule.provider not in known:
            likely = nearest(rule.provider, known, SURE)
            if likely or not has_overlays:
                hint = f'did you mean "{likely}"?' if likely else "add them in a price file"
                yield f'{rule.origin}: there are no prices of "{rule.provider}"; {hint}'


def _known() -> set[str]:
    """Return every name of a provider; none if the catalogue is damaged, as is told elsewhere."""
    # Only those who declare a provider pay for the readers of hosts and prices.
    from pytest_specbudget.prices.loading import DATA, read_lock  # noqa: PLC0415  see above
    from pytest_specbudget.prices.names import OTHER_NAMES  # noqa: PLC0415  see above
    from pytest_specbudget.providers.hosts import HOSTS  # noqa: PLC0415  see above

    try:
        return {*read_lock(DATA).shards, *OTHER_NAMES, *HOSTS.values()}
    except CatalogueError:
        return set()
