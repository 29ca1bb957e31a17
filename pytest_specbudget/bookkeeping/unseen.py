"""What is known of calls that were begun and of whose end no line tells.

Mostly their process ended first.  But where lines of the journal are damaged, one of them may have
told the answer: then that is what is said, with the place, and not that nobody saw it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal

__all__ = ["without_end"]


def without_end(journal: Journal) -> list[Charge]:
    """Return the calls of *journal* that were begun and whose end nobody tells."""
    calls: list[Charge] = journal.unanswered
    if not calls or not (places := [*_damaged_places(journal)]):
        return calls
    why = _why(places, ended_well=journal.footer is not None)
    return [replace(call, error=why) for call in calls]


def _why(places: list[str], *, ended_well: bool) -> str:
    more = f" and {len(places) - 1:,} more" if len(places) > 1 else ""
    lost = f"{places[0]}{more}, which cannot be read, told of it"
    if ended_well:
        return f"no line tells of its answer; perhaps {lost}"
    return f"the process ended before the answer was seen, or {lost}"


def _damaged_places(journal: Journal) -> Iterator[str]:
    """Yield file and line of what makes no sense, as the reader or `combine` told of it."""
    told = (str(one.values.get("sentence", "")) for one in journal.events if one.event == "damage")
    for sentence in (*journal.damage, *told):
        yield _place(sentence)


def _place(sentence: str) -> str:
    """Return the beginning of a sentence like `main.jsonl:7: a torn or foreign line: ...`."""
    return sentence.partition(": ")[0]
