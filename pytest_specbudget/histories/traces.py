"""What journals tell of a call beyond its record: what broke it, and what it costs at most.

A record has no host and no error, so that only a journal which is still kept can say whether the
user declared a bound for such calls: then, when it was made, or since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.core.value import value
from pytest_specbudget.errors import JournalError
from pytest_specbudget.histories.paying import paying_folders
from pytest_specbudget.histories.usage import is_store
from pytest_specbudget.journal.reader import read_journal
from pytest_specbudget.providers.hosts import declared_bound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from pytest_specbudget.core.bound import Bound
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.providers.hosts import HostRule

__all__ = ["NO_TRACE", "Trace", "traces_of"]


@value
class Trace:
    """What a journal tells of one call.

    Attributes:
        host: Who was asked; empty where no journal is left that tells.
        error: What broke it, or None.
        bound: What it costs at most: as declared now, else as declared when it was made; or None.
    """

    host: str = ""
    error: str | None = None
    bound: Bound | None = None


NO_TRACE = Trace()


def traces_of(
    places: Iterable[Path], calls: AbstractSet[str], rules: Sequence[HostRule]
) -> Mapping[str, Trace]:
    """Return what the journals at *places* tell of *calls*, by id.

    Args:
        places: Where a project keeps what it spent.
        calls: Ids.
        rules: What is declared now of hosts.
    """
    journals = [one for place in places if not is_store(place) for one in _telling(place, calls)]
    charges = {one.id: one for one in merge(journals).ledger if one.id in calls}
    return {call: _trace(charge, rules) for call, charge in charges.items()}


def _telling(place: Path, calls: AbstractSet[str]) -> Iterator[Journal]:
    """Read the journals at *place*, as far as they can be read and tell of one of *calls*."""
    folders = [] if place.is_file() else paying_folders(place)
    files = [place] if place.is_file() else [one for at in folders for one in at.glob("*.jsonl")]
    for file in sorted(files):
        try:
            journal = read_journal(file)
        except JournalError:  # whoever sums up has said so
            continue
        if not calls.isdisjoint((*journal.starts, *(one.id for one in journal.charges))):
            yield journal


def _trace(charge: Charge, rules: Sequence[HostRule]) -> Trace:
    now = declared_bound(charge.host, charge.reading.request_model, rules)
    return Trace(host=charge.host, error=charge.error, bound=now or charge.bound)
