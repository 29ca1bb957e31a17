"""What the newest journal says of recordings: who used which, and where they no longer fit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.errors import JournalError
from pytest_specbudget.journal.reader import journal_files, read_journal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal

__all__ = ["Used", "newest", "used_by"]

_HOME = Path(".specbudget/journal")
_MISSED = "missed"


@dataclass(slots=True)
class Used:
    """Which tests used which recordings in one run.

    Attributes:
        tests: Node ids by the recording's path, in order; those of fixtures stand in brackets.
        changed: The recordings that answered a request which differs from theirs.
        missed: The tests that asked for something which no recording holds.
    """

    tests: dict[Path, list[str]] = field(default_factory=lambda: defaultdict(list))
    changed: set[Path] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)


def newest(rootdir: Path = Path()) -> list[Journal]:
    """Read the journals of the newest run in *rootdir*; none if there is none to be read."""
    home = rootdir / _HOME
    try:
        return [read_journal(file) for file in journal_files(home)] if home.is_dir() else []
    except JournalError:
        return []


def used_by(journals: Iterable[Journal]) -> Used:
    """Gather what *journals* say of recordings."""
    used = Used()
    for journal in journals:
        for charge in journal.charges:
            _note(used, charge)
        used.missed.update(_missed(journal))
    return used


def _note(used: Used, charge: Charge) -> None:
    if charge.cassette is None:
        return
    path = Path(charge.cassette).resolve()
    test = charge.attribution.test
    if test not in used.tests[path]:
        used.tests[path].append(test)
    if charge.staleness is not None and not charge.staleness.excused:
        used.changed.add(path)


def _missed(journal: Journal) -> Iterator[str]:
    for event in journal.events:
        if event.event == _MISSED and "test" in event.values:
            yield str(event.values["test"])
