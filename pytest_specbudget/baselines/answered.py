"""What the calls of a run cost before, by the recordings that answered them.

One file at a time: what it held at the base, what it holds now, and which of it the run played.
Values in, values out; nothing is read here.

* A recording that did not change answers every call as it did: each call has the one that was
  recorded.  A call that asks something else by now (a stale one) has what was asked then.
* In a file that changed, equal requests belong together, and the rest in file order.  What the run
  played several times, because several tests share the file, stood for as many calls before.
* What is left of the base was called once.  Where it still lies in the file and the run did not
  play it, it is what `--spec-record=new` leaves behind: it counts only where a request is new, and
  must have taken the place of something.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_specbudget.core.ledger import Charge

__all__ = ["calls_at_base", "calls_then"]

_NOWHERE = -1
"""Where no recording is."""


def calls_then(then: Sequence[Charge], played: Sequence[Charge]) -> Iterator[Charge]:
    """Yield what the calls *played* cost when the file, which is as it was, answered them.

    Args:
        then: What the file holds.
        played: The calls of the run that it answered.
    """
    by_place = {charge.cassette_index: charge for charge in then}
    for call in played:
        recorded = by_place.get(call.cassette_index)
        if not _asks_something_else(call):
            yield replace(call, id=_base_id(call), staleness=None)
        elif recorded is not None:
            yield _as_called_by(call, recorded)
        elif call.staleness is not None:
            cost = call.staleness.list_cost
            yield replace(
                call, id=_base_id(call), list_cost=cost, contracted_cost=cost, staleness=None
            )


def calls_at_base(
    then: Sequence[Charge], now: Sequence[Charge], played: Sequence[Charge]
) -> Iterator[Charge]:
    """Yield what the calls *played* cost when the file, which has changed, was as it was.

    Args:
        then: What the file held at the base, in file order.
        now: What it holds by now.
        played: The calls of the run that it answered; at least one.
    """
    plays = _by_place(played, now)
    same, removed = _same_requests(then, now)
    for place, old in sorted(same.items()):
        for call in plays[place]:
            known = old.fingerprint if _asks_something_else(call) else call.fingerprint
            yield _as_called_by(call, replace(old, fingerprint=known))
    fresh = [place for place in map(_place, now) if place not in same and plays[place]]
    idle = _in_order(old for place, old in same.items() if not plays[place])
    missing = max(0, len(fresh) - len(removed))
    replaced = _in_order([*removed, *idle[len(idle) - min(missing, len(idle)) :]])
    for place, old in zip(fresh, replaced, strict=False):
        yield from (_as_called_by(call, old) for call in plays[place])
    for old in replaced[len(fresh) :]:
        yield _as_called_by(_nearest(old, played), old)


def _same_requests(
    then: Sequence[Charge], now: Sequence[Charge]
) -> tuple[dict[int, Charge], list[Charge]]:
    """Pair what asks the same, each once, by its place now; and return what is asked no more."""
    waiting: dict[str | None, deque[Charge]] = defaultdict(deque)
    for old in then:
        waiting[old.fingerprint].append(old)
    pairs = {
        _place(new): waiting[new.fingerprint].popleft()
        for new in now
        if new.fingerprint is not None and waiting[new.fingerprint]
    }
    return pairs, _in_order(old for left in waiting.values() for old in left)


def _by_place(played: Sequence[Charge], now: Sequence[Charge]) -> dict[int, list[Charge]]:
    """Group calls by the place that answered them; where nobody noted it, by what is asked."""
    asked = {one.fingerprint: _place(one) for one in reversed(now)}
    plays: dict[int, list[Charge]] = defaultdict(list)
    for call in played:
        place = call.cassette_index
        plays[asked.get(call.fingerprint, _NOWHERE) if place is None else place].append(call)
    return plays


def _as_called_by(call: Charge, recorded: Charge) -> Charge:
    """Return *recorded* as a call of whoever makes *call*."""
    return replace(
        recorded,
        id=_base_id(call, recorded),
        attribution=call.attribution,
        cassette=call.cassette,
        role=call.role,
        tier=call.tier,
        routed=call.routed,
        workers=call.workers,
    )


def _asks_something_else(call: Charge) -> bool:
    """Tell whether the recording was of another request; one place that is excused is one, too."""
    return call.staleness is not None


def _nearest(old: Charge, played: Sequence[Charge]) -> Charge:
    return min(played, key=lambda call: abs((call.cassette_index or 0) - _place(old)))


def _in_order(charges: Iterable[Charge]) -> list[Charge]:
    return sorted(charges, key=_place)


def _place(recorded: Charge) -> int:
    return _NOWHERE if recorded.cassette_index is None else recorded.cassette_index


def _base_id(call: Charge, recorded: Charge | None = None) -> str:
    return f"{call.id} base" if recorded is None else f"{call.id} base {recorded.cassette_index}"
