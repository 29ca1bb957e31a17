"""Whether a run came to its end, and whether all that it wrote down is there.

Each process that runs tests writes that it `began`.  Whoever judges the run, the controller or the
one process that there is, writes how it `ended`: why that was before its last test, where nobody
had asked for it, and which journals there are.  So a run that somebody or something broke off, and
a journal that is lost, is no run within its ceilings: what is missing is in no sum.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_specbudget.core.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.journal.schema import EventLine

__all__ = ["BEGAN", "ENDED", "unended", "unrun_of"]

BEGAN, ENDED = "began", "ended"
_COMBINED = "combined"
_SEPARATOR = re.compile(r"[\\/]")
_AGAIN = "run the tests again, to their end"
_UNSEEN = (
    "nobody wrote down how the run ended: it was killed, or the journal that tells is not among "
    "these"
)


def unended(journals: Iterable[Journal]) -> Iterator[Finding]:
    """Yield a finding for each run that was broken off, and for each journal that is not there.

    Args:
        journals: All of one or more runs.  Of a combined one, what it lacks was told when it was
            combined.
    """
    runs: dict[str, list[Journal]] = defaultdict(list)
    for journal in journals:
        if journal.header is not None:
            runs[journal.header.run].append(journal)
    for run, group in sorted(runs.items()):
        yield from _broken_off(run, group)
        yield from _missing(group)


def unrun_of(journals: Iterable[Journal]) -> frozenset[str]:
    """Return the node ids of what was to run and did not: tests, and files and classes of them."""
    told = (end.values.get("unrun") for end in _events(journals, ENDED))
    return frozenset(str(node) for nodes in told if isinstance(nodes, list) for node in nodes)


def _broken_off(run: str, group: list[Journal]) -> Iterator[Finding]:
    ends = [*_events(group, ENDED)]
    reasons = {str(end.values["why"]) for end in ends if "why" in end.values}
    told = [f"the run ended before its last test: {reason}" for reason in sorted(reasons)]
    unseen = not ends and not _is_combined(group) and any(_events(group, BEGAN))
    for message in [*told, *([_UNSEEN] if unseen else [])]:
        yield Finding(
            rule="run-interrupted", subject=run, message=message, remedy=_AGAIN, inconclusive=True
        )


def _missing(group: list[Journal]) -> Iterator[Finding]:
    there = {_file(journal.name) for journal in group}
    written = {_file(str(name)) for end in _events(group, ENDED) for name in _journals(end)}
    for name in () if _is_combined(group) else sorted(written - there):
        yield Finding(
            rule="journal-incomplete",
            subject=name,
            message=f"{name}: the run wrote this journal, and it is not there; its calls are in "
            "no sum",
            remedy=f"put it back, or {_AGAIN}",
            inconclusive=True,
        )


def _journals(end: EventLine) -> list[object]:
    told = end.values.get("journals")
    return told if isinstance(told, list) else []


def _events(group: Iterable[Journal], name: str) -> Iterator[EventLine]:
    return (event for journal in group for event in journal.events if event.event == name)


def _is_combined(group: Iterable[Journal]) -> bool:
    return any(one.header is not None and one.header.worker == _COMBINED for one in group)


def _file(path: str) -> str:
    """Return the name of a file; of one on another system, too."""
    return _SEPARATOR.split(path)[-1]
