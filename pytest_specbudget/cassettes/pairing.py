"""Which recording most likely stands for a request that has none of its own.

Where the prompt or the model of a test has changed, its recording still tells how long the answer
was, so the new request can be priced offline.  That is worth something only if the pairing is
sure: the same test, the same shape, and either the same order or an unmistakable likeness.
Whatever else could be meant is no pair.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from pytest_specbudget.cassettes.differences import differences
from pytest_specbudget.cassettes.matching import document_of, service_of
from pytest_specbudget.cassettes.scrub import scrubbed_uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_specbudget.cassettes.differences import Difference
    from pytest_specbudget.cassettes.interaction import Asked
    from pytest_specbudget.core.json_paths import JsonPath

__all__ = ["COMPARED", "Pair", "Shape", "partner", "shape"]

COMPARED = 30
"""How many recordings are looked at; each takes as long as reading both bodies."""

_MODEL = re.compile(r"/(models?|deployments|engines)/[^/:]+")
_ALIKE = 0.5
"""The share of a changed text that must be as it was, where only likeness tells who is meant."""


class Shape(NamedTuple):
    """What a request and the recording that stands for it must have in common."""

    method: str
    service: str
    path: str
    streams: bool


class Pair(NamedTuple):
    """A recording that stands for a request.

    Attributes:
        number: Its place in the file.
        differences: Where the two differ.
    """

    number: int
    differences: list[Difference]


class _Likeness(NamedTuple):
    """How alike two requests are; the smallest is the best."""

    differing: int
    unlike: float


def shape(asked: Asked) -> Shape:
    """Return the shape of a request: whom it asks for what, whichever model answers."""
    url = urlsplit(scrubbed_uri(asked.uri))
    document = document_of(asked.body)
    streams = bool(document.get("stream")) if isinstance(document, dict) else False
    path = _MODEL.sub(r"/\1/*", url.path or "/")
    return Shape(asked.method.upper(), service_of(url), path, streams)


def partner(
    now: Asked,
    waiting: Sequence[tuple[int, Asked]],
    *,
    ordered: bool,
    volatile: Iterable[JsonPath] = (),
) -> Pair | None:
    """Choose the recording that stands for *now*, or None if that is not sure.

    Args:
        now: What is asked.
        waiting: The recordings of the same shape that nothing asked for yet, in file order, by
            their places in it.
        ordered: Whether calls come one after the other, so that the first that waits is due.
        volatile: Places that do not count.
    """
    pairs = [Pair(number, differences(now, then, volatile)) for number, then in waiting[:COMPARED]]
    ranked = sorted((_likeness(pair.differences), pair.number) for pair in pairs)
    if not ranked:
        return None
    best = ranked[0][0]
    alike = [pair for pair in pairs if _likeness(pair.differences) == best]
    due = pairs[0]
    if ordered and due in alike:
        return due
    return alike[0] if len(alike) == 1 and _is_clear(ranked) else None


def _is_clear(ranked: Sequence[tuple[_Likeness, int]]) -> bool:
    """Tell whether the best is unmistakable and not merely the least unlike."""
    best = ranked[0][0]
    others_differ_more = all(other.differing > best.differing for other, _ in ranked[1:])
    return others_differ_more or best.unlike <= 1 - _ALIKE


def _likeness(found: Iterable[Difference]) -> _Likeness:
    texts = [(one.now, one.then) for one in found]
    unlike = [_unlike(now, then) for now, then in texts]
    return _Likeness(len(unlike), max(unlike, default=0.0))


def _unlike(now: object, then: object) -> float:
    """Return which share of the longer text neither begins nor ends as the other, 0 to 1."""
    if not (isinstance(now, str) and isinstance(then, str)):
        return 1.0 if not isinstance(now, int | float | bool) else 0.0
    longest = max(len(now), len(then))
    start = _common(now, then)
    rest = min(len(now), len(then)) - start
    end = min(rest, _common(now[::-1], then[::-1]))
    return round(1 - (start + end) / longest, 2) if longest else 0.0


def _common(one: str, other: str) -> int:
    """Return how many characters *one* and *other* begin with in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low
