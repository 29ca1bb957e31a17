"""Which answers tell of the same work, and which of them counts.

Some calls begin work whose counts come with a later answer: a response in the background, a run of
an assistant, a batch.  That later answer is retrieved as often as somebody likes and tells the same
counts each time.  Work is known by its provider's own id, and counts once.

* A call that told all counts itself is the one that counts; whatever is retrieved afterwards
  repeats it.  Two such calls are two pieces of work, whatever their ids say: ids get scrubbed.
* Otherwise the fullest of the retrieved answers counts: a whole one before a cut one, the single
  results of a batch before its sum, then the highest counts, then the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.reading import BEGIN, RETRIEVE
from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_specbudget.core.reading import Reading

__all__ = ["BEGIN", "RETRIEVE", "Work", "named", "settled", "tells"]

_TRUST = {"complete": 2, "estimated": 1, "partial": 1}
_Key = tuple[str, str]


@value
class Work:
    """One piece of work, by the places of the answers that tell of it.

    Attributes:
        teller: The answer whose counts count, or None if none has any.
        begun: The calls that began it and did not tell all themselves, in order.
        repeats: The retrieved answers that are in no sum, in order.
    """

    teller: int | None
    begun: tuple[int, ...]
    repeats: tuple[int, ...]


def tells(reading: Reading) -> bool:
    """Tell whether a retrieved answer is worth keeping: it has counts, or names their file."""
    return bool(reading.usage.reported()) or len(named(reading)) > 1


def named(reading: Reading) -> list[str]:
    """Return the ids of the work, one, or two where its results lie in a file of their own."""
    return (reading.response_id or "").split()


def settled(readings: Sequence[Reading | None]) -> list[Work]:
    """Say of each piece of work that is told of more than once, or elsewhere, what counts.

    Args:
        readings: In the order in which equals win; None holds a place.
    """
    groups: dict[_Key, list[int]] = {}
    aliases = _aliases(filter(None, readings))
    for place, reading in enumerate(readings):
        if reading is not None and (names := named(reading)):
            key = (reading.provider, names[0])
            groups.setdefault(aliases.get(key, key), []).append(place)
    known = {place: reading for place, reading in enumerate(readings) if reading is not None}
    works = (_work(group, known) for group in groups.values() if _is_deferred(group, known))
    return [work for work in works if work.begun or work.repeats]


def _aliases(readings: Iterable[Reading]) -> dict[_Key, _Key]:
    """Return what each file of results is the result of."""
    pairs = ((reading.provider, named(reading)) for reading in readings)
    return {
        (provider, names[1]): (provider, names[0]) for provider, names in pairs if len(names) > 1
    }


def _is_deferred(group: list[int], known: dict[int, Reading]) -> bool:
    return any(known[place].operation == RETRIEVE or not known[place].counted for place in group)


def _work(group: list[int], known: dict[int, Reading]) -> Work:
    teller = max(group, key=lambda place: _rank(known[place]))
    if not known[teller].usage.reported():
        retrieved = tuple(place for place in group if known[place].operation == RETRIEVE)
        return Work(teller=None, begun=(), repeats=retrieved)
    by_call = known[teller].operation != RETRIEVE
    begun = (
        place
        for place in group
        if place != teller
        and known[place].operation != RETRIEVE
        and _is_open(known[place], by_call=by_call)
    )
    repeats = (place for place in group if known[place].operation == RETRIEVE and place != teller)
    return Work(teller=teller, begun=tuple(begun), repeats=tuple(repeats))


def _rank(reading: Reading) -> tuple[int, bool, bool, int]:
    counts = reading.usage.reported()
    trust = _TRUST.get(reading.usage_state, 0) if counts else 0
    spent = (counts.get("input_tokens") or 0) + (counts.get("output_tokens") or 0)
    return trust, reading.operation != RETRIEVE, bool(reading.parts), spent


def _is_open(reading: Reading, *, by_call: bool) -> bool:
    """Tell whether a call left its counts to another answer.

    Another call settles only one that said so itself: equal ids of calls may be scrubbed ones.
    """
    return reading.usage_state != "complete" and not (by_call and reading.counted)
