"""Bodies damaged on purpose: bytes lost, doubled and changed, values of another type put in.

Everything is drawn from the generator that is handed over, so that a seed tells the whole story.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

__all__ = ["NONSENSE", "VALUES", "damaged", "swapped"]

NONSENSE: tuple[Any, ...] = (
    *("7", "", "many", -1, -(10**30), 1.5, -0.5, 1e308, math.nan, math.inf, -math.inf),
    *(True, False, [], [7], [{"tokens": 7}], {}, {"tokens": 7}, 10**13, 10**400),
)
"""What no count can be."""

VALUES: tuple[Any, ...] = (*NONSENSE, None, 0, 7, 7.0, 10**12)
"""What may come in the place of any value."""

_TELLING = re.compile(
    r"usage|token|count|units|cost|model|done|type|tier|id$|status|error", re.IGNORECASE
)
_DEEP: Any = None
for _ in range(150):
    _DEEP = [_DEEP]

Place = tuple[Any, Any]
"""A container and the key or index of a value in it."""


def damaged(random: Random, body: bytes) -> bytes:
    """Return *body* with bytes of it lost, doubled, changed, put in or cut off."""
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        body = random.choice(_DAMAGES)(random, body)
    return body


def swapped(random: Random, body: bytes, values: tuple[Any, ...] = VALUES) -> bytes | None:
    """Return *body* with a value in one of its JSON documents replaced; None if it has none.

    Among *values*, only places that hold an integer are chosen where all of them are NONSENSE.
    """
    pieces = list(_documents(body))
    if not pieces:
        return None
    start, end, document = random.choice(pieces[-3:] if random.random() < 0.5 else pieces)
    places = [each for each in _places(document) if values is VALUES or _is_count(each)]
    if not places:
        return None
    telling = [each for each in places if _TELLING.search(str(each[1]))]
    container, key = random.choice(telling or places)
    container[key] = random.choice(values if random.random() < 0.95 else (_DEEP,))
    return body[:start] + json.dumps(document).encode() + body[end:]


def _documents(body: bytes) -> Iterator[tuple[int, int, Any]]:
    """Find the JSON objects and arrays in *body*: itself, lines of it, the data of events."""
    whole = _loaded(body)
    if whole is not None:
        yield 0, len(body), whole
        return
    for match in re.finditer(rb"(?m)^(?:data:)?[ ]*([{\[].*[}\]])[,\r]*$", body):
        document = _loaded(match[1])
        if document is not None:
            yield match.start(1), match.end(1), document


def _loaded(text: bytes) -> Any:
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict | list) else None


def _places(document: Any) -> Iterator[Place]:
    keys = document if isinstance(document, dict) else range(len(document))
    for key in keys:
        yield document, key
        if isinstance(document[key], dict | list):
            yield from _places(document[key])


def _is_count(place: Place) -> bool:
    return type(place[0][place[1]]) is int


def _span(random: Random, body: bytes) -> tuple[int, int]:
    start = random.randrange(len(body) + 1)
    return start, min(len(body), start + random.choice((1, 1, 2, 8, 64, 1024)))


def _lose(random: Random, body: bytes) -> bytes:
    start, end = _span(random, body)
    return body[:start] + body[end:]


def _double(random: Random, body: bytes) -> bytes:
    start, end = _span(random, body)
    return body[:end] + body[start:]


def _cut(random: Random, body: bytes) -> bytes:
    return body[: random.randrange(len(body) + 1)]


def _change(random: Random, body: bytes) -> bytes:
    start, end = _span(random, body)
    return body[:start] + random.randbytes(end - start) + body[end:]


def _flip(random: Random, body: bytes) -> bytes:
    if not body:
        return body
    place = random.randrange(len(body))
    return body[:place] + bytes([body[place] ^ (1 << random.randrange(8))]) + body[place + 1 :]


def _put_in(random: Random, body: bytes) -> bytes:
    place = random.randrange(len(body) + 1)
    pieces = (b"\0", b"\n\n", b"\r", b'"', b"}", b"[" * 500, b"\xff", b"data: ", b"-", b"9" * 5000)
    return body[:place] + random.choice(pieces) + body[place:]


_DAMAGES: tuple[Callable[[Random, bytes], bytes], ...] = (
    *(_lose, _double, _cut, _change, _flip, _put_in),
)
