"""Which call became which, on both sides of a comparison.

Calls are sorted before they are matched, so that the order of the charges never matters.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_specbudget.core.ledger import Charge

__all__ = ["Pair", "moment", "partners"]


class Pair(NamedTuple):
    """A call and what became of it; None on the side that has no such call."""

    base: Charge | None
    head: Charge | None


def partners(base: Sequence[Charge], head: Sequence[Charge]) -> list[Pair]:
    """Pair the calls of one test, each once.

    The same request comes first; then the rest in order, the same model before others.  Of several
    answers to the same request, those that arrived come first, so that a failed attempt is never
    taken for the answer.

    Args:
        base: The calls that the test made.
        head: The calls that it makes.

    Returns:
        Every call of either side in one pair; what has no partner stands alone.
    """
    if len(base) == len(head) == 1:
        return [Pair(base[0], head[0])]
    pairs: list[Pair] = []
    then, now = sorted(base, key=_order), sorted(head, key=_order)
    for key in (_request, _model, _anyone):
        matched = _matched(then, now, key)
        paired = {id(call) for pair in matched for call in pair}
        then = [call for call in then if id(call) not in paired]
        now = [call for call in now if id(call) not in paired]
        pairs += matched
    return [*pairs, *(Pair(one, None) for one in then), *(Pair(None, one) for one in now)]


def _matched(
    then: list[Charge], now: list[Charge], key: Callable[[Charge], str | None]
) -> list[Pair]:
    """Pair the calls of each *key* in order; a key of None is like no other."""
    waiting: dict[str | None, deque[Charge]] = defaultdict(deque)
    for call in then:
        waiting[key(call)].append(call)
    waiting.pop(None, None)
    return [Pair(queue.popleft(), call) for call in now if (queue := waiting.get(key(call)))]


def moment(call: Charge) -> tuple[str, str, int, str]:
    """Return what sorts calls as they were made: by time, and by their places in a recording."""
    place = -1 if call.cassette_index is None else call.cassette_index
    return (call.at, call.cassette or "", place, call.id)


def _order(call: Charge) -> tuple[bool, tuple[str, str, int, str]]:
    return (call.outcome == "failed", moment(call))


def _request(call: Charge) -> str | None:
    return call.fingerprint


def _model(call: Charge) -> str:
    return call.reading.request_model or call.reading.model


def _anyone(_: Charge) -> str:
    return ""
